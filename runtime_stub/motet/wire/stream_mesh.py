"""Streams between the members of one cluster, oneself included.

Each of these receives the streams of all members, as `StreamGather` does, and sends one. What a
member sends itself is copied, and is no message.
"""

from __future__ import annotations

from typing import TypeVar

from motet.members import MemberId
from motet.wire.channel import Channel
from motet.wire.places import Site
from motet.wire.stream_inboxes import StreamGather
from motet.wire.streams import RoundRobin, StreamOutbox, StreamOutboxes

Here = TypeVar("Here")
T = TypeVar("T")


class StreamMesh(StreamGather[Here, Here, T]):
    """Sends every element to every member."""

    __slots__ = ("_out",)

    def __init__(self, site: Site[Here], channel: Channel[Here, Here, list[T]]) -> None:
        super().__init__(site, channel, site.group)
        self._out: StreamOutbox[Here, Here, T] = StreamOutbox(site, channel, site.group)

    @property
    def wanted(self) -> bool:
        """Whether any member still reads."""
        return self._out.wanted

    async def send(self, batch: list[T]) -> bool:
        """Send the elements and empty the list; whether more is wanted."""
        return await self._out.send(batch)

    async def end(self) -> None:
        """End what this member sends."""
        await self._out.end()


class DemuxMesh(StreamGather[Here, Here, T]):
    """Sends every element to the member it is for."""

    __slots__ = ("_out",)

    def __init__(self, site: Site[Here], channel: Channel[Here, Here, list[T]]) -> None:
        super().__init__(site, channel, site.group)
        self._out: StreamOutboxes[Here, Here, T] = StreamOutboxes(site, channel, site.group)

    @property
    def wanted(self) -> bool:
        """Whether any member still reads."""
        return self._out.wanted

    async def send(self, batch: list[tuple[MemberId[Here], T]]) -> bool:
        """Send each member its elements and empty the list; whether more is wanted."""
        return await self._out.send(batch)

    async def end(self) -> None:
        """End what this member sends."""
        await self._out.end()


class RoundRobinMesh(StreamGather[Here, Here, T]):
    """Deals the elements out: one to each member, and again."""

    __slots__ = ("_out",)

    def __init__(self, site: Site[Here], channel: Channel[Here, Here, list[T]]) -> None:
        super().__init__(site, channel, site.group)
        self._out: RoundRobin[Here, Here, T] = RoundRobin(site, channel, site.group)

    @property
    def wanted(self) -> bool:
        """Whether any member still reads."""
        return self._out.wanted

    async def send(self, batch: list[T]) -> bool:
        """Send, and empty the list; whether more is wanted."""
        return await self._out.send(batch)

    async def end(self) -> None:
        """End what this member sends."""
        await self._out.end()
