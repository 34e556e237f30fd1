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
from motet.ports import UNIT, Outlet
from motet.wire.batching import Cutter
from motet.wire.channel import Channel
from motet.wire.places import Group, Peer, Site
from motet.wire.turns import Turns

Here = TypeVar("Here")
There = TypeVar("There")
T = TypeVar("T")


class StreamOutbox(Generic[Here, There, T]):
    """Sends a stream to a process, to one member, or to every member of a cluster.

    Several tasks may send at once: what one was given first is sent first, as a whole.
    """

    __slots__ = ("_cutter", "_end", "_ended", "_outlets", "_turns")

    def __init__(
        self,
        site: Site[Here],
        channel: Channel[Here, There, list[T]],
        to: Peer[There] | Group[There],
    ) -> None:
        nodes = [peer.node for peer in ([to] if isinstance(to, Peer) else to)]
        self._outlets = site.fabric.outlets(nodes, site.path, channel.name)
        self._turns = Turns(site.fabric)
        self._cutter = Cutter(channel, self._outlets[0])
        self._end = self._outlets[0].pack([])
        self._ended = False

    @property
    def wanted(self) -> bool:
        """Whether anybody still reads the stream: nobody does when it has ended."""
        return not self._ended and any(outlet.wanted for outlet in self._outlets)

    async def send(self, batch: list[T]) -> bool:
        """Send the elements and empty the list; whether more is wanted."""
        outlets = self._outlets
        if not batch:
            return self.wanted
        if not outlets[0].wanted and not self.wanted:
            batch.clear()
            return False
        frame = self._cutter.pack(batch)
        if frame is None:
            elements = batch[:]
            batch.clear()
            await self._put(self._cutter.frames(elements), outlets)
            return self.wanted
        batch.clear()
        if self._turns.busy:
            await self._put([frame], outlets)
            return self.wanted
        for index, outlet in enumerate(outlets):
            if outlet.credit <= 0:
                await self._put([frame], outlets[index:])
                break
            if outlet.wanted:  # as `put_packed`, without calls
                run = outlet.run
                if run is None:
                    outlet.put_packed(frame)
                else:  # the fast path, see `Outlet`
                    run.append(frame)
                    outlet.credit -= 1
                    if len(frame) > UNIT:
                        outlet.charge(len(frame))
        return outlets[0].wanted or self.wanted

    async def _put(self, frames: Iterable[bytes], outlets: Sequence[Outlet]) -> None:
        """Send frames when it is their turn, each as soon as there is room for it."""
        async with self._turns:
            for frame in frames:
                for outlet in outlets:
                    await _make_room(outlet)
                    if outlet.wanted:
                        outlet.put_packed(frame)

    async def end(self) -> None:
        """End the stream; the outbox is of no use any more."""
        self._ended = True
        async with self._turns:
            for outlet in self._outlets:
                await _make_room(outlet)
                outlet.put_end(self._end)


async def _make_room(outlet: Outlet) -> None:
    while outlet.credit <= 0 and outlet.wanted:
        await outlet.room()


class _Members(Generic[Here, There, T]):
    """A stream to each member of a cluster.

    What is for each of them is noted before anything is awaited, so that a task that has to wait for
    one is not overtaken at another.
    """

    __slots__ = ("_boxes", "_channel", "_group", "_parts")

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, list[T]], group: Group[There]
    ) -> None:
        self._channel = channel.name
        self._group = group
        self._boxes = [StreamOutbox(site, channel, peer) for peer in group]
        self._parts: list[list[T]] = [[] for _ in group]

    @property
    def wanted(self) -> bool:
        """Whether any member still reads."""
        return any(box.wanted for box in self._boxes)

    async def _send_parts(self) -> bool:
        for box, part in zip(self._boxes, self._parts, strict=True):
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
        split(self._channel, self._group, batch, self._parts)
        batch.clear()
        return await self._send_parts()


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
        self._next = deal(batch, self._next, self._parts)
        batch.clear()
        return await self._send_parts()


class StreamMulticast(Generic[Here, T]):
    """Sends one stream to several locations, without overtaking, as for several members."""

    __slots__ = ("_outboxes", "_parts")

    def __init__(self, *outboxes: StreamOutbox[Here, Any, T]) -> None:
        self._outboxes = outboxes
        self._parts: list[list[T]] = [[] for _ in outboxes]

    @property
    def wanted(self) -> bool:
        """Whether anybody still reads the stream."""
        return any(outbox.wanted for outbox in self._outboxes)

    async def send(self, batch: list[T]) -> bool:
        """Send the elements to all of them and empty the list; whether more is wanted."""
        for part in self._parts:
            part += batch
        batch.clear()
        for outbox, part in zip(self._outboxes, self._parts, strict=True):
            await outbox.send(part)
        return self.wanted

    async def end(self) -> None:
        """End the stream everywhere."""
        for outbox in self._outboxes:
            await outbox.end()


def split(
    channel: str,
    group: Group[There],
    batch: Sequence[tuple[MemberId[There], T]],
    parts: Sequence[list[T]],
) -> None:
    """Add each element to the part of the member it is for; a `CollectiveError` names who is none."""
    size = len(parts)
    for member, element in batch:
        index = member.index
        if not 0 <= index < size:
            raise CollectiveError(
                f"'{channel}': {group.location} has no member {index}, it has {size} members"
            )
        parts[index].append(element)


def deal(batch: Sequence[T], first: int, parts: Sequence[list[T]]) -> int:
    """Deal elements out to the parts, from that of the member `first` on; who would be next."""
    members = len(parts)
    for index, part in enumerate(parts):
        part += batch[(index - first) % members :: members]
    return (first + len(batch)) % members
