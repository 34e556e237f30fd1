"""Streams between the members of one cluster, oneself included."""

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
    """Receives the streams of all members, and sends in one of three ways.

    What a member sends itself is copied, and is no message.
    """

    __slots__ = ("_all", "_dealt", "_each")

    def __init__(self, site: Site[Here], channel: Channel[Here, Here, list[T]]) -> None:
        group = site.group
        super().__init__(site, channel, group)
        self._all: StreamOutbox[Here, Here, T] = StreamOutbox(site, channel, group)
        self._each: StreamOutboxes[Here, Here, T] = StreamOutboxes(site, channel, group)
        self._dealt: RoundRobin[Here, Here, T] = RoundRobin(site, channel, group)

    @property
    def wanted(self) -> bool:
        """Whether any member still reads."""
        return self._all.wanted

    async def broadcast(self, batch: list[T]) -> bool:
        """Send the elements to every member, and empty the list; whether more is wanted."""
        return await self._all.send(batch)

    async def demux(self, batch: list[tuple[MemberId[Here], T]]) -> bool:
        """Send every element to the member it is for."""
        return await self._each.send(batch)

    async def deal(self, batch: list[T]) -> bool:
        """Deal the elements out: one to each member, and again."""
        return await self._dealt.send(batch)

    async def end(self) -> None:
        """End what this member sends."""
        await self._all.end()
