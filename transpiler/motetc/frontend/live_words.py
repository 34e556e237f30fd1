"""What operators are called elsewhere: in Hydro, now or before, in Python's own libraries, in libraries of streams."""

from __future__ import annotations

from motetc.ir.operators import OPERATORS, Shape

_NAMES: dict[str, str] = {
    "accumulate": "scan",
    "aggregate": "fold",
    "broadcast_closed": "broadcast",
    "concat": "chain",
    "concatenate": "chain",
    "continue_if": "filter_if",
    "dedup": "unique",
    "deduplicate": "unique",
    "difference": "filter_not_in",
    "distinct": "unique",
    "drop": "skip",
    "weakest_ordering": "weaken_ordering",
    "weakest_retries": "weaken_retries",
    "foreach": "for_each",
    "head": "take",
    "items": "entries",
    "length": "count",
    "limit": "take",
    "peek": "inspect",
    "sorted": "sort",
    "split": "partition",
    "starmap": "map",
    "subscribe": "for_each",
    "subtract": "filter_not_in",
    "tap": "inspect",
    "throttle": "sample_every",
    "to_list": "collect_list",
    "collect_vec": "collect_list",
    "unwrap": "unwrap_or",
    "default_if_empty": "unwrap_or",
    "or_else": "or_",
    "either": "or_",
    "invert": "not_",
}  # another name of the same

_SLICE = "with location.sliced() as tick:"
_BATCHES = f'in a slice: `{_SLICE}`, and there `tick.batch(…, nondet("…"))` is a list of what came'
_SNAPSHOT = f'in a slice: `{_SLICE}`, and there `tick.snapshot(…, nondet("…"))` is the value of that instant'
_STATE = f"what is kept from one slice to the next is state: `{_SLICE}`, and there `tick.state(…)`"
TWICE = "use it under its name as often as you like"
_MERGED = "`.merge_unordered(…)` takes what comes; `.chain(…)` all of the one, then of the other"
_KEYED = "give the elements keys: `.map(lambda x: (…, x)).into_keyed()`"
_PROMISED = "leave it out: what a collection promises is in its type"
_BY_KEY = "`.into_keyed().{}(…)`"
_SUM = "`.fold(0, lambda total, x: total + x)`"

_WAYS: dict[str, str] = {
    "across_ticks": _STATE,
    "all": "`.filter(lambda x: not …).is_empty()`",
    "all_ticks": "what leaves a slice does so with `tick.stream(…)`",
    "any": "`.filter(…).is_empty().not_()`",
    "assert_has_consistency_of": _PROMISED,
    "batch": _BATCHES,
    "buffer": _BATCHES,
    "by_mut": _STATE,
    "by_ref": "`.cross_singleton(…)` gives each element the value as well",
    "clone": TWICE,
    "cloned": TWICE,
    "continue_unless": "`.filter_if(….not_())`",
    "copy": TWICE,
    "debounce": "`.timeout(…)` tells when nothing has come for a while, `.sample_every(…)` the latest element",
    "defer_tick": _STATE,
    "delta": _STATE,
    "filter_if_none": "`.filter_if(….is_none())`",
    "filter_if_some": "`.filter_if(….is_some())`",
    "fold_commutative": '`.fold(…, commutative=proof("…"))`',
    "fold_idempotent": '`.fold(…, idempotent=proof("…"))`',
    "fold_keyed": _BY_KEY.format("fold"),
    "fold_keyed_commutative": _BY_KEY.format("fold"),
    "reduce_commutative": '`.reduce(…, commutative=proof("…"))`',
    "reduce_idempotent": '`.reduce(…, idempotent=proof("…"))`',
    "reduce_keyed": _BY_KEY.format("reduce"),
    "reduce_keyed_commutative": _BY_KEY.format("reduce"),
    "send_bincode_external": "clients of a port are answered with `port.reply(…)`",
    "drop_while": "carry along whether it is over: `.scan(…)`, and `.filter_map(…)`",
    "group_by": _KEYED,
    "interleave": _MERGED,
    "key_by": _KEYED,
    "latest": _SNAPSHOT,
    "make_bounded": _PROMISED,
    "make_exactly_once": _PROMISED,
    "make_totally_ordered": _PROMISED,
    "map_async": "`.map(…)` to awaitables, and `.resolve_futures()` or `.resolve_futures_ordered()`",
    "max_by": "`.max(key=…)`",
    "mean": "`.fold((0, 0), lambda acc, x: (acc[0] + x, acc[1] + 1))`, and `.map(…)`",
    "merge": _MERGED,
    "min_by": "`.min(key=…)`",
    "persist": _STATE,
    "sim_output": "what a test looks at is a result: `return await ….collect()`",
    "skip_while": "carry along whether it is over: `.scan(…)`, and `.filter_map(…)`",
    "snapshot": _SNAPSHOT,
    "sort_by": "`.sort(key=…)`",
    "sum": _SUM,
    "take_while": "`None` ends a scan: `.scan(None, lambda state, x: (state, x) if … else None)`",
    "tee": TWICE,
    "then": "`.zip(…).map(lambda both: both[1])`",
    "tick_batch": _BATCHES,
    "union": _MERGED,
    "weaken_consistency": _PROMISED,
    "value": "`await ….collect()` is the final value; in a slice, `tick.snapshot(…)` that of an instant",
    "window": _BATCHES,
    "zip": "number both and join them: `.enumerate().join(other.enumerate())`",
}  # what is written instead

_OF_KEYS: dict[str, str] = {
    "collect_list": "`await ….collect()` is a dict of lists; or `.fold(…)`",
    "count": "`.value_counts()`",
    "last": "`.reduce(lambda _, x: x)`",
    "len": "`.value_counts()`",
    "max": "`.reduce(max)`",
    "min": "`.reduce(min)`",
    "reduce_by_key": "it has keys: `.reduce(…)`",
    "size": "`.value_counts()`",
    "take": "number the elements of each key: `.enumerate().filter(lambda e: e[0] < …).map(lambda e: e[1])`",
}  # of keyed streams
_UNKEYED = frozenset({"drop_key_prefix", "entries", "entries_partially_ordered", "values"})
_OF_ENTRIES: dict[str, str] = dict.fromkeys(("count", "len", "length", "size"), "`.key_count()`")
_OF_LOCATIONS: dict[str, str] = {
    "bidi_external_many": "port(Request, Reply)",
    "bidi_external_many_bincode": "port(Request, Reply)",
    "bidi_external_many_bytes": "port(bytes, bytes)",
    "bind_single_client": "port(Request, Reply, single=True)",
    "bind_single_client_bincode": "port(Request, Reply, single=True)",
    "forward_ref": "channel(T)",
    "source_external_bincode": "port(Request, Reply)",
    "source_external_bytes": "port(bytes, bytes)",
    "source_cluster_members": 'membership(cluster, nondet("…"))',
    "source_cluster_membership_stream": 'membership(cluster, nondet("…"))',
    "source_interval": 'every(seconds, nondet("…"))',
    "source_iter": "source(…)",
    "source_stream": "source(…)",
    "tick": "sliced()",
}
_OUTSIDE = "what is given from outside is a parameter of the choreography"
_GIVEN = f"{_OUTSIDE}: `At[list[T], L]`, and `location.source(…)` of it"
_OF_LOCATIONS_WAYS: dict[str, str] = {
    "embedded_input": _GIVEN,
    "embedded_singleton_input": f"{_OUTSIDE}: `At[T, L]`, and `location.singleton(…)` of it",
    "sidecar_bidi": "give the location methods: `location.source(…)` of an async generator for what comes, "
    "`.dest_sink(…)` of an async method for what goes",
    "sim_input": _GIVEN,
}


def elsewhere(name: str, of: Shape) -> str:
    """What is written here for what has this name elsewhere; "" if nothing is known of it."""
    if of == "keyed_stream" and name in _OF_KEYS:
        return _said(_OF_KEYS[name])
    if of == "keyed_singleton" and name in _OF_ENTRIES:
        return _said(_OF_ENTRIES[name])
    if (of, name) in OPERATORS:
        return ""
    if (of, _NAMES.get(name, "")) in OPERATORS:
        return f"it is called `{_NAMES[name]}` here"
    if of == "stream" and ("keyed_stream", name) in OPERATORS and name in _UNKEYED:
        return f"it has no keys: leave `.{name}(…)` out"
    plain = name.removesuffix("_anonymous").removesuffix("_bincode").removesuffix("_bytes")
    if plain != name and (of, plain) in OPERATORS:
        return f"it is called `{plain}` here"
    return _said(_WAYS.get(name, ""))


def _said(way: str) -> str:
    return f"write {way}" if way.startswith("`.") else way


def source_elsewhere(name: str) -> str:
    """The same for what belongs to a location."""
    if name in ("me", "members"):
        return f"of locations, only a cluster has `{name}`"
    if name in _OF_LOCATIONS:
        return f"it is called `{_OF_LOCATIONS[name]}` here"
    return _OF_LOCATIONS_WAYS.get(name, "")


def is_operator(name: str) -> bool:
    """Whether a live collection has an operator of this name, here or elsewhere."""
    return any(operator == name for _, operator in OPERATORS) or name in _NAMES or name in _WAYS
