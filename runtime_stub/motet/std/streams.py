"""Quorums, requests and membership as pipelines: functions of streams, expanded where they are called.

After `collect_quorum`, `collect_quorum_with_response`, `join_responses` and `track_membership` of
`hydro_std` (hydro.run).
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

from motet import (
    Cluster,
    ExactlyOnce,
    KeyedSingleton,
    KeyedStream,
    MembershipEvent,
    MonotonicKeys,
    NoOrder,
    Ordered,
    Process,
    Stream,
    Unbounded,
    pipeline,
    proof,
)
from motet.std.membership import is_present
from motet.std.quorum import Quorum, QuorumWithResponse
from motet.std.requests import Answered, Asked, Exchange

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
M = TypeVar("M")
L = TypeVar("L", bound=Process | Cluster)
B = TypeVar("B", bound=Unbounded)


@pipeline
def collect_quorum(
    votes: Stream[tuple[K, bool], L, NoOrder, ExactlyOnce, B], enough: int, of: int
) -> Stream[K, L, NoOrder, ExactlyOnce, B]:
    """Each key once, when `enough` of its `of` votes are yes. Each voter votes once."""
    return votes.transform(lambda: Quorum[K](enough, of=of), commutative=proof("votes are counted"))


@pipeline
def collect_quorum_with_response(
    answers: Stream[tuple[K, V | None], L, NoOrder, ExactlyOnce, B], enough: int, of: int
) -> Stream[tuple[K, V], L, NoOrder, ExactlyOnce, B]:
    """Every answer that is not None, from the moment when a key has `enough` of them."""
    return answers.transform(
        lambda: QuorumWithResponse[K, V](enough, of=of),
        commutative=proof("answers are counted, and all of them go on"),
    )


@pipeline
def join_responses(
    responses: Stream[tuple[K, V], L, NoOrder, ExactlyOnce, B],
    metadata: Stream[tuple[K, M], L, NoOrder, ExactlyOnce, B],
) -> Stream[tuple[K, tuple[M, V]], L, NoOrder, ExactlyOnce, B]:
    """Each response with what was known when it was asked for; then both are forgotten."""
    events: Stream[Asked[K, M] | Answered[K, V], L, NoOrder, ExactlyOnce, B] = metadata.map(
        lambda asked: Asked(asked[0], asked[1])
    )
    answered: Stream[Asked[K, M] | Answered[K, V], L, NoOrder, ExactlyOnce, B] = responses.map(
        lambda answer: Answered(answer[0], answer[1])
    )
    joined = events.merge_unordered(answered).transform(
        lambda: Exchange[K, M, V](),
        commutative=proof("a request and its response are joined, whichever comes first"),
    )
    return joined.map(lambda found: (found[0], (found[1], found[2])))


@pipeline
def track_membership(
    events: KeyedStream[K, MembershipEvent, L, Ordered, ExactlyOnce, Unbounded],
) -> KeyedSingleton[K, bool, L, MonotonicKeys]:
    """Who is there, of all who have ever been."""
    return events.fold(False, is_present)
