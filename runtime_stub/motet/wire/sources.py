"""Where streams come from at one location: time, and the user's iterables."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Sequence
from itertools import islice
from typing import Final, Generic, Self, TypeVar

from motet.ports import Fabric

T = TypeVar("T")

CHUNK: Final = 1024
"""Elements that are taken from an iterable at a time, at most."""

SLOW_CHUNK: Final = 256
"""The same where the loop takes long over them: others wait for as long."""

SLICED: Final = frozenset({list, tuple, range})
"""Sequences whose slices hold what their iterators give, and are had sooner."""


class Every:
    """Comes round at fixed moments, the first one after `seconds`; a moment missed is skipped."""

    __slots__ = ("_fabric", "_next", "_seconds")

    def __init__(self, fabric: Fabric, seconds: float) -> None:
        if not seconds > 0:
            raise ValueError(f"every {seconds} seconds: the time must be positive")
        self._fabric = fabric
        self._seconds = seconds
        self._next = fabric.now()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> None:
        now = self._fabric.now()
        self._next += self._seconds
        if self._next < now:  # late: this is the latest of the moments that have passed
            self._next += (now - self._next) // self._seconds * self._seconds
        await self._fabric.sleep(max(0.0, self._next - now))


class Spin:
    """Comes round again and again, as often as others leave time for it; they run when it has taken long."""

    __slots__ = ("_fabric", "_until")

    def __init__(self, fabric: Fabric) -> None:
        self._fabric = fabric
        self._until = fabric.now()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> None:
        fabric = self._fabric
        if fabric.now() >= self._until:
            await fabric.breathe()
            self._until = fabric.now() + fabric.longest_turn


class Batches(Generic[T]):
    """The elements of an iterable, in lists; others run when they have taken long.

    An iterable that is slow to give its elements (it reads a file, it computes) gives few at a
    time, so that they do not wait for each other; so does any, if the loop takes long over them.
    """

    __slots__ = ("_began", "_fabric", "_now", "_patience", "_size", "_take", "_until")

    def __init__(self, fabric: Fabric, elements: Iterable[T]) -> None:
        self._fabric = fabric
        self._now = fabric.now
        self._patience = fabric.patience
        self._take = taking(elements)
        self._size = 1
        self._began = fabric.now()  # to take the latest batch
        self._until = self._began + self._patience

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[T]:
        began, patience = self._now(), self._patience
        most = CHUNK if began - self._began < patience / 4 else SLOW_CHUNK
        if began >= self._until:
            await self._fabric.breathe()
            began = self._now()
            self._until = began + patience
        self._began = began
        size = min(self._size, most)
        batch = self._take(size)
        if not batch:
            raise StopAsyncIteration
        self._size = max(1, size // 2) if self._now() - began > patience else 2 * size
        return batch


def taking(elements: Iterable[T]) -> Callable[[int], list[T]]:
    """A function that gives the next so many elements; no more than are left."""
    if not isinstance(elements, Sequence) or type(elements) not in SLICED:
        rest = iter(elements)
        return lambda size: [*islice(rest, size)]
    sequence, start = elements, 0

    def take(size: int) -> list[T]:
        nonlocal start
        piece = sequence[start : start + size]
        start += len(piece)
        return piece if type(piece) is list else [*piece]

    return take


class AsyncBatches(Generic[T]):
    """The elements of an asynchronous iterable, each as soon as it is there."""

    __slots__ = ("_elements", "_fabric", "_until")

    def __init__(self, fabric: Fabric, elements: AsyncIterable[T]) -> None:
        self._fabric = fabric
        self._elements: AsyncIterator[T] = aiter(elements)
        self._until = fabric.now() + fabric.patience

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[T]:
        fabric = self._fabric
        if fabric.now() >= self._until:
            await fabric.breathe()
            self._until = fabric.now() + fabric.patience
        return [await anext(self._elements)]
