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
from typing import Final, NamedTuple

from motet.errors import describe_place
from motet.packing import new_packer, round_trip

UNIT: Final = 1024
"""Bytes that one unit of credit stands for; a larger message costs more than one."""


class NodeId(NamedTuple):
    """One node: a process, or one member of a cluster."""

    location: str
    member: int | None = None

    def __str__(self) -> str:
        return describe_place(self.location, self.member)


class Inlet(ABC):
    """What one peer sends on one channel, in order.

    `items` are messages that can be received at once. While there are none, a receiving coroutine
    yields what `wait` gives to whoever drives it.
    """

    __slots__ = ()

    items: deque[object]

    @abstractmethod
    def wait(self) -> object:
        """What to yield until there is something; raise when there never will be."""

    @coroutine
    def arrival(self) -> Generator[object, None, None]:
        """Wait until `items` is not empty."""
        while not self.items:
            yield self.wait()

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
    """

    __slots__ = ("credit", "pack", "run")

    def __init__(self, pack: Callable[[object], bytes]) -> None:
        self.credit = 0
        self.pack = pack
        self.run: list[bytes] | None = None

    @abstractmethod
    def put(self, data: object) -> None:
        """Serialise `data` now and send it soon; uses one credit and never waits."""

    @abstractmethod
    async def room(self) -> None:
        """Return when there is credit; raise when there will be none (`PeerLost`, …)."""

    def charge(self, size: int) -> None:  # noqa: B027  # most outlets count messages alone
        """Account for a message of more than `UNIT` bytes that has been appended to `run`."""


class Fabric(ABC):
    """Everything one node can reach."""

    me: NodeId
    members: int
    """The size of the cluster that this node belongs to; 1 for a process."""

    rounds: dict[tuple[str, str], int]
    """How many rounds of permutations this node has begun, by call path and channel."""

    @abstractmethod
    def inlet(self, peer: NodeId, path: str, channel: str) -> Inlet:
        """The inlet for messages of `peer` on a channel of one call; the same on every call."""

    @abstractmethod
    def outlet(self, peer: NodeId, path: str, channel: str) -> Outlet:
        """The outlet to `peer` on a channel of one call; the same on every call."""

    @abstractmethod
    async def any_arrival(self, inlets: Sequence[Inlet], needed: int) -> None:
        """Return when one of the inlets has items; raise when too few for `needed` ever will."""

    @abstractmethod
    async def concurrently(self, awaitables: Sequence[Awaitable[object]]) -> tuple[object, ...]:
        """Run all of them; the first exception ends the others and is raised."""


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

    async def room(self) -> None:
        """Wait until each of them has room; asked for every message, so `credit` stays 0."""
        for outlet in self._outlets:
            if outlet.credit <= 0:
                await outlet.room()


class LoopOutlet(Outlet):
    """The way to oneself: a copy is queued at once, nothing is counted as a message."""

    __slots__ = ("_inlet",)

    def __init__(self, inlet: LoopInlet) -> None:
        super().__init__(new_packer())
        self.credit = 1
        self._inlet = inlet

    def put(self, data: object) -> None:
        """Queue a copy for myself."""
        self._inlet.items.append(round_trip(data))

    async def room(self) -> None:
        """There always is."""


class LoopInlet(Inlet):
    """What one sends to oneself; receiving before sending could only wait for ever."""

    __slots__ = ("_name", "items")

    def __init__(self, name: str) -> None:
        self.items: deque[object] = deque()
        self._name = name

    def wait(self) -> object:
        """Refuse: nobody else can send here."""
        raise RuntimeError(f"channel '{self._name}': a member waits for itself")

    def discard_next(self) -> None:
        """Never needed: quorums have no loop-back."""
        raise NotImplementedError
