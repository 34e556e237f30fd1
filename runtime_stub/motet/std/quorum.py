"""Quorums: act once enough have agreed.

After `hydro_std::quorum` of Hydro (hydro.run): a key is reported once, and it is remembered until
all the answers that can still come are in, so that it is never reported again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def _check(enough: int, of: int) -> None:
    if not 1 <= enough <= of:
        raise ValueError(f"a quorum of {enough} out of {of}: it must be between 1 and {of}")


@dataclass(slots=True)
class _Votes:
    yes: int = 0
    answers: int = 0


class Quorum(Generic[K]):
    """Reports each key when `enough` of its `of` answers are yes.

    Call it with `(key, yes)`; it returns the key in a list when that answer completes the quorum,
    and an empty list otherwise. After `of` answers a key is forgotten. Counting does not depend on
    order: over `NoOrder` say so with a `commutative` proof. Each voter must answer once.
    """

    __slots__ = ("_votes", "enough", "of")

    def __init__(self, enough: int, of: int) -> None:
        _check(enough, of)
        self.enough = enough
        self.of = of
        self._votes: dict[K, _Votes] = {}

    def __call__(self, answer: tuple[K, bool]) -> list[K]:
        """Count one answer."""
        key, yes = answer
        votes = self._votes.setdefault(key, _Votes())
        votes.answers += 1
        votes.yes += yes
        if votes.answers == self.of:
            del self._votes[key]
        return [key] if yes and votes.yes == self.enough else []


@dataclass(slots=True)
class _Responses(Generic[V]):
    values: list[V] = field(default_factory=list)
    yes: int = 0
    answers: int = 0


class QuorumWithResponse(Generic[K, V]):
    """As `Quorum`, with what the voters said: `(key, value)` for every yes, once there are enough.

    Call it with `(key, value)` for a yes and `(key, None)` for a no. The values that came before
    the quorum go on together with the one that completes it, later ones as they come.
    """

    __slots__ = ("_responses", "enough", "of")

    def __init__(self, enough: int, of: int) -> None:
        _check(enough, of)
        self.enough = enough
        self.of = of
        self._responses: dict[K, _Responses[V]] = {}

    def __call__(self, answer: tuple[K, V | None]) -> Iterable[tuple[K, V]]:
        """Take one answer."""
        key, value = answer
        found = self._responses.setdefault(key, _Responses())
        found.answers += 1
        if value is not None:
            found.yes += 1
            found.values.append(value)
        if found.answers == self.of:
            del self._responses[key]
        if found.yes < self.enough:
            return []
        ready, found.values = found.values, []
        return [(key, each) for each in ready]
