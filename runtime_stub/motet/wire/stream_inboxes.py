"""The receiving ends of streams.

They hand over batches as they came. A loop that breaks off before the end must `close` the inbox:
the sender hears that nothing more is wanted, and what is still on its way is dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from functools import partial
from types import coroutine
from typing import Generic, NoReturn, Self, TypeVar

from motet.errors import BadMessage, text_of
from motet.members import MemberId
from motet.ports import Fabric, Inlet
from motet.wire.channel import Channel
from motet.wire.places import Group, Peer, Site

Here = TypeVar("Here")
There = TypeVar("There")
T = TypeVar("T")


class StreamInbox(Generic[Here, There, T]):
    """Receives the stream of one peer: `async for batch in inbox`."""

    __slots__ = ("_channel", "_decode", "_inlet", "_over", "_source")

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, list[T]], source: Peer[There]
    ) -> None:
        self._channel = channel.name
        self._decode = channel.decode
        self._source = source.node
        self._inlet: Inlet = site.fabric.inlet(source.node, site.path, channel.name)
        if channel.unlimited:
            self._inlet.keep_all()
        self._over = False

    def __aiter__(self) -> Self:
        return self

    @coroutine
    def __anext__(self) -> Generator[object, None, list[T]]:
        inlet = self._inlet
        if self._over:
            raise StopAsyncIteration
        items, streams = inlet.items, inlet.streams
        while True:
            if streams.stale:
                streams.drop_from(items)
            if items:
                break
            if inlet.gone:
                self._end()
            yield inlet.wait()
            if self._over:  # closed by who takes the elements of several streams, and has enough
                raise StopAsyncIteration
        decode = self._decode
        try:
            batch = decode(items.popleft())
        except Exception as problem:
            raise BadMessage(self._channel, str(self._source), text_of(problem)) from problem
        if not batch:
            self._end()
        return batch

    def _end(self) -> NoReturn:
        self._inlet.streams.over += 1
        self._over = True
        raise StopAsyncIteration

    def close(self) -> None:
        """Want nothing more; nothing happens if the stream has ended. A loop that waits for more is left."""
        if not self._over:
            self._over = True
            self._inlet.close()


class StreamGather(Generic[Here, There, T]):
    """Receives the streams of all members: `async for member, batch in gather`.

    Whose batch comes next is a matter of arrival, in turn among those who have something. A member
    is looked at when something of it has arrived, never because others have sent.
    """

    __slots__ = (
        "_channel",
        "_decode",
        "_inlets",
        "_members",
        "_nodes",
        "_open",
        "_ready",
        "_signal",
    )

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, list[T]], group: Group[There]
    ) -> None:
        self._channel = channel.name
        self._decode = channel.decode
        self._members = group.members
        self._nodes = [peer.node for peer in group]
        fabric: Fabric = site.fabric
        self._inlets = [fabric.inlet(node, site.path, channel.name) for node in self._nodes]
        for inlet in self._inlets if channel.unlimited else ():
            inlet.keep_all()
        self._signal = fabric.signal("")  # the inlets say what is waited for
        self._ready: deque[int] | None = None  # who may have something, once it has begun
        self._open = set(range(len(self._inlets)))  # whose stream has not ended

    def __aiter__(self) -> Self:
        return self

    @coroutine
    def __anext__(self) -> Generator[object, None, tuple[MemberId[There], list[T]]]:
        ready = self._begin() if self._ready is None else self._ready
        while True:
            while not ready:
                if not self._open:
                    raise StopAsyncIteration
                yield self._signal.wait()
            index = ready[0]
            inlet = self._inlets[index]
            items = inlet.items
            if inlet.streams.stale:
                inlet.streams.drop_from(items)
            if items:
                decode = self._decode
                try:
                    batch = decode(items.popleft())
                except Exception as problem:
                    source = str(self._nodes[index])
                    raise BadMessage(self._channel, source, text_of(problem)) from problem
                if batch:
                    ready.rotate(-1)
                    return self._members[index], batch
            elif not inlet.gone:
                ready.popleft()
                inlet.watch(partial(self._arrived, index))
                continue
            ready.popleft()
            inlet.streams.over += 1
            self._open.remove(index)

    def close(self) -> None:
        """Want nothing more of any member; nothing happens for those whose stream has ended."""
        for index in self._open:
            self._inlets[index].close()
        self._open.clear()
        self._ready = deque()
        self._signal.wake()

    def _begin(self) -> deque[int]:
        self._ready = deque(self._open)
        return self._ready

    def _arrived(self, index: int) -> None:
        if self._ready is not None and index in self._open:
            self._ready.append(index)
            self._signal.wake_now()
