"""What the program calls the types of elements and keys.

mypy takes an alias apart where it finds out what a type variable stands for: of `orders.map(lambda o: (o.room, o))`,
in which `room: Room`, it says `tuple[str, Order]`. So each operator is asked what its elements are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import libcst as cst

from motetc.ir.answers import TypeOf
from motetc.ir.live import Live
from motetc.ir.slices import SliceLive
from motetc.ir.types import Type

Types = tuple[Type | None, ...]
Known = Callable[[Live], Sequence[Type]]

_OF_INPUTS = frozenset(
    {"anti_join", "assume_ordering", "assume_retries", "atomic", "chain", "end_atomic", "filter"}
    | {"filter_if", "filter_key_not_in", "filter_not_in", "filter_with_key", "first", "inspect"}
    | {"inspect_with_key", "into_keyed_stream", "into_optional", "into_stream", "last", "max"}
    | {"merge_ordered", "merge_unordered", "min", "partition", "reduce", "reduce_watermark"}
    | {"sample_eager", "sample_every", "skip", "sort", "take", "unique", "weaken_ordering"}
    | {"weaken_retries"}
)  # operators that give what they take


def said_types(
    live: Live, found: Sequence[Type], known: Known, type_of: TypeOf
) -> tuple[Type, ...]:
    """The types of a node's keys and elements, as mypy has `found` them, under the names that the program has for them.

    `known`: the same of its inputs.
    """
    given = _given(live, known, type_of)
    if live.shape.startswith("keyed"):
        given = (None, *given)[-2:]
    pairs = zip(found, (*given, None, None), strict=False)
    return tuple(as_said(type_, said) for type_, said in pairs)


def as_said(found: Type, said: Type | None) -> Type:
    """A type with the names that another one has for it, or for parts of it."""
    if said is None or found.said is not None:
        return found
    if said == found:
        return said
    alike = (found.kind, found.name, len(found.args)) == (said.kind, said.name, len(said.args))
    if not alike or found.kind == "union":
        return found
    return replace(found, args=tuple(map(as_said, found.args, said.args)))


def _given(live: Live, known: Known, type_of: TypeOf) -> Types:
    """What the key, if there is one, and the element are made of; None where that says nothing."""
    before = _elements(live.inputs[0], known) if live.inputs else ()
    if live.inputs and isinstance(live.inputs[0], SliceLive):
        leaving = live.inputs[0].body.leaving
        found = next((type_of(x.value) for x in leaving if x.live is live), None)
        return _items(found) if live.shape == "stream" else (found,)
    key = before[:-1]
    match live.op:
        case "source" | "singleton":
            value = live.arguments["elements" if live.op == "source" else "value"].expr
            found = type_of(value)
            return (found,) if live.op == "singleton" else _items(found)
        case "map" | "map_with_key" | "fold" | "fold_early_stop":
            return (*key, _result(live, type_of))
        case "filter_map" | "filter_map_with_key":
            return (*key, _without_none(_result(live, type_of)))
        case "flat_map_ordered" | "flat_map_unordered":
            return (*key, *_items(_result(live, type_of)))
        case "flatten_ordered" | "flatten_unordered":
            return (*key, *_items(before[-1] if before else None))
        case "into_keyed":
            return _parts(before)
        case "entries" | "entries_partially_ordered":
            return (Type("tuple", args=before),) if len(before) == 2 else ()
        case "keys":
            return before[:1] if key else _parts(before)[:1]
        case "values":
            return before[-1:]
        case "value_counts":
            return (*key, None)
        case _ if live.op in _OF_INPUTS or (live.hop is not None and live.hop.kind != "demux"):
            return before
        case _:
            return ()


def _elements(live: Live, known: Known) -> tuple[Type, ...]:
    """The types of a node's keys, if it has such, and of its elements."""
    return tuple(known(live)[: 2 if live.shape.startswith("keyed") else 1])


def _result(live: Live, type_of: TypeOf) -> Type | None:
    f = live.arguments["f"].expr
    if isinstance(f, cst.Lambda):
        return type_of(f.body)
    found = type_of(f)
    return found.args[0] if found is not None and found.kind == "other" and found.args else None


def _items(found: Type | None) -> Types:
    one = found is not None and found.kind in ("collection", "vartuple") and len(found.args) == 1
    return found.args if found is not None and one else (None,)


def _parts(before: Sequence[Type]) -> Types:
    pair = before[-1] if before else None
    return pair.args if pair is not None and pair.kind == "tuple" and len(pair.args) == 2 else ()


def _without_none(found: Type | None) -> Type | None:
    if found is None or found.kind != "union":
        return found
    some = tuple(arg for arg in (found.said or found).args if arg.name != "None")
    return some[0] if len(some) == 1 else None
