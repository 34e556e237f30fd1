"""The operators of live collections as data: what each takes, what it requires, and what it gives.

One row for each operator of each collection, after Hydro's (hydro.run), under Python's names. The front end reads calls
by it, the `guarantees` pass checks requirements by it. How an operator becomes code is in `passes/fuse/`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Shape = Literal[
    "stream",
    "keyed_stream",
    "singleton",
    "optional",
    "keyed_singleton",
    "feedback",  # where a cycle is fed
    "port",
    "sink",
    "slice",
]
Change = Literal[
    "same", "min", "yes", "no"
]  # of the input; the weaker of both inputs; always; never

CLASSES: dict[Shape, str] = {
    "stream": "Stream",
    "keyed_stream": "KeyedStream",
    "singleton": "Singleton",
    "optional": "Optional",
    "keyed_singleton": "KeyedSingleton",
    "feedback": "Feedback",
    "port": "Port",
    "sink": "None",
    "slice": "Slice",
}


def called(shape: Shape) -> str:
    """`a Stream`, `an Optional`."""
    name = CLASSES[shape]
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator. `params` in order; those in `others` are live collections, those in `either` may be; `needs` is
    required of the receiver, `other_needs` of the others. `proofs`: may be asked for instead of order and delivery.
    `why`: takes a `nondet`."""

    name: str
    of: Shape
    gives: tuple[Shape, ...]
    params: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    ordered: Change = "same"
    once: Change = "same"
    bounded: Change = "same"
    needs: frozenset[str] = frozenset()
    other_needs: frozenset[str] = frozenset()
    proofs: frozenset[str] = frozenset()
    why: bool = False
    optional: frozenset[str] = frozenset()
    hop: bool = False
    either: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Table:
    rows: dict[tuple[Shape, str], Operator] = field(default_factory=dict)

    def add(
        self,
        of: Shape,
        names: str,
        gives: Shape | tuple[Shape, ...],
        params: str = "",
        *,
        others: str = "",
        ordered: Change = "same",
        once: Change = "same",
        bounded: Change = "same",
        needs: str = "",
        other_needs: str = "",
        proofs: str = "",
        why: bool = False,
        optional: str = "",
        hop: bool = False,
        either: str = "",
    ) -> None:
        for name in names.split():
            self.rows[(of, name)] = Operator(
                name,
                of,
                gives if isinstance(gives, tuple) else (gives,),
                tuple(params.split()),
                frozenset(others.split()),
                ordered,
                once,
                bounded,
                frozenset(needs.split()),
                frozenset(other_needs.split()),
                frozenset(proofs.split()),
                why,
                frozenset(optional.split()),
                hop,
                frozenset(either.split()),
            )


def _table() -> dict[tuple[Shape, str], Operator]:
    table = _Table()
    for shape in ("stream", "keyed_stream"):
        _alike(table, shape)
    _streams(table)
    _keyed_streams(table)
    _network(table)
    _singletons(table)
    _keyed_singletons(table)
    return table.rows


def _alike(table: _Table, of: Shape) -> None:
    """What streams and keyed streams have in common; of a keyed one it holds key by key."""
    add = table.add
    add(of, "map filter filter_map flat_map_ordered inspect", of, "f")
    add(of, "flatten_ordered", of)
    add(of, "weaken_ordering", of, ordered="no")
    add(of, "weaken_retries", of, once="no")
    add(of, "flat_map_unordered", of, "f", ordered="no")
    add(of, "flatten_unordered", of, ordered="no")
    add(of, "partition", (of, of), "f")
    add(
        of,
        "transform",
        of,
        "make",
        once="yes",
        needs="ordered once",
        proofs="commutative idempotent",
    )
    add(of, "enumerate", of, needs="ordered once")
    add(of, "scan", of, "init f", needs="ordered once")
    add(of, "generator", of, "init f", needs="ordered once")
    add(of, "merge_unordered", of, "other", others="other", ordered="no", once="min", bounded="min")
    add(of, "merge_ordered", of, "other", others="other", once="min", bounded="min",
        needs="ordered", other_needs="ordered", why=True)  # fmt: skip
    add(of, "chain", of, "other", others="other", ordered="min", once="min", bounded="min",
        needs="bounded", other_needs="bounded" if of == "keyed_stream" else "")  # fmt: skip
    add(of, "sort", of, "key reverse", optional="key reverse", needs="bounded", ordered="yes")
    add(of, "unique", of, once="yes", ordered="same" if of == "stream" else "no")
    add(of, "cross_singleton", of, "other", others="other", other_needs="bounded")
    add(of, "assume_ordering", of, ordered="yes", why=True)
    add(of, "assume_retries", of, once="yes", why=True)
    add(of, "atomic end_atomic", of)
    proofs = "commutative idempotent"
    folded: Shape = "singleton" if of == "stream" else "keyed_singleton"
    reduced: Shape = "optional" if of == "stream" else "keyed_singleton"
    add(of, "fold", folded, "init f", needs="ordered once", proofs=f"{proofs} monotone",
        optional="monotone")  # fmt: skip
    add(of, "reduce", reduced, "f", needs="ordered once", proofs=proofs)


def _streams(table: _Table) -> None:
    add = table.add
    add("stream", "take", "stream", "n", needs="ordered once", bounded="yes")
    add("stream", "skip", "stream", "n", needs="ordered once")
    add("stream", "for_each dest_sink", "sink", "f", needs="ordered once",
        proofs="commutative idempotent")  # fmt: skip
    add("stream", "count", "singleton", needs="once")
    add("stream", "max min", "optional", "key", optional="key")
    add("stream", "first last", "optional", needs="ordered")
    add("stream", "collect_list", "singleton", needs="ordered once")
    add("stream", "is_empty", "singleton", needs="bounded")
    add("stream", "cross_product", "stream", "other", others="other", ordered="no", once="min",
        bounded="min")  # fmt: skip
    add("stream", "cross_product_nested_loop", "stream", "other", others="other", ordered="min",
        once="min", bounded="min", needs="bounded", other_needs="bounded")  # fmt: skip
    add("stream", "filter_if", "stream", "other", others="other", other_needs="bounded")
    add("stream", "filter_not_in", "stream", "other", others="other", other_needs="bounded")
    add(
        "stream", "join", "stream", "other", others="other", ordered="no", once="min", bounded="min"
    )
    add("stream", "anti_join", "stream", "other", others="other", other_needs="bounded")
    add("stream", "keys", "stream", needs="bounded", ordered="no", once="yes")
    add("stream", "into_keyed", "keyed_stream")
    add("stream", "repeat_with_keys", "keyed_stream", "other", others="other", needs="bounded",
        other_needs="bounded")  # fmt: skip
    add("stream", "resolve_futures resolve_futures_blocking", "stream", ordered="no")
    add("stream", "resolve_futures_ordered", "stream")
    add("stream", "sample_every", "stream", "seconds", once="no", bounded="no", why=True)
    add("stream", "timeout", "optional", "seconds", bounded="no", why=True)


def _keyed_streams(table: _Table) -> None:
    add, of = table.add, "keyed_stream"
    add("keyed_stream", "map_with_key filter_with_key filter_map_with_key inspect_with_key",
        "keyed_stream", "f")  # fmt: skip
    add("keyed_stream", "keys", "stream", ordered="no", once="yes")
    add("keyed_stream", "values entries", "stream", ordered="no")
    add("keyed_stream", "entries_partially_ordered", "stream", needs="ordered", why=True)
    add("keyed_stream", "prefix_key", "keyed_stream", "f")
    add("keyed_stream", "drop_key_prefix", "keyed_stream", ordered="no")
    add("keyed_stream", "reduce_watermark", "keyed_singleton", "other f", others="other",
        needs="ordered once", proofs="commutative idempotent")  # fmt: skip
    add("keyed_stream", "value_counts", "keyed_singleton", needs="once")
    add("keyed_stream", "first", "keyed_singleton", needs="ordered once")
    add("keyed_stream", "fold_early_stop", "keyed_singleton", "init f", needs="ordered once")
    add("keyed_stream", "filter_key_not_in", "keyed_stream", "other", others="other",
        other_needs="bounded")  # fmt: skip
    add("keyed_stream", "join_keyed_stream", "keyed_stream", "other", others="other", ordered="no",
        once="min", bounded="min")  # fmt: skip
    both = {"needs": "bounded", "other_needs": "bounded"}
    names = "join_keyed_singleton lookup_keyed_singleton lookup_keyed_stream"
    add("keyed_stream", names, "keyed_stream", "other", others="other", ordered="no", once="min",
        **both)  # type: ignore[arg-type]  # fmt: skip
    add("keyed_stream", "get", "stream", "key", either="key", needs="bounded", ordered="no",
        other_needs="bounded")  # fmt: skip
    del of


def _network(table: _Table) -> None:
    add = table.add
    for of in ("stream", "keyed_stream"):
        add(of, "send broadcast demux share", "stream", "to", hop=True)
    add("stream", "round_robin", "stream", "to", needs="ordered once", why=True, hop=True)


def _singletons(table: _Table) -> None:
    add = table.add
    for of in ("singleton", "optional"):
        add(of, "map", of, "f order_preserving", optional="order_preserving",
            proofs="order_preserving")  # fmt: skip
        add(of, "filter filter_map", "optional", "f")
        add(of, "inspect", of, "f")
        add(of, "flat_map_ordered", "stream", "f", needs="bounded", ordered="yes")
        add(of, "flatten_ordered", "stream", needs="bounded", ordered="yes")
        add(of, "flat_map_unordered", "stream", "f", needs="bounded", ordered="no")
        add(of, "flatten_unordered", "stream", needs="bounded", ordered="no")
        add(of, "zip", of, "other", others="other", bounded="min")
        add(of, "filter_if", "optional", "other", others="other", bounded="min", needs="bounded",
            other_needs="bounded")  # fmt: skip
        add(of, "into_stream", "stream", needs="bounded", ordered="yes")
        add(
            of,
            "sample_every",
            "stream",
            "seconds",
            once="no",
            bounded="no",
            ordered="yes",
            why=True,
        )
        add(of, "sample_eager", "stream", once="no", bounded="no", ordered="yes", why=True)
        add(of, "atomic end_atomic", of)
    add("singleton", "equals and_ or_", "singleton", "other", others="other", bounded="min",
        needs="bounded", other_needs="bounded")  # fmt: skip
    add("singleton", "not_", "singleton")
    add("singleton", "threshold_greater_or_equal", "stream", "threshold", ordered="yes", once="yes",
        either="threshold", other_needs="bounded")  # fmt: skip
    add("singleton", "into_optional", "optional")
    add("optional", "or_", "optional", "other", others="other", bounded="min")
    add("optional", "unwrap_or", "singleton", "other", others="other", bounded="min")
    add("optional", "into_singleton is_some is_none", "singleton")


def _keyed_singletons(table: _Table) -> None:
    add = table.add
    add("keyed_singleton", "map map_with_key", "keyed_singleton", "f")
    add("keyed_singleton", "filter filter_map inspect inspect_with_key", "keyed_singleton", "f",
        needs="fixed")  # fmt: skip
    add("keyed_singleton", "keys", "stream", needs="fixed", ordered="no", once="yes")
    add("keyed_singleton", "values entries", "stream", needs="fixed", ordered="no", once="yes")
    add("keyed_singleton", "into_keyed_stream", "keyed_stream", needs="fixed", ordered="yes",
        once="yes")  # fmt: skip
    add("keyed_singleton", "key_count into_singleton", "singleton")
    add("keyed_singleton", "get", "optional", "key", either="key", needs="bounded",
        other_needs="bounded")  # fmt: skip
    add("keyed_singleton", "get_max_key", "optional", needs="bounded")
    add("keyed_singleton", "filter_key_not_in", "keyed_singleton", "other", others="other",
        needs="fixed", other_needs="bounded")  # fmt: skip
    both = {"needs": "bounded", "other_needs": "bounded", "others": "other"}
    names = "join_keyed_singleton lookup_keyed_singleton"
    add("keyed_singleton", names, "keyed_singleton", "other", **both)  # type: ignore[arg-type]
    add("keyed_singleton", "join_keyed_stream", "keyed_stream", "other", ordered="min", once="min",
        **both)  # type: ignore[arg-type]  # fmt: skip
    add("keyed_singleton", "lookup_keyed_stream", "keyed_stream", "other", ordered="no",
        once="min", **both)  # type: ignore[arg-type]  # fmt: skip
    names = "threshold_greater_or_equal threshold_greater_or_equal_uniform"
    add("keyed_singleton", names, "keyed_stream", "threshold", either="threshold", ordered="no",
        once="yes")  # fmt: skip
    add("keyed_singleton", "atomic end_atomic", "keyed_singleton")


OPERATORS = _table()

LOOP = Operator("async_for", "stream", ("sink",), needs=frozenset({"ordered", "once"}))
"""`async for x in stream:`, which is a statement and no operator that could be called."""

SOURCES: dict[str, tuple[str, ...]] = {
    "source": ("elements",),
    "singleton": ("value",),
    "every": ("seconds", "why"),
    "spin": (),
    "channel": ("of", "ordered"),
    "membership": ("of", "why"),
    "port": ("request", "reply", "name", "single"),
}


_VALUE: tuple[Shape, ...] = ("singleton", "optional")
_TAKEN: dict[str, tuple[Shape, ...]] = {
    "anti_join": ("stream",),
    "and_": ("singleton",),
    "cross_singleton": _VALUE,
    "equals": ("singleton",),
    "filter_if": ("singleton",),
    "filter_key_not_in": ("stream",),
    "get": _VALUE,
    "join_keyed_singleton": ("keyed_singleton",),
    "join_keyed_stream": ("keyed_stream",),
    "lookup_keyed_singleton": ("keyed_singleton",),
    "lookup_keyed_stream": ("keyed_stream",),
    "reduce_watermark": _VALUE,
    "repeat_with_keys": ("keyed_singleton",),
    "threshold_greater_or_equal_uniform": ("singleton",),
    "unwrap_or": ("singleton",),
    "zip": _VALUE,
}


def taken(rule: Operator) -> tuple[Shape, ...]:
    """What the other collection of an operator may be: one of its own kind, where nothing else is said."""
    return _TAKEN.get(rule.name, (rule.of,))


def operators_of(shape: Shape) -> Iterable[str]:
    """The names of all operators of one collection, for suggestions."""
    return sorted(name for of, name in OPERATORS if of == shape)


def changed(change: Change, mine: bool, others: list[bool]) -> bool:
    """Whether a guarantee holds of a result, given those of what it is made of."""
    match change:
        case "same":
            return mine
        case "min":
            return all([mine, *others])
        case "yes":
            return True
        case "no":
            return False
