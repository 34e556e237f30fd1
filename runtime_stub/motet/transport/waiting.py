"""What tasks of a node wait for besides messages: time, each other, the end of the choreography."""

from __future__ import annotations

import asyncio
import copy
from abc import ABCMeta
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from weakref import WeakSet

from motet.departures import Departures
from motet.errors import PeerAborted
from motet.ports import Fabric
from motet.transport.inlets import LinkInlet
from motet.transport.tasks import run_concurrently
from motet.transport.waits import HubSignal

PATIENCE: Final = 0.002
"""Seconds for which a task that has more to compute keeps others waiting."""

ALONE: Final = 0.02
"""The same where nobody else waits: what it sends is written as seldom."""


class LoopFabric(Fabric, metaclass=ABCMeta):
    """The part of a hub that is about its event loop. Whoever waits hears of an abort."""

    def __init__(self) -> None:
        self.patience = PATIENCE
        self.sole = False
        """Whether the process is this node's, and nobody else's tasks run in it."""
        self.departures = Departures()
        self.failure: PeerAborted | None = None
        self._loop = asyncio.get_running_loop()
        self._owing: dict[LinkInlet, None] = {}
        self._signals: WeakSet[HubSignal] = WeakSet()
        self._tasks = 1  # of the choreography, those aside that wait for theirs to end

    @property
    def longest_turn(self) -> float:
        """Longer where this is the only task of the only node."""
        return ALONE if self.sole and self._tasks == 1 else self.patience

    async def concurrently(self, awaitables: Sequence[Awaitable[object]]) -> tuple[object, ...]:
        """Run all of them as tasks."""
        more = len(awaitables) - 1
        self._tasks += more
        try:
            return await run_concurrently(awaitables)
        finally:
            self._tasks -= more

    def now(self) -> float:
        """The loop's time."""
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        """Wait for a timer, or for the end of the choreography."""
        signal = self.signal()
        timer = self._loop.call_later(seconds, signal.wake_now)
        try:
            await signal.awaited()
        finally:
            timer.cancel()
        self._check()

    async def breathe(self) -> None:
        """Let an iteration of the loop pass."""
        self._before_waiting()
        await asyncio.sleep(0)
        self._check()

    def signal(self, name: str = "another of its tasks") -> HubSignal:
        """A place to wait at, woken by the end of the choreography as well."""
        signal = HubSignal(self._loop, self._before_waiting)
        self._signals.add(signal)
        return signal

    def later(self, callback: Callable[[], None]) -> None:
        """Call back in the next iteration."""
        self._loop.call_soon(callback)

    def current(self) -> object:
        """The running task."""
        return asyncio.current_task()

    def _before_waiting(self) -> None:
        self._check()
        for inlet in tuple(self._owing):
            inlet.settle()

    def _check(self) -> None:
        if self.failure is not None:
            raise copy.copy(self.failure)

    def _wake_signals(self) -> None:
        for signal in tuple(self._signals):
            signal.wake_soon()
