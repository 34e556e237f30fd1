"""Point to point: `Outbox` and `Inbox`, and many of them."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, Final, Generic, TypeVar, cast

from motet.errors import BadMessage, UnsendableValue, text_of
from motet.members import MemberId
from motet.ports import UNIT, FanOut, Inlet, Outlet
from motet.wire.channel import Channel
from motet.wire.places import Group, Peer, Site

Here = TypeVar("Here")
There = TypeVar("There")
T = TypeVar("T")


@coroutine
def _nothing() -> Generator[object, None, None]:
    """Nothing to wait for."""
    yield from ()


SENT: Final = cast(Coroutine[Any, Any, None], _nothing())
"""What a send that is done gives back: awaiting a finished generator costs next to nothing.

It passes for a coroutine, so that type checkers complain where an `await` is forgotten.
"""
SENT.close()


class Outbox(Generic[Here, There, T]):
    """Sends on one channel to a process, to one member, or to every member of a cluster."""

    __slots__ = ("_channel", "_encode", "_outlet")

    def __init__(
        self,
        site: Site[Here],
        channel: Channel[Here, There, T],
        to: Peer[There] | Group[There],
    ) -> None:
        self._channel = channel.name
        self._encode = channel.encode
        if isinstance(to, Peer):
            self._outlet: Outlet = site.fabric.outlet(to.node, site.path, channel.name)
        else:
            outlets = [site.fabric.outlet(peer.node, site.path, channel.name) for peer in to]
            self._outlet = FanOut(outlets)

    def send(self, value: T) -> Coroutine[Any, Any, None]:
        """Send; waits only while the receiver is too far behind."""
        outlet = self._outlet
        if outlet.credit <= 0:
            return self._send_later(value)
        encode = self._encode  # calling an attribute takes the interpreter longer than a local
        try:
            data = encode(value)
            run = outlet.run
            if run is None:
                outlet.put(data)
            else:  # the fast path, see `Outlet`
                pack = outlet.pack
                frame = pack(data)
                run.append(frame)
                outlet.credit -= 1
                if len(frame) > UNIT:
                    outlet.charge(len(frame))
        except Exception as problem:
            raise UnsendableValue.of(self._channel, problem) from problem
        return SENT

    async def _send_later(self, value: T) -> None:
        outlet = self._outlet
        await outlet.room()
        try:
            outlet.put(self._encode(value))
        except Exception as problem:
            raise UnsendableValue.of(self._channel, problem) from problem

    async def share(self, value: T) -> T:
        """Send, and give back the value that both sides now know."""
        await self.send(value)
        return value


class Inbox(Generic[Here, There, T]):
    """Receives what one peer sends on one channel, in order."""

    __slots__ = ("_channel", "_decode", "_inlet", "_items", "_source")

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, T], source: Peer[There]
    ) -> None:
        self._decode = channel.decode
        self._channel = channel.name
        self._source = source
        self._inlet: Inlet = site.fabric.inlet(source.node, site.path, channel.name)
        self._items = self._inlet.items

    @coroutine
    def recv(self) -> Generator[object, None, T]:
        """The next message, validated; `BadMessage` says what is wrong with one that is not a T."""
        items = self._items
        while not items:
            yield self._inlet.wait()
        data = items.popleft()
        decode = self._decode
        try:
            return decode(data)
        except Exception as problem:
            raise BadMessage(self._channel, str(self._source.node), text_of(problem)) from problem


class Multicast(Generic[Here, T]):
    """Sends one value to several locations."""

    __slots__ = ("_outboxes",)

    def __init__(self, *outboxes: Outbox[Here, Any, T]) -> None:
        self._outboxes = outboxes

    async def send(self, value: T) -> None:
        """Send to all of them, in order."""
        for outbox in self._outboxes:
            await outbox.send(value)

    async def share(self, value: T) -> T:
        """Send, and give back the value that all now know."""
        await self.send(value)
        return value


class Outboxes(Generic[Here, There, T]):
    """An outbox for every member of a cluster, made when it is first used."""

    __slots__ = ("_boxes", "_channel", "_group", "_site")

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, T], group: Group[There]
    ) -> None:
        self._site = site
        self._channel = channel
        self._group = group
        self._boxes: dict[int, Outbox[Here, There, T]] = {}

    def __getitem__(self, member: int | MemberId[There]) -> Outbox[Here, There, T]:
        """The outbox to one member."""
        index = self._group.index(member)
        if index not in self._boxes:
            self._boxes[index] = Outbox(self._site, self._channel, self._group[index])
        return self._boxes[index]


class Inboxes(Generic[Here, There, T]):
    """An inbox for every member of a cluster, made when it is first used."""

    __slots__ = ("_boxes", "_channel", "_group", "_site")

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, T], group: Group[There]
    ) -> None:
        self._site = site
        self._channel = channel
        self._group = group
        self._boxes: dict[int, Inbox[Here, There, T]] = {}

    def __getitem__(self, member: int | MemberId[There]) -> Inbox[Here, There, T]:
        """The inbox of one member."""
        index = self._group.index(member)
        if index not in self._boxes:
            self._boxes[index] = Inbox(self._site, self._channel, self._group[index])
        return self._boxes[index]


class Multicasts(Generic[Here, T]):
    """Sends one value to several locations, some of them members that are picked each time."""

    __slots__ = ("_boxes",)

    def __init__(self, *boxes: Outbox[Here, Any, T] | Outboxes[Here, Any, T]) -> None:
        self._boxes = boxes

    def __getitem__(
        self, members: int | MemberId[Any] | tuple[int | MemberId[Any], ...]
    ) -> Multicast[Here, T]:
        """To all of them; `members` are those picked of each cluster, in order."""
        picked = iter(members if isinstance(members, tuple) else (members,))
        boxes = (b[next(picked)] if isinstance(b, Outboxes) else b for b in self._boxes)
        return Multicast(*boxes)
