"""`Failure`: an exception as a value, so that it can be looked at and sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import isawaitable
from typing import ParamSpec, TypeVar

from motet.errors import text_of

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Failure:
    """What `attempt` gives when the attempted call raised.

    `kind` is the name of the exception's class, `message` its text: of a very long one, the beginning.
    """

    kind: str
    message: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """The failure that stands for this exception."""
        return cls(type(error).__name__, text_of(error))


async def attempt(
    function: Callable[P, T] | Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
) -> T | Failure:
    """Call a local function, sync or async; an `Exception` it raises becomes a `Failure`."""
    try:
        value = function(*args, **kwargs)
        return await value if isawaitable(value) else value
    except Exception as error:
        return Failure.of(error)
