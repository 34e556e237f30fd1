from dataclasses import dataclass
from typing import Generic, TypeVar

L = TypeVar("L", covariant=True)

@dataclass(frozen=True, order=True)
class MemberId(Generic[L]):
    index: int

    def __repr__(self) -> str: ...
