"""Motet: distributed systems as one typed Python program.

This package is what programs import, and what the modules that `motet build` generates from them
run on. It needs msgpack and nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING
from typing import Annotated as At
from typing import Annotated as Each

from motet.choreographies import choreography, concurrently, pipeline, pure
from motet.errors import BadMessage, MotetError, NotProjectedError, PeerAborted, PeerLost
from motet.failure import Failure
from motet.locations import Cluster, Process
from motet.members import MemberId
from motet.nondeterminism import Nondet, nondet

if TYPE_CHECKING:
    from motet.clients import ClientId
    from motet.codec import register_codec
    from motet.live.feedback import Feedback
    from motet.live.generators import Break, Continue, Generate, Return, Yield
    from motet.live.keyed_singletons import KeyedSingleton
    from motet.live.keyed_streams import KeyedStream
    from motet.live.markers import (
        AtLeastOnce,
        Atomic,
        Bounded,
        BoundedValue,
        ExactlyOnce,
        MembershipEvent,
        Monotonic,
        MonotonicKeys,
        MonotonicValue,
        NoOrder,
        Ordered,
        Sampled,
        Unbounded,
    )
    from motet.live.ports import Port, SinglePort
    from motet.live.proofs import Proof, proof
    from motet.live.singletons import Optional, Singleton
    from motet.live.slices import Slice
    from motet.live.streams import Stream

__all__ = [
    "At",
    "AtLeastOnce",
    "Atomic",
    "BadMessage",
    "Bounded",
    "BoundedValue",
    "Break",
    "ClientId",
    "Cluster",
    "Continue",
    "Each",
    "ExactlyOnce",
    "Failure",
    "Feedback",
    "Generate",
    "KeyedSingleton",
    "KeyedStream",
    "MemberId",
    "MembershipEvent",
    "Monotonic",
    "MonotonicKeys",
    "MonotonicValue",
    "MotetError",
    "NoOrder",
    "Nondet",
    "NotProjectedError",
    "Optional",
    "Ordered",
    "PeerAborted",
    "PeerLost",
    "Port",
    "Process",
    "Proof",
    "Return",
    "Sampled",
    "SinglePort",
    "Singleton",
    "Slice",
    "Stream",
    "Unbounded",
    "Yield",
    "choreography",
    "concurrently",
    "nondet",
    "pipeline",
    "proof",
    "pure",
    "register_codec",
]

# Whoever does not use these does not pay for the import.
_LATE = {
    "motet.clients": ("ClientId",),
    "motet.codec": ("register_codec",),
    "motet.live.feedback": ("Feedback",),
    "motet.live.generators": (
        "Break",
        "Continue",
        "Generate",
        "Return",
        "Yield",
    ),
    "motet.live.keyed_singletons": ("KeyedSingleton",),
    "motet.live.keyed_streams": ("KeyedStream",),
    "motet.live.markers": (
        "AtLeastOnce",
        "Atomic",
        "Bounded",
        "BoundedValue",
        "ExactlyOnce",
        "MembershipEvent",
        "Monotonic",
        "MonotonicKeys",
        "MonotonicValue",
        "NoOrder",
        "Ordered",
        "Sampled",
        "Unbounded",
    ),
    "motet.live.ports": (
        "Port",
        "SinglePort",
    ),
    "motet.live.proofs": (
        "Proof",
        "proof",
    ),
    "motet.live.singletons": (
        "Optional",
        "Singleton",
    ),
    "motet.live.slices": ("Slice",),
    "motet.live.streams": ("Stream",),
}
_HOME = {name: module for module, names in _LATE.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'motet' has no attribute '{name}'")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
