"""Motet: distributed systems as one typed Python program.

This package is what programs import, and what the modules that `motet build` generates from them
run on. It needs msgpack and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Annotated as At
from typing import Annotated as Each

from motet.choreographies import choreography, concurrently, pure
from motet.errors import BadMessage, MotetError, NotProjectedError, PeerAborted, PeerLost
from motet.failure import Failure
from motet.locations import Cluster, Process
from motet.members import MemberId
from motet.nondeterminism import Nondet, nondet

if TYPE_CHECKING:
    from motet.codec import register_codec

__all__ = [
    "At",
    "BadMessage",
    "Cluster",
    "Each",
    "Failure",
    "MemberId",
    "MotetError",
    "Nondet",
    "NotProjectedError",
    "PeerAborted",
    "PeerLost",
    "Process",
    "choreography",
    "concurrently",
    "nondet",
    "pure",
    "register_codec",
]


def __getattr__(name: str) -> object:
    if name == "register_codec":  # only programs with codecs of their own pay for the import
        from motet.codec import register_codec

        return register_codec
    raise AttributeError(f"module 'motet' has no attribute '{name}'")
