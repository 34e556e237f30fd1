"""Coroutines that are resumed on the spot, while the task that they belong to stays where it is.

To wake an asyncio task and to have it wait again takes longer than everything else that happens to a
small message. `drive` stands between: the task waits in one place, its seat, and whoever has
something for the coroutine runs it from there. The task itself is needed only when the coroutine
waits for something else (a future of the user's), ends, or is cancelled. In between it is the
current task all the same, and runs in its own context.
"""

from __future__ import annotations

import asyncio
from asyncio import _enter_task, _leave_task
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from types import coroutine
from typing import Any, ClassVar, Final, TypeVar

from motet.transport.waits import Wait

T = TypeVar("T")

NOTHING: Final = object()


class Seat:
    """Where the task waits; a future, as far as it knows. `waited` is what its coroutine waits for."""

    __slots__ = (
        "_asyncio_future_blocking",
        "_callback",
        "_context",
        "_error",
        "_handed",
        "_loop",
        "_resume",
        "_send",
        "_task",
        "_waited",
    )

    def __init__(self, send: Callable[[None], object]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._asyncio_future_blocking = False
        self._task: asyncio.Task[Any] = task
        self._loop = task.get_loop()
        self._send = send
        self._resume = self.resume
        self._callback: Callable[[Any], object] | None = None  # runs the task
        self._context: Context
        self._waited: Wait | None = None
        self._handed: object = NOTHING
        self._error: BaseException | None = None

    def resume(self, _: Wait) -> None:
        """Run the coroutine until it waits again: the callback of what it has waited for."""
        task, loop = self._task, self._loop
        _enter_task(loop, task)
        try:
            waited = self._send(None)
        except BaseException as error:
            self._error = error
            waited = None
        finally:
            _leave_task(loop, task)
        if isinstance(waited, Wait) and self._callback is not None:
            self._waited = waited
            waited.callback = self._resume
            waited.context = self._context
        else:
            self._handed = waited
            self._run_task()

    def wait_for(self, waited: Wait) -> Seat:
        """What the task must yield so that the coroutine is resumed by what it waits for."""
        self._waited = waited
        self._asyncio_future_blocking = True
        return self

    def take(self) -> object:
        """What the coroutine waits for since it was resumed here, if it is for the task to wait for; or raise what it
        has raised."""
        error, self._error = self._error, None
        handed, self._handed = self._handed, NOTHING
        if error is not None:
            raise error
        return handed

    def leave(self, error: BaseException) -> None:
        """An error is about to be raised in the coroutine, unless that has ended by now."""
        try:
            handed = self.take()
        except StopIteration:
            raise error from None
        if isinstance(handed, asyncio.Future):
            handed.cancel()

    def _run_task(self) -> None:
        """Run the task here; if it has been cancelled meanwhile, it will run soon in any case."""
        callback, self._callback = self._callback, None
        if callback is not None:
            callback(self)

    # From here on: what asyncio.Task asks of a future.

    result: ClassVar[Callable[[], object]] = bool

    def add_done_callback(self, callback: Callable[[Any], object], *, context: Context) -> None:
        """The task waits here: from now on the coroutine is resumed in its place."""
        self._callback = callback
        self._context = context
        waited = self._waited
        if waited is not None:
            waited.callback = self._resume
            waited.context = context

    def cancel(self, msg: object = None) -> bool:
        """Resume nothing but the task, which raises its cancellation in the coroutine."""
        if self._waited is not None:
            self._waited.callback = None
        callback, self._callback = self._callback, None
        if callback is not None:
            self._loop.call_soon(callback, self, context=self._context)
        return False


@coroutine
def drive(driven: Coroutine[Any, Any, T]) -> Generator[object, None, T]:
    """Run a coroutine in this task, resumed on the spot by what it waits for."""
    seat = Seat(driven.send)
    try:
        waited: object = driven.send(None)
        while True:
            try:
                yield seat.wait_for(waited) if isinstance(waited, Wait) else waited
            except BaseException as error:
                seat.leave(error)
                waited = driven.throw(error)
            else:
                waited = seat.take()
                if waited is NOTHING or isinstance(waited, Wait):
                    waited = driven.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
