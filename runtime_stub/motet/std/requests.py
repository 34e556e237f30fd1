"""Requests and their answers: what was known when the question was asked, joined to the answer.

After `hydro_std::request_response` of Hydro (hydro.run).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
M = TypeVar("M")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Asked(Generic[K, M]):
    """A request has been made; `about` is what is to be remembered of it."""

    key: K
    about: M


@dataclass(frozen=True, slots=True)
class Answered(Generic[K, V]):
    """An answer has come."""

    key: K
    value: V


class Exchange(Generic[K, M, V]):
    """Joins each answer with what was remembered of its request, and then forgets both.

    Call it with `Asked` and `Answered` in any order; it returns `(key, about, value)` in a list when
    both are there. A second answer to the same request waits for a second request of that key.
    """

    __slots__ = ("_asked", "_early")

    def __init__(self) -> None:
        self._asked: dict[K, M] = {}
        self._early: dict[K, V] = {}

    @property
    def open(self) -> int:
        """How many requests are unanswered."""
        return len(self._asked)

    def __call__(self, event: Asked[K, M] | Answered[K, V]) -> list[tuple[K, M, V]]:
        """Take one event."""
        key = event.key
        if isinstance(event, Asked):
            if key not in self._early:
                self._asked[key] = event.about
                return []
            return [(key, event.about, self._early.pop(key))]
        if key not in self._asked:
            self._early[key] = event.value
            return []
        return [(key, self._asked.pop(key), event.value)]
