from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

def constructor(make: Callable[P, T]) -> Callable[P, T]: ...
