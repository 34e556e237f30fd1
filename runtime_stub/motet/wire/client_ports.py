"""Ports: typed doors for clients outside of the program.

Over TCP the protocol is: each request is one MessagePack value, as the generated codec of the
request's type writes it; each reply is one MessagePack value likewise; nothing else is said, in
either direction. Requests of one client are taken in order. Who closes its connection has left, and
gets no more replies.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from dataclasses import dataclass
from types import coroutine
from typing import Generic, Protocol, Self, TypeVar

from motet.clients import ClientId
from motet.doors import Door
from motet.errors import UnsendableValue, text_of
from motet.live.markers import MembershipEvent
from motet.packing import new_packer
from motet.wire.places import Site
from motet.wire.turns import Turns

Here = TypeVar("Here")
Request = TypeVar("Request")
Reply = TypeVar("Reply")
Item_co = TypeVar("Item_co", covariant=True)


class Taken(Protocol[Item_co]):
    """A list that is emptied and never added to, so one of a more special type will do."""

    def __iter__(self) -> Iterator[Item_co]: ...

    def clear(self) -> None:
        """Empty it."""


@dataclass(frozen=True)  # with slots, `PortChannel[A, B, C](…)` would fail
class PortChannel(Generic[Here, Request, Reply]):
    """A port's name and codecs, for the program and for typed clients (`motet.client`)."""

    name: str
    encode_request: Callable[[Request], object]
    decode_request: Callable[[object], Request]
    encode_reply: Callable[[Reply], object]
    decode_reply: Callable[[object], Reply]


class _Requests(Generic[Request]):
    """What clients ask, decoded. One that asks what cannot be decoded is disconnected."""

    __slots__ = ("_decode", "_door")

    def __init__(self, door: Door, decode: Callable[[object], Request]) -> None:
        self._door = door
        self._decode = decode

    def __aiter__(self) -> Self:
        return self

    @coroutine
    def __anext__(self) -> Generator[object, None, tuple[ClientId, list[Request]]]:
        door = self._door
        while True:
            while (found := door.take()) is None:
                if door.over:
                    raise StopAsyncIteration
                yield door.news.wait()
            client, contents = found
            batch = self._decoded(client, contents)
            if batch:
                return ClientId(client), batch

    def _decoded(self, client: int, contents: list[object]) -> list[Request]:
        decode = self._decode
        batch: list[Request] = []
        for content in contents:
            try:
                batch.append(decode(content))
            except Exception as problem:
                self._door.refuse(client, f"a request that is none: {text_of(problem)}")
                break
        return batch


class _Batches(Generic[Request]):
    """The same without the client."""

    __slots__ = ("_requests",)

    def __init__(self, requests: _Requests[Request]) -> None:
        self._requests = requests

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[Request]:
        return (await anext(self._requests))[1]


class _Visits:
    """Who comes and who goes."""

    __slots__ = ("_door",)

    def __init__(self, door: Door) -> None:
        door.watch()
        self._door = door

    def __aiter__(self) -> Self:
        return self

    @coroutine
    def __anext__(self) -> Generator[object, None, tuple[ClientId, list[MembershipEvent]]]:
        while (found := self._door.event()) is None:
            yield self._door.moves.wait()
        client, came = found
        return ClientId(client), [MembershipEvent.JOINED if came else MembershipEvent.LEFT]


class _Port(Generic[Here, Request, Reply]):
    """A door with codecs."""

    __slots__ = ("_channel", "_door", "_encode", "_pack")

    def __init__(
        self, site: Site[Here], channel: PortChannel[Here, Request, Reply], single: bool
    ) -> None:
        self._channel = channel
        self._encode = channel.encode_reply
        self._pack = new_packer()
        self._door = site.fabric.door(channel.name, single)

    def _packed(self, reply: Reply) -> bytes:
        try:
            return self._pack(self._encode(reply))
        except Exception as problem:
            raise UnsendableValue.of(self._channel.name, problem) from problem


class ClientPort(_Port[Here, Request, Reply]):
    """A port for any number of clients.

    `async for client, batch in port.requests`, `async for client, events in port.membership`, and
    replies by client. A client that does not read its replies is disconnected when too many wait.
    """

    __slots__ = ()

    def __init__(self, site: Site[Here], channel: PortChannel[Here, Request, Reply]) -> None:
        super().__init__(site, channel, single=False)

    @property
    def requests(self) -> AsyncIterator[tuple[ClientId, list[Request]]]:
        """What clients ask, by client, each one's in its order."""
        return _Requests(self._door, self._channel.decode_request)

    @property
    def membership(self) -> AsyncIterator[tuple[ClientId, list[MembershipEvent]]]:
        """Who comes and who goes."""
        return _Visits(self._door)

    async def reply(self, batch: Taken[tuple[ClientId, Reply]]) -> None:
        """Send each client its replies, in order, and empty the list; who has left gets none."""
        replies: dict[int, list[bytes]] = {}
        for client, reply in batch:
            if not self._door.has_seen(client.number):
                raise UnsendableValue(self._channel.name, f"{client} has never been there")
            replies.setdefault(client.number, []).append(self._packed(reply))
        batch.clear()
        for number, frames in replies.items():
            self._door.send(number, b"".join(frames))

    async def send(self, reply: Reply, client: ClientId) -> None:
        """Send one client one reply, which comes after those that it was sent before."""
        await self.reply([(client, reply)])


class SingleClientPort(_Port[Here, Request, Reply]):
    """A port for one client, once: its requests end when it leaves.

    Replies wait for it to come, and while it does not read them.
    """

    __slots__ = ("_turns",)

    def __init__(self, site: Site[Here], channel: PortChannel[Here, Request, Reply]) -> None:
        super().__init__(site, channel, single=True)
        self._turns = Turns(site.fabric)

    @property
    def requests(self) -> AsyncIterator[list[Request]]:
        """What the client asks, in order."""
        return _Batches(_Requests(self._door, self._channel.decode_request))

    async def reply(self, batch: Taken[Reply]) -> None:
        """Send the replies and empty the list."""
        frames = [self._packed(reply) for reply in batch]
        batch.clear()
        async with self._turns:
            for frame in frames:
                await self._door.room()
                self._door.send(0, frame)

    async def send(self, reply: Reply) -> None:
        """Send one reply."""
        await self.reply([reply])
