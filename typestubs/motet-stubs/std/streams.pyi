from collections.abc import Hashable
from typing import TypeVar

from motet.live.keyed_singletons import KeyedSingleton
from motet.live.keyed_streams import KeyedStream
from motet.live.markers import (
    ExactlyOnce,
    MembershipEvent,
    MonotonicKeys,
    NoOrder,
    Ordered,
    Unbounded,
)
from motet.live.streams import Stream
from motet.locations import Cluster, Process

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
M = TypeVar("M")
L = TypeVar("L", bound=Process | Cluster)
B = TypeVar("B", bound=Unbounded)

def collect_quorum(
    votes: Stream[tuple[K, bool], L, NoOrder, ExactlyOnce, B], enough: int, of: int
) -> Stream[K, L, NoOrder, ExactlyOnce, B]: ...
def collect_quorum_with_response(
    answers: Stream[tuple[K, V | None], L, NoOrder, ExactlyOnce, B], enough: int, of: int
) -> Stream[tuple[K, V], L, NoOrder, ExactlyOnce, B]: ...
def join_responses(
    responses: Stream[tuple[K, V], L, NoOrder, ExactlyOnce, B],
    metadata: Stream[tuple[K, M], L, NoOrder, ExactlyOnce, B],
) -> Stream[tuple[K, tuple[M, V]], L, NoOrder, ExactlyOnce, B]: ...
def track_membership(
    events: KeyedStream[K, MembershipEvent, L, Ordered, ExactlyOnce, Unbounded],
) -> KeyedSingleton[K, bool, L, MonotonicKeys]: ...
