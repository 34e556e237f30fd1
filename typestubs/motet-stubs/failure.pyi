from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

@dataclass(frozen=True, slots=True)
class Failure:
    kind: str
    message: str

    @classmethod
    def of(cls, error: BaseException) -> Failure: ...

async def attempt(
    function: Callable[P, T] | Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T | Failure: ...
