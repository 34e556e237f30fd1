"""One at a time, in the order in which they came."""

from __future__ import annotations

from collections import deque
from types import TracebackType

from motet.ports import Fabric, Signal


class Turns:
    """A lock that tasks get in turn: `async with turns:`."""

    __slots__ = ("_fabric", "_queue", "_taken", "busy")

    def __init__(self, fabric: Fabric) -> None:
        self.busy = False
        """Whether somebody has it or waits for it: who comes now would have to wait."""
        self._taken = False
        self._fabric = fabric
        self._queue: deque[Signal] = deque()

    async def __aenter__(self) -> None:
        if self.busy:
            await self._wait()
        self._taken = self.busy = True

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._taken = False
        self.busy = bool(self._queue)
        self._wake_first()

    async def _wait(self) -> None:
        signal = self._fabric.signal()
        self._queue.append(signal)
        try:
            while self._taken or self._queue[0] is not signal:
                await signal.awaited()
        except BaseException:
            self._queue.remove(signal)
            self.busy = self._taken or bool(self._queue)
            self._wake_first()
            raise
        self._queue.popleft()

    def _wake_first(self) -> None:
        if self._queue and not self._taken:
            self._queue[0].wake()
