from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, overload

from motet.nondeterminism import Nondet

ChoreographyT = TypeVar("ChoreographyT", bound=Callable[..., Coroutine[Any, Any, Any]])
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")

def choreography(function: ChoreographyT) -> ChoreographyT: ...
def pipeline(function: FunctionT) -> FunctionT: ...
def pure(function: FunctionT) -> FunctionT: ...
@overload
async def concurrently(
    a: Awaitable[A], b: Awaitable[B], /, *, why: Nondet | None = None
) -> tuple[A, B]: ...
@overload
async def concurrently(
    a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], /, *, why: Nondet | None = None
) -> tuple[A, B, C]: ...
@overload
async def concurrently(
    a: Awaitable[A],
    b: Awaitable[B],
    c: Awaitable[C],
    d: Awaitable[D],
    /,
    *,
    why: Nondet | None = None,
) -> tuple[A, B, C, D]: ...
@overload
async def concurrently(
    a: Awaitable[A],
    b: Awaitable[B],
    c: Awaitable[C],
    d: Awaitable[D],
    e: Awaitable[E],
    /,
    *,
    why: Nondet | None = None,
) -> tuple[A, B, C, D, E]: ...
@overload
async def concurrently(
    a: Awaitable[A],
    b: Awaitable[B],
    c: Awaitable[C],
    d: Awaitable[D],
    e: Awaitable[E],
    f: Awaitable[F],
    /,
    *,
    why: Nondet | None = None,
) -> tuple[A, B, C, D, E, F]: ...
@overload
async def concurrently(
    *choreographies: Awaitable[A], why: Nondet | None = None
) -> tuple[A, ...]: ...
