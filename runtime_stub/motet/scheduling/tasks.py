"""Coroutines under the scheduler: what they wait for, and how they are resumed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextvars import ContextVar
from typing import Any, Final, Protocol

from motet.ports import NodeId


class Resumable(Protocol):
    """What a blocker resumes when it has news."""

    def resume(self, error: BaseException | None = None) -> None: ...


class Blocker(Protocol):
    """Something a task can wait for."""

    waiter: Resumable | None

    def __str__(self) -> str: ...


class Action(Protocol):
    """Something that can be done next."""

    def step(self) -> bool:
        """Do it; whether it can be done once more."""


class Wait:
    """What a blocked coroutine yields: it wants to be resumed when a blocker has news."""

    __slots__ = ("blockers",)

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        self.blockers = blockers

    def __await__(self) -> Generator[Wait, None, None]:
        yield self


class Task:
    """One coroutine of one node."""

    __slots__ = ("_closed", "_coroutine", "_finish", "node", "waits")

    def __init__(
        self, node: NodeId, awaitable: Awaitable[object], finish: Callable[[object, Any], None]
    ) -> None:
        self.node = node
        self.waits: Sequence[Blocker] = ()
        self._coroutine = _as_coroutine(awaitable)
        self._finish = finish
        self._closed = False

    def resume(self, error: BaseException | None = None) -> None:
        """Run until it waits again or ends; with an error, raise that where it waits."""
        if self._closed:
            return
        self._stop_waiting()
        running = RUNNING.set(self)
        try:
            self._advance(error)
        finally:
            RUNNING.reset(running)

    def _advance(self, error: BaseException | None) -> None:
        try:
            wait = self._coroutine.throw(error) if error else self._coroutine.send(None)
        except StopIteration as end:
            self._finish(end.value, None)
        except KeyboardInterrupt:  # whoever looks on has enough
            raise
        except RuntimeError as problem:
            self._finish(None, _told(problem))
        except BaseException as problem:
            self._finish(None, problem)
        else:
            self._block(wait)

    def step(self) -> bool:
        """Start."""
        self.resume()
        return False

    def close(self) -> None:
        """End it where it waits, without a result."""
        self._stop_waiting()
        self._closed = True
        self._coroutine.close()

    def _block(self, wait: object) -> None:
        if not isinstance(wait, Wait):
            self._coroutine.close()
            self._finish(None, RuntimeError(_foreign(wait)))
            return
        self.waits = wait.blockers
        for blocker in self.waits:
            blocker.waiter = self

    def _stop_waiting(self) -> None:
        for blocker in self.waits:
            if blocker.waiter is self:
                blocker.waiter = None
        self.waits = ()


RUNNING: ContextVar[Task | None] = ContextVar("RUNNING", default=None)
"""The task that runs now."""


class Watcher:
    """Stands where a task would wait: being resumed calls a function, once."""

    __slots__ = ("_call", "_inlet")

    def __init__(self, inlet: Blocker, call: Callable[[], None]) -> None:
        self._inlet = inlet
        self._call = call
        inlet.waiter = self

    def resume(self, error: BaseException | None = None) -> None:
        """Call; of an error whoever is called hears when it looks."""
        if self._inlet.waiter is self:
            self._inlet.waiter = None
        self._call()


class Children:
    """The tasks of one `concurrently`; its parent waits for all of them."""

    def __init__(self, node: NodeId, awaitables: Sequence[Awaitable[object]]) -> None:
        self.waiter: Resumable | None = None
        self.results: list[object] = [None] * len(awaitables)
        self.error: BaseException | None = None
        self.tasks: dict[int, Task] = {
            number: Task(node, awaitable, self._finisher(number))
            for number, awaitable in enumerate(awaitables)
        }

    def __str__(self) -> str:
        return "its concurrent calls"

    def _finisher(self, number: int) -> Callable[[object, Any], None]:
        def finish(result: object, error: BaseException | None) -> None:
            del self.tasks[number]
            self.results[number] = result
            if error is not None:
                self._fail(error)
            elif not self.tasks:
                self._wake()

        return finish

    def close(self) -> None:
        """End all that have not ended."""
        others, self.tasks = self.tasks, {}
        for task in others.values():
            task.close()

    def _fail(self, error: BaseException) -> None:
        self.error = error
        self.close()
        self._wake()

    def _wake(self) -> None:
        if self.waiter is not None:
            self.waiter.resume()


def _as_coroutine(awaitable: Awaitable[object]) -> Coroutine[Any, None, object]:
    async def run() -> object:
        return await awaitable

    return awaitable if isinstance(awaitable, Coroutine) else run()


def _foreign(wait: object) -> str:
    what = "something of asyncio's" if wait is None else type(wait).__name__
    return f"a location awaits {what}, which is not the runtime's: {_ADVICE}"


def _told(problem: RuntimeError) -> RuntimeError:
    """In place of what asyncio says where its loop does not run."""
    if problem.args != ("no running event loop",):
        return problem
    said = RuntimeError(f"a location uses asyncio, whose event loop does not run here: {_ADVICE}")
    said.__cause__ = problem
    return said.with_traceback(problem.__traceback__)


_ADVICE: Final = "the scheduler cannot drive it. Give the part a subclass of the location whose methods do without"
