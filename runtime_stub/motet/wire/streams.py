"""The sending ends of streams: elements travel in batches, an empty batch is the end.

`send` takes the elements out of the list that it is given, so that a loop can fill and send the
same list again and again. It answers whether more is wanted: once the receiver has closed the
stream, what is sent is dropped, and a loop with nothing else to do may break off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from motet.errors import CollectiveError
from motet.members import MemberId
from motet.ports import UNIT
from motet.wire.batching import Cutter, Lane
from motet.wire.channel import Channel
from motet.wire.places import Group, Peer, Site

Here = TypeVar("Here")
There = TypeVar("There")
T = TypeVar("T")


class StreamOutbox(Generic[Here, There, T]):
    """Sends a stream to a process, to one member, or to every member of a cluster.

    Several tasks may send at once; those that have to wait are served in turn.
    """

    __slots__ = ("_cutter", "_end", "_ended", "_lanes")

    def __init__(
        self,
        site: Site[Here],
        channel: Channel[Here, There, list[T]],
        to: Peer[There] | Group[There],
    ) -> None:
        lanes = lanes_to(site, channel.name, [to] if isinstance(to, Peer) else to)
        self._lanes = lanes
        self._cutter = Cutter(channel, lanes[0].outlet)
        self._end = lanes[0].outlet.pack([])
        self._ended = False

    @property
    def wanted(self) -> bool:
        """Whether anybody still reads the stream: nobody does when it has ended."""
        return not self._ended and any(lane.outlet.wanted for lane in self._lanes)

    async def send(self, batch: list[T]) -> bool:
        """Send the elements and empty the list; whether more is wanted."""
        lanes = self._lanes
        if not batch:
            return self.wanted
        if not lanes[0].outlet.wanted and not self.wanted:
            batch.clear()
            return False
        frame = self._cutter.pack(batch)
        if frame is None:
            return await self._send_pieces(batch)
        batch.clear()
        for lane in lanes:
            outlet = lane.outlet
            if outlet.credit <= 0 or lane.turns.busy:
                await lane.put(frame)
            elif outlet.wanted:  # as `put`, without calls
                run = outlet.run
                if run is None:
                    outlet.put_packed(frame)
                else:  # the fast path, see `Outlet`
                    run.append(frame)
                    outlet.credit -= 1
                    if len(frame) > UNIT:
                        outlet.charge(len(frame))
        return lanes[0].outlet.wanted or self.wanted

    async def _send_pieces(self, batch: list[T]) -> bool:
        elements = batch[:]
        batch.clear()
        for frame in self._cutter.frames(elements):
            for lane in self._lanes:
                await lane.put(frame)
        return self.wanted

    async def end(self) -> None:
        """End the stream; the outbox is of no use any more."""
        self._ended = True
        for lane in self._lanes:
            await lane.end(self._end)


class _Members(Generic[Here, There, T]):
    """A stream to each member of a cluster."""

    __slots__ = ("_boxes", "_channel", "_group")

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, list[T]], group: Group[There]
    ) -> None:
        self._channel = channel.name
        self._group = group
        self._boxes = [StreamOutbox(site, channel, peer) for peer in group]

    @property
    def wanted(self) -> bool:
        """Whether any member still reads."""
        return any(box.wanted for box in self._boxes)

    async def _send_parts(self, parts: Sequence[list[T]]) -> bool:
        for box, part in zip(self._boxes, parts, strict=True):
            if part:
                await box.send(part)
        return self.wanted

    async def end(self) -> None:
        """End the stream of every member."""
        for box in self._boxes:
            await box.end()


class StreamOutboxes(_Members[Here, There, T]):
    """Sends every element to the member it is for."""

    __slots__ = ()

    async def send(self, batch: list[tuple[MemberId[There], T]]) -> bool:
        """Send each member its elements, in order, and empty the list; whether more is wanted."""
        if not batch:
            return self.wanted
        parts = split(self._channel, self._group, batch)
        batch.clear()
        return await self._send_parts(parts)


class RoundRobin(_Members[Here, There, T]):
    """Deals the elements out: one to each member, and again."""

    __slots__ = ("_next",)

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, list[T]], group: Group[There]
    ) -> None:
        super().__init__(site, channel, group)
        self._next = 0  # who gets the next element

    async def send(self, batch: list[T]) -> bool:
        """Send, and empty the list; whether more is wanted."""
        if not batch:
            return self.wanted
        parts, self._next = deal(batch, len(self._boxes), self._next)
        batch.clear()
        return await self._send_parts(parts)


class StreamMulticast(Generic[Here, T]):
    """Sends one stream to several locations."""

    __slots__ = ("_outboxes",)

    def __init__(self, *outboxes: StreamOutbox[Here, Any, T]) -> None:
        self._outboxes = outboxes

    @property
    def wanted(self) -> bool:
        """Whether anybody still reads the stream."""
        return any(outbox.wanted for outbox in self._outboxes)

    async def send(self, batch: list[T]) -> bool:
        """Send the elements to all of them and empty the list; whether more is wanted."""
        elements = batch[:]
        batch.clear()
        for outbox in self._outboxes:
            await outbox.send(elements[:])
        return self.wanted

    async def end(self) -> None:
        """End the stream everywhere."""
        for outbox in self._outboxes:
            await outbox.end()


def lanes_to(site: Site[Here], channel: str, peers: Iterable[Peer[There]]) -> list[Lane]:
    """The ways to some nodes: one for each, or for several."""
    outlets = site.fabric.outlets([peer.node for peer in peers], site.path, channel)
    return [Lane(site.fabric, outlet) for outlet in outlets]


def split(
    channel: str, group: Group[There], batch: Sequence[tuple[MemberId[There], T]]
) -> list[list[T]]:
    """The elements for each member, in order; a `CollectiveError` names who is none."""
    parts: list[list[T]] = [[] for _ in group.members]
    size = len(parts)
    for member, element in batch:
        index = member.index
        if not 0 <= index < size:
            raise CollectiveError(
                f"'{channel}': {group.location} has no member {index}, it has {size} members"
            )
        parts[index].append(element)
    return parts


def deal(batch: Sequence[T], members: int, first: int) -> tuple[list[list[T]], int]:
    """The elements for each member, dealt out from `first` on; who would be next."""
    parts = [list(batch[(index - first) % members :: members]) for index in range(members)]
    return parts, (first + len(batch)) % members
