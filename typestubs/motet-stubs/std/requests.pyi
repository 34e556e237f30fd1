from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
M = TypeVar("M")
V = TypeVar("V")

@dataclass(frozen=True, slots=True)
class Asked(Generic[K, M]):
    key: K
    about: M

@dataclass(frozen=True, slots=True)
class Answered(Generic[K, V]):
    key: K
    value: V

class Exchange(Generic[K, M, V]):
    __slots__ = ("_asked", "_early")

    def __init__(self) -> None: ...
    @property
    def open(self) -> int: ...
    def __call__(self, event: Asked[K, M] | Answered[K, V]) -> list[tuple[K, M, V]]: ...
