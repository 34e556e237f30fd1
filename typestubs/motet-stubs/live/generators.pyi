from dataclasses import dataclass
from typing import Generic, TypeAlias

from motet.live.variables import T

@dataclass(frozen=True, slots=True)
class Yield(Generic[T]):
    value: T

@dataclass(frozen=True, slots=True)
class Return(Generic[T]):
    value: T

@dataclass(frozen=True, slots=True)
class Break: ...

@dataclass(frozen=True, slots=True)
class Continue: ...

Generate: TypeAlias = Yield[T] | Return[T] | Break | Continue
