"""What endpoints need from the runtime that is injected into them.

A `Fabric` is the view that one node has of all the others. There is one for sockets (`motet.hub`)
and one for the deterministic scheduler (`motet.schedule`); endpoints know no other. Everything an
endpoint awaits comes from here, and endpoints never import asyncio.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Sequence
from types import coroutine
from typing import TYPE_CHECKING, Final, NamedTuple

from motet.errors import describe_place
from motet.packing import LARGEST_FRAME

if TYPE_CHECKING:
    from motet.departures import Departures
    from motet.doors import Door

UNIT: Final = 1024
"""Bytes that one unit of credit stands for; a larger message costs more than one."""

FOREVER: Final = 1 << 62
"""More streams than a channel will ever carry."""


class NodeId(NamedTuple):
    """One node: a process, or one member of a cluster."""

    location: str
    member: int | None = None

    def __str__(self) -> str:
        return describe_place(self.location, self.member)


class Streams:
    """The streams of one channel at its receiver: one after another, each ended by an empty batch.

    `over` counts those that have ended or were closed here, `stale` those closed ones of which
    something may still come.
    """

    __slots__ = ("over", "stale")

    def __init__(self) -> None:
        self.over = 0
        self.stale = 0

    def close(self) -> None:
        """Nothing more of the current one is wanted."""
        self.over += 1
        self.stale += 1

    def drop_from(self, items: deque[object]) -> None:
        """Drop what has come of streams that were closed."""
        while self.stale and items:
            if not items.popleft():
                self.stale -= 1


class Inlet(ABC):
    """What one peer sends on one channel, in order.

    `items` are messages that can be received at once. While there are none, a receiving coroutine
    yields what `wait` gives to whoever drives it.
    """

    __slots__ = ()

    items: deque[object]
    streams: Streams

    @property
    @abstractmethod
    def gone(self) -> bool:
        """Whether nothing more will come, and nobody minds: a stream ends with its sender where
        the choreography watches who leaves."""

    @abstractmethod
    def wait(self) -> object:
        """What to yield until there is something; raise when there never will be."""

    @coroutine
    def arrival(self) -> Generator[object, None, None]:
        """Wait until `items` is not empty."""
        while not self.items:
            yield self.wait()

    @abstractmethod
    def watch(self, arrived: Callable[[], None]) -> None:
        """Call `arrived` once, never from within a task: when `items` gets something, or when
        nothing will come any more; raise if that is so already."""

    @abstractmethod
    def close(self) -> None:
        """End the current stream before its sender does: tell it, and drop what still comes."""

    @abstractmethod
    def keep_all(self) -> None:
        """Have the sender wait for nothing that is not received: however much comes is kept."""

    @abstractmethod
    def discard_next(self) -> None:
        """Have one message dropped, queued or still to come (the late answer of a quorum)."""

    def drop_late(self) -> None:  # noqa: B027  # most inlets drop as they receive
        """Drop what has come of what is to be dropped, before looking at `items`."""


class Outlet(ABC):
    """The way to one peer on one channel.

    `credit` is how many messages may be sent before `room` must be awaited again. While `run` is a
    list, a packed message may be appended to it instead of calling `put`: this outlet was the last
    one to send. That is the fast path of `send`, which then counts the credit itself.

    `wanted` is false while the receiver has closed the current stream; `streams` counts those that
    have ended before it.
    """

    __slots__ = ("_refused", "credit", "largest", "pack", "run", "streams", "wanted")

    def __init__(self, pack: Callable[[object], bytes], largest: int = LARGEST_FRAME) -> None:
        self.credit = 0
        self.pack = pack
        self.largest = largest
        """Bytes that a message may have."""
        self.run: list[bytes] | None = None
        self.streams = 0
        self.wanted = True
        self._refused = 0  # how many streams, from the first on, the receiver has closed

    @abstractmethod
    def put(self, data: object) -> None:
        """Serialise `data` now and send it soon; uses one credit and never waits."""

    @abstractmethod
    def put_packed(self, frame: bytes) -> None:
        """The same with what `pack` made of the content, of at most `largest` bytes."""

    @abstractmethod
    async def room(self) -> None:
        """Return when there is credit, or nothing is wanted; raise when there will be none
        (`PeerLost`, …)."""

    def put_end(self, frame: bytes) -> None:
        """The same with the end of a stream, also if nothing is wanted: the next one follows it."""
        self.put_packed(frame)
        self.end_stream()

    def end_stream(self) -> None:
        """The end of a stream has been put; what is sent from now on belongs to the next one."""
        self.streams += 1
        self.wanted = self.streams >= self._refused

    def refuse_stream(self, number: int) -> None:
        """The receiver has closed that stream; `FOREVER`: it is gone."""
        self._refused = number + 1
        self.wanted = self.streams >= self._refused

    def charge(self, size: int) -> None:  # noqa: B027  # most outlets count messages alone
        """Account for a message of more than `UNIT` bytes that has been appended to `run`."""


class Signal(ABC):
    """Where one task waits until somebody tells it to go on.

    Being resumed says that something may have changed: look, and wait again if it has not.
    """

    __slots__ = ()

    @abstractmethod
    def wait(self) -> object:
        """What to yield; raise if the choreography is over."""

    @abstractmethod
    def wake(self) -> None:
        """Resume whoever waits, soon."""

    @abstractmethod
    def wake_now(self) -> None:
        """Resume whoever waits, here; never from within a task."""

    @coroutine
    def awaited(self) -> Generator[object, None, None]:
        """Wait until resumed."""
        yield self.wait()


class Fabric(ABC):
    """Everything one node can reach."""

    me: NodeId
    members: int
    """The size of the cluster that this node belongs to; 1 for a process."""

    rounds: dict[tuple[str, str], int]
    """How many rounds of permutations this node has begun, by call path and channel."""

    patience: float
    """Seconds for which a task may compute before it should let others run."""

    departures: Departures

    @property
    def longest_turn(self) -> float:
        """Seconds for which a task that has something to do again and again may go on now."""
        return self.patience

    @abstractmethod
    def inlet(self, peer: NodeId, path: str, channel: str) -> Inlet:
        """The inlet for messages of `peer` on a channel of one call; the same on every call."""

    @abstractmethod
    def outlet(self, peer: NodeId, path: str, channel: str) -> Outlet:
        """The outlet to `peer` on a channel of one call; the same on every call."""

    def outlets(self, peers: Sequence[NodeId], path: str, channel: str) -> list[Outlet]:
        """The outlets for a stream to all of these peers; one of them may stand for several."""
        return [self.outlet(peer, path, channel) for peer in peers]

    @abstractmethod
    async def any_arrival(self, inlets: Sequence[Inlet], needed: int) -> None:
        """Return when one of the inlets has items; raise when too few for `needed` ever will."""

    @abstractmethod
    async def concurrently(self, awaitables: Sequence[Awaitable[object]]) -> tuple[object, ...]:
        """Run all of them; the first exception ends the others and is raised."""

    @abstractmethod
    def door(self, name: str, single: bool) -> Door:
        """The door of a port; the same on every call, opened by the first."""

    @abstractmethod
    def now(self) -> float:
        """Seconds since some moment; never goes back."""

    @abstractmethod
    async def sleep(self, seconds: float) -> None:
        """Let that much time pass."""

    @abstractmethod
    async def breathe(self) -> None:
        """Let others run, and what has arrived be received."""

    @abstractmethod
    def signal(self, name: str = "another of its tasks") -> Signal:
        """A new place to wait at; `name` is what a deadlock says is waited for, if anything."""

    @abstractmethod
    def later(self, callback: Callable[[], None]) -> None:
        """Call back soon, outside of every task."""

    @abstractmethod
    def current(self) -> object:
        """Which task is running."""


class FanOut(Outlet):
    """The way to every member of a cluster."""

    __slots__ = ("_outlets",)

    def __init__(self, outlets: Sequence[Outlet]) -> None:
        super().__init__(outlets[0].pack)
        self._outlets = outlets

    def put(self, data: object) -> None:
        """Send to each of them."""
        for outlet in self._outlets:
            outlet.put(data)

    def put_packed(self, frame: bytes) -> None:
        """Send to each of them."""
        for outlet in self._outlets:
            outlet.put_packed(frame)

    async def room(self) -> None:
        """Wait until each of them has room; asked for every message, so `credit` stays 0."""
        for outlet in self._outlets:
            if outlet.credit <= 0:
                await outlet.room()
