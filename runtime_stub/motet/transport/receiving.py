"""What a link hears: the receiving half.

What is in a read is queued, the tasks that waited for it run on the spot, and what they send leaves
in one write.
"""

from __future__ import annotations

import asyncio
from abc import ABCMeta, abstractmethod
from itertools import islice
from typing import Any, Final

from motet.packing import new_unpacker, unpack_whole
from motet.ports import NodeId
from motet.transport import protocol
from motet.transport.inlets import LinkInlet
from motet.transport.outlets import LARGE
from motet.transport.sending import Sending
from motet.transport.settings import Settings
from motet.transport.sockets import READ_SIZE

GULP: Final = 64 * 1024
"""Bytes of a run that are taken in at a time, roughly."""

MOST: Final = 128
"""Messages of a run that are taken in at a time."""

ACK_SOON: Final = 256 * 1024
"""Bytes received after which an acknowledgement travels with the next message, if that is not large."""

ACK_NOW: Final = 1024 * 1024
"""Bytes received after which an acknowledgement is sent at once.

Less than that may stay unacknowledged for as long as nothing is said: a timer for it would be set
in the kernel, and set again, at every wait of the loop.
"""


class Receiving(Sending, metaclass=ABCMeta):
    """The way from one peer: bytes become the messages of its channels."""

    __slots__ = (
        "_acknowledged",
        "_announced",
        "_apart",
        "_fed",
        "_left",
        "_position",
        "_run",
        "_unpacker",
        "_whole",
    )

    def __init__(
        self,
        peer: NodeId,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        owing: dict[LinkInlet, None],
    ) -> None:
        super().__init__(peer, settings, loop, owing)
        self._unpacker = new_unpacker(settings.largest_frame + READ_SIZE, settings.largest_frame)
        self._position = self._unpacker.tell  # how many of the bytes that it was fed have been read
        self._run: LinkInlet  # whose messages come next
        self._left = 0  # how many of them
        self._fed = 0  # bytes received over all connections and given to the unpacker
        self._apart = 0  # those that were not
        self._acknowledged = 0  # what the peer knows of, less the latter
        self._whole = False  # whether a read seems to be one large message
        self._announced: dict[object, LinkInlet] = {}  # the channels that the peer has opened

    @abstractmethod
    def _obey(self, content: list[Any]) -> None:
        """Do what a control frame says."""

    @abstractmethod
    def _reject(self, problem: Exception) -> None:
        """End it: on a new connection the peer would send the same again."""

    @property
    def received(self) -> int:
        """Bytes received, over all connections."""
        return self._fed + self._apart

    def read(self, data: Any) -> None:
        """Queue what has come, then run who waits for it, then write what they sent."""
        self.scheduled = True  # whatever is sent meanwhile is written at the end
        reached: LinkInlet | None = None  # the latest of those
        earlier: list[LinkInlet] | None = None
        if self._whole:
            reached = self._read_whole(data)
        if reached is None:
            self._fed = fed = self._fed + len(data)
            announced, unpacker, position = self._announced, self._unpacker, self._position
            try:
                unpacker.feed(data)
                if self._left:
                    self._read_run()
                if position() < fed:
                    for number, content in unpacker:
                        if number > 0:
                            if reached is not None:
                                (earlier := earlier or []).append(reached)
                            reached = announced[number]
                            reached.items.append(content)
                        elif number:
                            self._run = announced[-number]
                            self._left = content
                            self._read_run()
                        else:
                            self._obey(content)
                        if position() == fed:  # cheaper than to hear it from the unpacker
                            break
            except Exception as problem:
                self._reject(problem)
        if reached is not None:
            for inlet in earlier or ():
                waiter = inlet.waiter
                if waiter is not None and inlet.items:
                    inlet.waiter = None
                    waiter.wake_now()
            waiter = reached.waiter
            if waiter is not None and reached.items:
                reached.waiter = None
                callback = waiter.callback
                if callback is not None:  # as `wake_now`, inlined: it is most of what a read costs
                    waiter.callback = None
                    waiter.context.run(callback, waiter)
        if self._fed - self._acknowledged > ACK_SOON:
            self._whole = reached is not None and not earlier and len(data) > LARGE
            self._acknowledge_soon()
        self.scheduled = False
        pending = self.pending
        if len(pending) == 1:  # as `flush`, inlined
            self.writer = None
            chunk = pending.pop()
            self._keep(chunk)
            self._write(chunk)
        elif pending:
            self.flush()

    def _read_run(self) -> None:
        """Take in what has come of the current run, without looking at the messages.

        Whoever waits for them runs after a few of them: they are still in the processor's cache,
        and so few objects are alive at a time that the garbage collector has nothing to look at.
        """
        inlet, unpacker, position = self._run, self._unpacker, self._position
        items = inlet.items
        come = wanted = 0
        while self._left and come == wanted:
            before, start, wanted = len(items), position(), min(self._left, inlet.gulp)
            items.extend(islice(unpacker, wanted))
            come = len(items) - before
            self._left -= come
            if come:
                inlet.gulp = min(come * GULP // (position() - start), MOST) or 1
            if come and inlet.waiter is not None:
                waiter, inlet.waiter = inlet.waiter, None
                waiter.wake_now()

    def _read_whole(self, data: Any) -> LinkInlet | None:
        """Read one large message from where it is, without a copy for the unpacker; None if it is not just that."""
        if not self._left and self._position() == self._fed:
            try:
                number, content = unpack_whole(data)
                if number > 0:
                    inlet = self._announced[number]
                    inlet.items.append(content)
                    self._apart += len(data)
                    self._acknowledged -= len(data)
                    return inlet
            except Exception:  # it is more or less than one, or the unpacker will say what is wrong
                pass
        self._whole = False
        return None

    def _acknowledge_soon(self) -> None:
        """With the next message, unless that is large: then it can wait for a while."""
        fresh = self._fed - self._acknowledged
        if fresh > ACK_NOW or (self.pending and not self.heavy):
            self._acknowledge()

    def _acknowledge(self) -> None:
        self._acknowledged = self._fed
        self.put_control(protocol.ACK, self.received)

    def inside_frame(self) -> bool:
        """Whether a part of a message has come, or of a run."""
        if self._left:
            return True
        try:
            self._unpacker.read_bytes(0)
        except ValueError:  # "while an object is incomplete"
            return True
        return False
