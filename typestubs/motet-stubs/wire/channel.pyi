from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Src = TypeVar("Src")
Dst = TypeVar("Dst")
T = TypeVar("T")

@dataclass(frozen=True)
class Channel(Generic[Src, Dst, T]):
    name: str
    encode: Callable[[T], object]
    decode: Callable[[object], T]
    unlimited: bool = False
