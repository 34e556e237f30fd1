"""What the function of `generator` answers: what becomes of the stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Yield(Generic[T]):
    """This goes out, and the stream goes on."""

    value: T


@dataclass(frozen=True, slots=True)
class Return(Generic[T]):
    """This goes out, and the stream ends."""

    value: T


@dataclass(frozen=True, slots=True)
class Break:
    """Nothing goes out, and the stream ends."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Nothing goes out, and the stream goes on."""


Generate: TypeAlias = Yield[T] | Return[T] | Break | Continue
