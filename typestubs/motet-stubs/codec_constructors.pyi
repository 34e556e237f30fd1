from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

class _New(Protocol):
    def __call__(self, cls: type[T], /) -> T: ...

new: _New

def constructor(make: Callable[P, T]) -> Callable[P, T]: ...
