"""What a coroutine awaits in deployment: woken in place, without a Future or a loop iteration."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Generator
from contextvars import Context
from typing import Any, ClassVar

from motet.ports import Signal


class Wait:
    """Something one task at a time can await, again and again.

    It follows asyncio's protocol for future-like objects, with one addition: `wake_now` resumes
    the task on the spot. A read callback uses it, so that what a message sets off runs before the
    callback returns, and what it sends leaves with everybody else's in one write.
    """

    __slots__ = ("_asyncio_future_blocking", "_loop", "callback", "context")

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._asyncio_future_blocking = False
        self._loop = loop
        self.callback: Callable[[Any], object] | None = None
        self.context: Context

    def __await__(self) -> Generator[Wait, None, None]:
        self._asyncio_future_blocking = True
        yield self

    @property
    def waiting(self) -> bool:
        """Whether a task waits here and has not been woken."""
        return self.callback is not None

    def wake_now(self) -> None:
        """Resume the task, here. Only where no task is running: in callbacks of the loop."""
        callback = self.callback
        if callback is not None:
            self.callback = None
            self.context.run(callback, self)

    def wake_soon(self) -> None:
        """Resume the task in the next iteration of the loop."""
        callback, self.callback = self.callback, None
        if callback is not None:
            self._loop.call_soon(callback, self, context=self.context)

    # From here on: what asyncio.Task asks of a future, besides `_loop`.

    result: ClassVar[Callable[[], object]] = bool
    """Called to raise what the future failed with. Nothing fails here: what the task has to know
    it looks up itself, and a cancellation is the task's own. So the cheapest callable will do."""

    def add_done_callback(self, callback: Callable[[Any], object], *, context: Context) -> None:
        """Remember how the task is resumed."""
        self.callback = callback
        self.context = context

    def cancel(self, msg: object = None) -> bool:
        """Resume the task; the answer tells it to raise its cancellation when it runs."""
        self.wake_soon()
        return False


class Notice(Wait):
    """Stands where a task would wait: being woken calls a function, once."""

    __slots__ = ("_call",)

    def __init__(self, loop: AbstractEventLoop, call: Callable[[], None]) -> None:
        super().__init__(loop)
        self._call = call
        self.callback = self._woken
        self.context = Context()

    def _woken(self, _: object) -> None:
        self._call()


class HubSignal(Wait, Signal):
    """A place to wait at; `before` is called first, and raises if the choreography is over."""

    __slots__ = ("__weakref__", "_before")

    def __init__(self, loop: AbstractEventLoop, before: Callable[[], None]) -> None:
        super().__init__(loop)
        self._before = before

    def wait(self) -> HubSignal:
        """What to yield."""
        self._before()
        self._asyncio_future_blocking = True
        return self

    def wake(self) -> None:
        """Resume the task in the next iteration."""
        self.wake_soon()
