"""What a coroutine awaits in deployment: woken in place, without a Future or a loop iteration."""

from __future__ import annotations

from asyncio import AbstractEventLoop, CancelledError
from collections.abc import Callable, Generator
from contextvars import Context
from typing import Any


class Wait:
    """Something one task at a time can await, again and again.

    It follows asyncio's protocol for future-like objects, with one addition: `wake_now` resumes
    the task on the spot. A read callback uses it, so that what a message sets off runs before the
    callback returns, and what it sends leaves with everybody else's in one write.
    """

    __slots__ = ("_asyncio_future_blocking", "_callback", "_context", "_error", "_loop")

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._asyncio_future_blocking = False
        self._loop = loop
        self._callback: Callable[[Any], object] | None = None
        self._context: Context | None = None
        self._error: BaseException | None = None

    def __await__(self) -> Generator[Wait, None, None]:
        self._asyncio_future_blocking = True
        yield self

    @property
    def waiting(self) -> bool:
        """Whether a task waits here and has not been woken."""
        return self._callback is not None

    def wake_now(self) -> None:
        """Resume the task, here. Only where no task is running: in callbacks of the loop."""
        callback, self._callback = self._callback, None
        if callback is not None and self._context is not None:
            self._context.run(callback, self)

    def wake_soon(self, error: BaseException | None = None) -> None:
        """Resume the task in the next iteration of the loop; raise `error` there, if any."""
        callback, self._callback = self._callback, None
        if callback is not None:
            self._error = error
            self._loop.call_soon(callback, self, context=self._context)

    # From here on: what asyncio.Task asks of a future.

    def get_loop(self) -> AbstractEventLoop:
        """The loop of the task that may wait here."""
        return self._loop

    def add_done_callback(
        self, callback: Callable[[Any], object], *, context: Context | None = None
    ) -> None:
        """Remember how the task is resumed."""
        self._callback = callback
        self._context = context

    def result(self) -> None:
        """Raise what the task was woken with."""
        error, self._error = self._error, None
        if error is not None:
            raise error

    def cancel(self, msg: object = None) -> bool:
        """Resume the task with its cancellation; False if it has been woken already."""
        if self._callback is None:
            return False
        self.wake_soon(CancelledError() if msg is None else CancelledError(msg))
        return True
