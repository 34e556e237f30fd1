"""Which emitter an operator has."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.ir.operators import LOOP
from motetc.passes.fuse import elementwise as each
from motetc.passes.fuse import (
    folds,
    gates,
    joins,
    keyed,
    ordered,
    per_key,
    singletons,
    timed,
    watermarks,
)
from motetc.passes.fuse import keyed_singletons as entries
from motetc.passes.fuse import keyed_views as views
from motetc.passes.fuse.async_for import AsyncFor
from motetc.passes.fuse.atomics import Atomic, EndAtomic
from motetc.passes.fuse.doors import Incoming, Reply
from motetc.passes.fuse.emitter import Emitter
from motetc.passes.fuse.futures import Await, Resolve
from motetc.passes.fuse.operator import Op, Passing
from motetc.passes.fuse.slices import Sliced, SliceLatest, SliceStream

_PLAIN = Op()
_PASSING = Passing()

_BOTH: dict[str, Emitter] = {  # alike on streams and keyed streams
    "map": each.Map(),
    "filter": each.Filter(),
    "filter_map": each.FilterMap(),
    "flat_map_ordered": each.FlatMap(),
    "flat_map_unordered": each.FlatMap(),
    "flatten_ordered": each.Flatten(),
    "flatten_unordered": each.Flatten(),
    "inspect": each.Inspect(),
    "partition": each.Partition(),
    "merge_unordered": _PASSING,
    "merge_ordered": _PASSING,
    "weaken_ordering": _PASSING,
    "weaken_retries": _PASSING,
    "assume_ordering": _PASSING,
    "assume_retries": _PASSING,
    "unique": ordered.Unique(),
    "chain": gates.Chain(),
    "cross_singleton": gates.CrossSingleton(),
}
_STREAMS: dict[str, Emitter] = {
    "for_each": each.ForEach(),
    "dest_sink": each.ForEach(),
    LOOP.name: AsyncFor(),
    "sample_every": timed.SampleNewest(),
    "timeout": timed.Timeout(),
    "enumerate": ordered.Enumerate(),
    "scan": ordered.Scan(),
    "generator": ordered.Generator(),
    "take": ordered.Take(),
    "skip": ordered.Skip(),
    "transform": ordered.Transform(),
    "sort": ordered.Sort(),
    "fold": folds.Fold(),
    "reduce": folds.Reduce(),
    "count": folds.Count(),
    "max": folds.Extreme(">"),
    "min": folds.Extreme("<"),
    "first": folds.First(),
    "last": folds.Last(),
    "collect_list": folds.CollectList(),
    "is_empty": folds.IsEmpty(),
    "filter_if": gates.FilterIf(),
    "filter_not_in": gates.FilterNotIn(),
    "anti_join": gates.AntiJoin(),
    "repeat_with_keys": gates.RepeatWithKeys(),
    "join": joins.Join(),
    "cross_product": joins.CrossProduct(),
    "cross_product_nested_loop": joins.NestedLoop(),
    "keys": keyed.Keys(),
    "into_keyed": keyed.IntoKeyed(),
    "resolve_futures": Resolve(),
    "resolve_futures_ordered": Resolve(),
    "resolve_futures_blocking": Await(),
}
_KEYED_STREAMS: dict[str, Emitter] = {
    "for_each": each.ForEach(),
    "dest_sink": each.ForEach(),
    "map_with_key": each.Map(with_key=True),
    "filter_with_key": each.Filter(with_key=True),
    "filter_map_with_key": each.FilterMap(with_key=True),
    "inspect_with_key": each.Inspect(with_key=True),
    "keys": keyed.Keys(),
    "values": keyed.Values(),
    "entries": keyed.Entries(),
    "entries_partially_ordered": keyed.Entries(),
    "prefix_key": keyed.PrefixKey(),
    "drop_key_prefix": keyed.DropKeyPrefix(),
    "get": gates.Get(),
    "enumerate": per_key.KeyedEnumerate(),
    "scan": per_key.KeyedScan(),
    "generator": per_key.KeyedGenerator(),
    "transform": per_key.KeyedTransform(),
    "sort": per_key.KeyedSort(),
    "fold": per_key.KeyedFold(),
    "reduce": per_key.KeyedReduce(),
    "reduce_watermark": watermarks.ReduceWatermark(),
    "value_counts": per_key.ValueCounts(),
    "first": per_key.KeyedFirst(),
    "fold_early_stop": per_key.FoldEarlyStop(),
    "filter_key_not_in": gates.FilterKeyNotIn(),
    "join_keyed_stream": joins.JoinKeyed(),
    "join_keyed_singleton": gates.JoinTable(),
    "lookup_keyed_singleton": gates.LookUpTable(),
    "lookup_keyed_stream": gates.LookUpStream(),
}
_VALUES: dict[str, Emitter] = {  # alike of singletons and optionals
    "map": singletons.Mapped(),
    "filter": singletons.Filtered(),
    "filter_map": singletons.FilterMapped(),
    "inspect": singletons.Inspected(),
    "flat_map_ordered": singletons.FlatMapped(),
    "flat_map_unordered": singletons.FlatMapped(),
    "flatten_ordered": singletons.FlatMapped(),
    "flatten_unordered": singletons.FlatMapped(),
    "zip": singletons.Zip(),
    "filter_if": singletons.FilterIfValue(),
    "into_stream": singletons.Outgoing(),
    "sample_every": timed.SampleEvery(),
    "sample_eager": singletons.SampleEager(),
}
_SINGLETONS: dict[str, Emitter] = {
    "equals": singletons.Combined("=="),
    "and_": singletons.Combined("and"),
    "or_": singletons.Combined("or"),
    "not_": singletons.Negated(),
    "threshold_greater_or_equal": singletons.Threshold(),
    "into_optional": singletons.IntoOptional(),
}
_OPTIONALS: dict[str, Emitter] = {
    "or_": singletons.Or(),
    "unwrap_or": singletons.Or(),
    "into_singleton": singletons.IntoSingleton(),
    "is_some": singletons.IsPresent(True),
    "is_none": singletons.IsPresent(False),
}
_KEYED_SINGLETONS: dict[str, Emitter] = {
    "map": entries.MapEntries(),
    "map_with_key": entries.MapEntries(with_key=True),
    "filter": entries.FilterEntries(),
    "filter_map": entries.FilterMapEntries(),
    "inspect": entries.InspectEntries(),
    "inspect_with_key": entries.InspectEntries(with_key=True),
    "keys": views.FromEntries("key"),
    "values": views.FromEntries("value"),
    "entries": views.FromEntries("entry"),
    "into_keyed_stream": views.FromEntries("keyed"),
    "key_count": views.KeyCount(),
    "into_singleton": views.IntoDict(),
    "get": views.GetEntry(),
    "get_max_key": views.GetMaxKey(),
    "filter_key_not_in": entries.WithoutKeys(),
    "join_keyed_singleton": entries.JoinEntries(),
    "join_keyed_stream": entries.JoinStream(),
    "lookup_keyed_singleton": entries.LookUpEntries(),
    "lookup_keyed_stream": entries.LookUpEntriesInStream(),
    "threshold_greater_or_equal": views.KeyThreshold(),
    "threshold_greater_or_equal_uniform": views.KeyThreshold(),
}
_ALL: dict[str, Emitter] = {"atomic": Atomic(), "end_atomic": EndAtomic()}
_BY_NAME: dict[str, Emitter] = {
    "singleton": singletons.Constant(),
    "sliced": Sliced(),
    "requests": Incoming(),
    "membership": Incoming(),
    "reply": Reply(),
}
EMITTERS: dict[str, dict[str, Emitter]] = {
    "stream": _ALL | _BOTH | _STREAMS,
    "keyed_stream": _ALL | _BOTH | _KEYED_STREAMS,
    "singleton": _ALL | _VALUES | _SINGLETONS,
    "optional": _ALL | _VALUES | _OPTIONALS,
    "keyed_singleton": _ALL | _KEYED_SINGLETONS,
    "slice": {"slice_stream": SliceStream(), "slice_latest": SliceLatest()},
}


def emitter(live: Live) -> Emitter:
    """The emitter of a node; sources and arrivals need none."""
    if live.op in _BY_NAME:
        return _BY_NAME[live.op]
    if live.hop is not None or not live.inputs:
        return _PLAIN
    return EMITTERS[live.inputs[0].shape][live.op]
