"""Awaitables of a stream, many at the same time."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Coroutine
from typing import Final, Generic, Self, TypeVar

from motet.ports import Fabric, Signal

T = TypeVar("T")

MOST: Final = 64
"""Awaitables that are under way at a time; their results count until they are taken."""


class _Future(Generic[T]):
    """An awaitable, and what it has given."""

    __slots__ = ("awaitable", "done", "result")

    def __init__(self, awaitable: Awaitable[T]) -> None:
        self.awaitable = awaitable
        self.done = False
        self.result: T


class _Closed(Exception):
    """Nobody wants the results: raised beside what is under way, which ends it."""


class Futures(Generic[T]):
    """What awaitables give, in lists: as they are done, or in the order in which they were added.

    `run` waits for them, and has to run beside the loop over their results. The first exception is
    raised in that loop.
    """

    __slots__ = (
        "_begun",
        "_closed",
        "_ended",
        "_error",
        "_fabric",
        "_finished",
        "_idle",
        "_news",
        "_ordered",
        "_over",
        "_ready",
        "_room",
        "_taker",
        "_todo",
        "_under_way",
    )

    def __init__(self, fabric: Fabric, ordered: bool) -> None:
        self._fabric = fabric
        self._ordered = ordered
        self._todo: deque[_Future[T]] = deque()
        self._ready: deque[_Future[T]] = deque()  # in order: all of them, done or not
        self._under_way = 0
        self._idle: deque[Signal] = deque()
        self._room: deque[Signal] = deque()
        self._news = fabric.signal("what it has asked for")
        self._over = fabric.signal("")
        self._taker: object = None
        self._error: Exception | None = None
        self._begun = self._ended = self._closed = self._finished = False

    async def add(self, awaitable: Awaitable[T]) -> None:
        """Have it awaited; wait while many are under way."""
        await self.room()
        self.put(awaitable)

    async def room(self) -> None:
        """Wait while many are under way.

        The loop over the results does not wait for itself, and nobody waits before `run` is called.
        """
        while self._under_way >= MOST and self._begun and self._taker is not self._fabric.current():
            signal = self._fabric.signal("its futures")
            self._room.append(signal)
            await signal.awaited()

    def put(self, awaitable: Awaitable[T]) -> None:
        """Have it awaited, however many are under way."""
        if self._closed:
            _drop(awaitable)
            return
        future = _Future(awaitable)
        self._under_way += 1
        self._todo.append(future)
        if self._ordered:
            self._ready.append(future)
        _wake_first(self._idle)

    def end(self) -> None:
        """No more will be added, except by the loop over the results."""
        self._ended = True
        self._news.wake()

    def close(self) -> None:
        """No more results are wanted: end what is under way."""
        self._closed = True
        while self._todo:
            _drop(self._todo.popleft().awaitable)
        self._under_way = 0
        _wake_all(self._room)
        self._finish()

    def run(self) -> Awaitable[None]:
        """Wait for all that is added."""
        self._begun = True
        return self._run()

    async def _run(self) -> None:
        workers = [self._work() for _ in range(MOST)]
        try:
            await self._fabric.concurrently([self._watch(), *workers])
        except _Closed:
            pass

    def __aiter__(self) -> Self:
        self._taker = self._fabric.current()
        return self

    async def __anext__(self) -> list[T]:
        while True:
            if self._error is not None:
                raise self._error
            results = self._take()
            if results:
                return results
            if self._ended and not self._under_way:
                self._finish()
                raise StopAsyncIteration
            await self._news.awaited()

    def _take(self) -> list[T]:
        """What is done."""
        results: list[T] = []
        while self._ready and self._ready[0].done:
            results.append(self._ready.popleft().result)
        self._under_way -= len(results)
        for _ in results:
            _wake_first(self._room)
        return results

    async def _watch(self) -> None:
        while not self._finished:
            await self._over.awaited()
        if self._closed:
            raise _Closed

    async def _work(self) -> None:
        while not self._finished:
            if self._todo:
                await self._resolve(self._todo.popleft())
            else:
                signal = self._fabric.signal("")
                self._idle.append(signal)
                await signal.awaited()

    async def _resolve(self, future: _Future[T]) -> None:
        try:
            future.result = await future.awaitable
        except BaseException as error:
            self._fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            future.done = True
            if not self._ordered:
                self._ready.append(future)
            self._news.wake()

    def _fail(self, error: BaseException) -> None:
        if not isinstance(error, Exception):  # it was cancelled, by itself or with all of this
            error = RuntimeError(f"{type(error).__name__} in an awaitable")
        self._error = self._error or error
        self._news.wake()

    def _finish(self) -> None:
        """The loop over the results has come to its end."""
        self._finished = True
        self._over.wake()
        _wake_all(self._idle)


RESOLVING: Final = Futures._resolve.__code__
"""What stands in a traceback where an awaitable raised an exception."""


def _wake_first(signals: deque[Signal]) -> None:
    if signals:
        signals.popleft().wake()


def _wake_all(signals: deque[Signal]) -> None:
    while signals:
        signals.popleft().wake()


def _drop(awaitable: Awaitable[object]) -> None:
    """It will not be awaited."""
    if isinstance(awaitable, Coroutine):
        awaitable.close()
