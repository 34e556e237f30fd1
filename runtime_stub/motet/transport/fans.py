"""One stream to many peers: joined once for all of them, and kept once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from motet.ports import UNIT, Outlet
from motet.transport.outlets import LinkOutlet

FULL: Final = 64
"""KiB of large frames at which what is queued is written: it is in the processor's cache still."""


class LinkFan(Outlet):
    """Queues what is packed already, and writes it to all peers as one run.

    `credit` is what the peer with the least of it has left; those that do not want the stream any
    more have no say. Nothing is queued across an iteration of the loop.
    """

    __slots__ = ("_extra", "_frames", "_loop", "_outlets", "_scheduled")

    def __init__(self, loop: asyncio.AbstractEventLoop, outlets: Sequence[LinkOutlet]) -> None:
        super().__init__(outlets[0].pack, outlets[0].largest)
        self._loop = loop
        self._outlets = outlets
        self._frames = [b""]  # behind the header, which comes last
        self._extra = 0  # units of large frames beyond one each
        self._scheduled = False
        for outlet in outlets:
            outlet.fan = self
        self.look()

    def look(self) -> None:
        """See what the peers have changed: who wants the stream, and how it is with their links."""
        self.credit = 0
        self.wanted = any(outlet.wanted for outlet in self._outlets)

    def put(self, data: object) -> None:
        """Queue one message."""
        self.put_packed(self.pack(data))

    def put_packed(self, frame: bytes) -> None:
        """The same with what is packed already."""
        if self.run is None:
            self.run = self._frames
            if not self._scheduled:
                self._scheduled = True
                self._loop.call_soon(self._flush_scheduled)
        self.run.append(frame)
        self.credit -= 1
        if len(frame) > UNIT:
            self.charge(len(frame))

    def charge(self, size: int) -> None:
        """Make a large frame cost what it weighs."""
        extra = size >> 10
        self.credit -= extra
        self._extra += extra
        if self._extra >= FULL:
            self.flush()

    def put_end(self, frame: bytes) -> None:
        """End the stream, also for those who want nothing of it."""
        self.flush()
        for outlet in self._outlets:
            if outlet.number:  # else it is gone, and has never heard of the channel
                outlet.put_end(frame)
        self.look()

    async def room(self) -> None:
        """Wait until something may be sent to everybody who wants it."""
        self.flush()
        while self.credit <= 0 and self.wanted:
            for outlet in self._outlets:
                if outlet.credit <= 0 and outlet.wanted:
                    await outlet.room()
            self.credit = min((x.credit for x in self._outlets if x.wanted), default=0)

    def flush(self) -> None:
        """Write what is queued."""
        frames, self.run = self._frames, None
        count, extra, number, chunk = len(frames) - 1, self._extra, 0, b""
        if not count:
            return
        for outlet in self._outlets:
            if outlet.wanted:
                if outlet.number != number:  # they differ if this node sends them other streams too
                    number = outlet.number
                    frames[0] = self.pack([-number, count])
                    chunk = b"".join(frames)
                outlet.put_run(chunk, count, extra)
        del frames[1:]
        self._extra = 0

    def _flush_scheduled(self) -> None:
        self._scheduled = False
        self.flush()
