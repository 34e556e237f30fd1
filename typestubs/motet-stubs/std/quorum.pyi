from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

class Quorum(Generic[K]):
    __slots__ = ("_votes", "enough", "of")
    enough: int
    of: int

    def __init__(self, enough: int, of: int) -> None: ...
    def __call__(self, answer: tuple[K, bool]) -> list[K]: ...

class QuorumWithResponse(Generic[K, V]):
    __slots__ = ("_responses", "enough", "of")
    enough: int
    of: int

    def __init__(self, enough: int, of: int) -> None: ...
    def __call__(self, answer: tuple[K, V | None]) -> Iterable[tuple[K, V]]: ...
