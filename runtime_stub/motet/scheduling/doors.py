"""Doors under the scheduler, and the clients that tests let come through them."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgpack import unpackb

from motet.doors import Door
from motet.packing import new_packer, new_unpacker, unpack_extension
from motet.ports import NodeId
from motet.wire.client_ports import PortChannel

if TYPE_CHECKING:
    from motet.scheduling.nodes import SimulatedFabric
    from motet.scheduling.world import World

Request = TypeVar("Request")
Reply = TypeVar("Reply")


class Disconnected(Exception):
    """A client waits for a reply, and the door has been closed to it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A client for `simulate`: it comes through the port of `channel` at a node, and does this."""

    channel: PortChannel[Any, Any, Any]
    at: NodeId
    script: Callable[[Visit[Any, Any]], Awaitable[object]]


class SimulatedDoor(Door):
    """A door through which coroutines come. Nothing is too much for it."""

    def __init__(self, node: SimulatedFabric, name: str, single: bool) -> None:
        super().__init__(node, name, single)
        self.refused: list[tuple[int, str]] = []
        self._node = node
        self._visits: dict[int, Visit[Any, Any]] = {}
        self._come = node.signal()

    def opened(self, single: bool) -> None:
        """The node has opened it, maybe after the first client came."""
        self.single = single
        self.closed = single and self._next > 0
        self._come.wake()

    def enter(self, visit: Visit[Any, Any]) -> None:
        """A client has come."""
        if self.closed or self._node.dead:
            visit.close_from_there()
            return
        self.closed = self.single
        visit.number = self._came()
        self._visits[visit.number] = visit
        self._come.wake()

    def arrive(self, visit: Visit[Any, Any], data: bytes) -> None:
        """A request has come."""
        if visit.number not in self._visits:
            return
        try:
            content = unpackb(data, ext_hook=unpack_extension)
        except ValueError as problem:
            self.refuse(visit.number, f"what it sends is not MessagePack ({problem})")
            return
        self._ask(visit.number, content)
        self.news.wake()

    def leave(self, visit: Visit[Any, Any]) -> None:
        """A client has gone."""
        if self._visits.pop(visit.number, None) is not None:
            self._went(visit.number)
            self._come.wake()

    def send(self, client: int, data: bytes) -> None:
        """Send a client its replies."""
        if client in self._visits:
            self._visits[client].deliver(data)

    async def room(self) -> None:
        """Wait until the client of a single door is there."""
        while not self.closed:
            await self._come.awaited()

    def refuse(self, client: int, reason: str) -> None:
        """Send a client away."""
        visit = self._visits.get(client)
        if visit is not None:
            self.refused.append((client, reason))
            self.leave(visit)
            visit.close_from_there()


class Visit(Generic[Request, Reply]):
    """What a client's script has in hand."""

    def __init__(self, world: World, me: SimulatedFabric, caller: Caller) -> None:
        self.number = -1
        self._channel: PortChannel[Any, Request, Reply] = caller.channel
        self._there = world.pair(me.me, caller.at)
        self._back = world.pair(caller.at, me.me)
        self._door = world.node(caller.at).door(caller.channel.name, None)
        self._me = me
        self._news = me.signal("a reply")
        self._pack = new_packer()
        self._replies: deque[object] = deque()
        self._closed = False
        self._there.call(lambda: self._door.enter(self))

    async def send(self, request: Request) -> None:
        """Ask something."""
        await self.send_bytes(self._pack(self._channel.encode_request(request)))

    async def send_bytes(self, data: bytes) -> None:
        """Send anything."""
        self._there.call(lambda: self._door.arrive(self, data))

    async def receive(self) -> Reply:
        """The next reply; `Disconnected` if there will be none."""
        while not self._replies:
            if self._closed:
                raise Disconnected(f"port '{self._channel.name}' has closed")
            await self._news.awaited()
        return self._channel.decode_reply(self._replies.popleft())

    async def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        await self._me.sleep(seconds)

    def leave(self) -> None:
        """Go."""
        self._there.call(lambda: self._door.leave(self))

    def deliver(self, data: bytes) -> None:
        """Replies are on their way."""
        self._back.call(lambda: self._take(data))

    def close_from_there(self) -> None:
        """The door is closed to it, behind the replies on their way."""
        self._back.call(self._end)

    def _take(self, data: bytes) -> None:
        unpacker = new_unpacker()
        unpacker.feed(data)
        self._replies.extend(unpacker)
        self._news.wake()

    def _end(self) -> None:
        self._closed = True
        self._news.wake()
