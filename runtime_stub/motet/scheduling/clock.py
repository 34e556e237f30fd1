"""Virtual time: it passes when nothing else can happen, and while a task computes."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Final

from motet.ports import Signal
from motet.scheduling.tasks import Resumable, Wait

if TYPE_CHECKING:
    from motet.scheduling.nodes import SimulatedFabric
    from motet.scheduling.tasks import Action

BREATH: Final = 0.001
"""Seconds that pass when a task that computes lets others run."""


class SimulatedSignal(Signal):
    """A place to wait at; waking is an action, so the seed decides when it happens."""

    __slots__ = ("__weakref__", "_actions", "_name", "_node", "_woken", "waiter")

    def __init__(self, node: SimulatedFabric, actions: list[Action], name: str) -> None:
        self.waiter: Resumable | None = None
        self._node = node
        self._actions = actions
        self._name = name
        self._woken = False

    def __str__(self) -> str:
        return self._name

    def wait(self) -> Wait:
        """What to yield."""
        self._node.check()
        return Wait((self,))

    def wake(self) -> None:
        """Resume when the seed says so."""
        if not self._woken:
            self._woken = True
            self._actions.append(self)

    def wake_now(self) -> None:
        """Resume here."""
        if self.waiter is not None:
            self.waiter.resume()

    def step(self) -> bool:
        """The seed says so."""
        self._woken = False
        self.wake_now()
        return False


class Call:
    """A function, called outside of every task."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function

    def step(self) -> bool:
        """Call it."""
        self._function()
        return False


class Alarm:
    """Rings at a moment: something is to be done then."""

    __slots__ = ("_actions", "waiter")

    def __init__(self, actions: list[Action], function: Callable[[], None]) -> None:
        self.waiter = function  # there always is one
        self._actions = actions

    def wake(self) -> None:
        """Have it done when the seed says so."""
        self._actions.append(Call(self.waiter))


class Clock:
    """The time, and who waits for which moment."""

    __slots__ = ("_numbers", "_timers", "now")

    def __init__(self) -> None:
        self.now = 0.0
        self._timers: list[tuple[float, int, SimulatedSignal | Alarm]] = []
        self._numbers = count()

    def set(self, moment: float, signal: SimulatedSignal | Alarm) -> None:
        """Have a signal woken at a moment."""
        heappush(self._timers, (moment, next(self._numbers), signal))

    @property
    def next(self) -> float | None:
        """The next moment somebody waits for."""
        timers = self._timers
        while timers and timers[0][2].waiter is None:
            heappop(timers)
        return timers[0][0] if timers else None

    def ring(self) -> None:
        """Wake whoever waited for a moment that has come."""
        while self._timers and self._timers[0][0] <= self.now:
            heappop(self._timers)[2].wake()
