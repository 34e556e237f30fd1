"""`@choreography`, `@pure` and `concurrently`: marks for the compiler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, NoReturn, TypeVar, overload

from motet.errors import NotProjectedError
from motet.nondeterminism import Nondet

# `Any` in bounds alone: the decorators give back exactly the type they were given.
ChoreographyT = TypeVar("ChoreographyT", bound=Callable[..., Coroutine[Any, Any, Any]])
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")


def choreography(function: ChoreographyT) -> ChoreographyT:
    """Mark an `async def` as a choreography: `motet build` projects it to its locations.

    Its signature stays as it is, for type checkers too. Calling it directly raises
    `NotProjectedError`.
    """

    @wraps(function)
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise NotProjectedError(f"the choreography {function.__qualname__}()")

    return refuse  # type: ignore[return-value]


def pipeline(function: FunctionT) -> FunctionT:
    """Mark a function from live collections to live collections, to be called in choreographies.

    `motet build` expands it where it is called, as if its statements stood there. Its signature
    stays as it is, for type checkers too. Calling it directly raises `NotProjectedError`.
    """

    @wraps(function)
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise NotProjectedError(f"the pipeline {function.__name__}()")

    return refuse  # type: ignore[return-value]


def pure(function: FunctionT) -> FunctionT:
    """Promise that a function depends on its arguments alone and changes nothing.

    The compiler may then run it at every location that knows the arguments.
    """
    return function


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
async def concurrently(
    *choreographies: Awaitable[object], why: Nondet | None = None
) -> tuple[object, ...]:
    """Run calls of choreographies at the same time; their results in order."""
    raise NotProjectedError("concurrently()")
