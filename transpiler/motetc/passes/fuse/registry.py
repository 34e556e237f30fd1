"""Which emitter an operator has."""

from __future__ import annotations

from motetc.ir.live import Live
from motetc.passes.fuse.atomics import Atomic, EndAtomic
from motetc.passes.fuse.elementwise import Filter, ForEach, Map
from motetc.passes.fuse.folds import Count, Fold
from motetc.passes.fuse.fuser import Emitter
from motetc.passes.fuse.keyed import Values
from motetc.passes.fuse.operator import Op
from motetc.passes.fuse.slices import Sliced, SliceLatest, SliceStream
from motetc.passes.fuse.timed import SampleEvery

_BOTH = ("stream", "keyed_stream")
_ALL = (*_BOTH, "singleton", "optional", "keyed_singleton")
_BY_NAME: dict[str, Emitter] = {"sliced": Sliced()}

EMITTERS: dict[tuple[str, str], Emitter] = {
    **{(s, "map"): Map() for s in _BOTH},
    **{(s, "filter"): Filter() for s in _BOTH},
    **{(s, "for_each"): ForEach() for s in _BOTH},
    **{(s, "atomic"): Atomic() for s in _ALL},
    **{(s, "end_atomic"): EndAtomic() for s in _ALL},
    ("slice", "slice_stream"): SliceStream(),
    ("slice", "slice_latest"): SliceLatest(),
    ("stream", "fold"): Fold(),
    ("stream", "count"): Count(),
    ("keyed_stream", "values"): Values(),
    ("singleton", "sample_every"): SampleEvery(),
}
_PLAIN = Op()


def emitter(live: Live) -> Emitter:
    """The emitter of a node; sources and arrivals need none."""
    if live.op in _BY_NAME:
        return _BY_NAME[live.op]
    if live.hop is not None or not live.inputs:
        return _PLAIN
    return EMITTERS[(live.inputs[0].shape, live.op)]


def is_supported(live: Live) -> bool:
    """Whether there is code for an operator."""
    if live.op in _BY_NAME or live.hop is not None or not live.inputs:
        return True
    return (live.inputs[0].shape, live.op) in EMITTERS
