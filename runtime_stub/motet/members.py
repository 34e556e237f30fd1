"""Member ids: which member of a cluster, typed by the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

L = TypeVar("L", covariant=True)


@dataclass(frozen=True, order=True)  # with slots, `MemberId[Worker](0)` would fail
class MemberId(Generic[L]):
    """The number of one member of the cluster `L`, counted from 0.

    `L` is a phantom: only type checkers see it, so that the id of a worker is never taken for the
    id of a client. It is covariant, because in a method `self.members` are ids of `Self`. Ids of
    one cluster are ordered by their index.
    """

    index: int

    def __repr__(self) -> str:
        return f"MemberId({self.index})"
