"""A channel: what one location may say to another under one name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Src = TypeVar("Src")
Dst = TypeVar("Dst")
T = TypeVar("T")


@dataclass(frozen=True)  # with slots, `Channel[A, B, int](…)` would fail
class Channel(Generic[Src, Dst, T]):
    """A name and a codec; both ends are built from the same constant.

    `encode` gives something MessagePack can hold; `decode` validates what was received and raises
    when it is not a `T`. What comes back by an `unlimited` one is kept at the receiver, however much it is, and its
    sender never waits: else all locations of a cycle might wait for each other.
    """

    name: str
    encode: Callable[[T], object]
    decode: Callable[[object], T]
    unlimited: bool = False
