"""Where streams come from at one location: time, and the user's iterables."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, Generic, Self, TypeVar

from motet.ports import Fabric

T = TypeVar("T")

CHUNK: Final = 256
"""Elements that are taken from an iterable at a time."""

SLICED: Final = frozenset({list, tuple, range})
"""Of which an iterator gives no more than their items do."""


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
    """Comes round again and again, as often as others leave time for it."""

    __slots__ = ("_fabric",)

    def __init__(self, fabric: Fabric) -> None:
        self._fabric = fabric

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> None:
        await self._fabric.breathe()


class Batches(Generic[T]):
    """The elements of an iterable, in lists; others run when they have taken long.

    An iterable that is slow to give its elements (it reads a file, it computes) gives few at a
    time, so that they do not wait for each other.
    """

    __slots__ = ("_elements", "_fabric", "_size", "_until")

    def __init__(self, fabric: Fabric, elements: Iterable[T]) -> None:
        self._fabric = fabric
        self._elements: Iterator[T] = iter(elements)
        self._size = 1
        self._until = fabric.now() + fabric.patience

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[T]:
        fabric = self._fabric
        began = fabric.now()
        if began >= self._until:
            await fabric.breathe()
            began = fabric.now()
            self._until = began + fabric.patience
        batch = list(islice(self._elements, self._size))
        if not batch:
            raise StopAsyncIteration
        if fabric.now() - began > fabric.patience:
            self._size = max(1, self._size // 2)
        elif self._size < CHUNK:
            self._size *= 2
        return batch


class Slices(Generic[T]):
    """The elements of a sequence, in lists; others run when their use has taken long.

    To take them takes next to no time, and less than from an iterator.
    """

    __slots__ = ("_elements", "_fabric", "_now", "_start", "_until")

    def __init__(self, fabric: Fabric, elements: Sequence[T]) -> None:
        self._fabric = fabric
        self._elements = elements
        self._start = 0
        self._now = fabric.now
        self._until = fabric.now() + fabric.patience

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[T]:
        if self._now() >= self._until:
            await self._fabric.breathe()
            self._until = self._now() + self._fabric.patience
        start = self._start
        batch = self._elements[start : start + CHUNK]
        if not batch:
            raise StopAsyncIteration
        self._start = start + len(batch)
        return batch if type(batch) is list else [*batch]


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
