"""The standard library: what many protocols need, as plain classes and functions.

A state machine is made for `transform`: it is called with each element and returns what goes on. It
runs at the location of its stream, keeps its state there, and can be tested without any location.
What is called with a stream is a pipeline.
"""

from motet.std.membership import is_present
from motet.std.quorum import Quorum, QuorumWithResponse
from motet.std.requests import Answered, Asked, Exchange
from motet.std.streams import (
    collect_quorum,
    collect_quorum_with_response,
    join_responses,
    track_membership,
)

__all__ = [
    "Answered",
    "Asked",
    "Exchange",
    "Quorum",
    "QuorumWithResponse",
    "collect_quorum",
    "collect_quorum_with_response",
    "is_present",
    "join_responses",
    "track_membership",
]
