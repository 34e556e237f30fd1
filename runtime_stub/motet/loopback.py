"""The way to oneself: copies, and nothing that counts as a message."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from msgpack import unpackb

from motet.packing import new_packer, round_trip, unpack_extension
from motet.ports import Fabric, Inlet, Outlet, Signal, Streams

BACKLOG: Final = 64
"""Batches for oneself that may wait before their sender must."""


class LoopInlet(Inlet):
    """What one sends to oneself.

    With plain messages, receiving before sending could only wait for ever. Streams are sent and
    received by different tasks, or by one that receives and sends on.
    """

    __slots__ = (
        "_arrived",
        "_blocked",
        "_fabric",
        "_keeps",
        "_name",
        "_reader",
        "items",
        "outlet",
        "streams",
    )

    def __init__(self, fabric: Fabric, name: str) -> None:
        self.items: deque[object] = deque()
        self.streams = Streams()
        self.outlet = LoopOutlet(self)
        self._fabric = fabric
        self._name = name
        self._arrived: Callable[[], None] | None = None
        self._blocked: list[Signal] = []  # of senders that are too far ahead
        self._reader: object = None
        self._keeps = False

    @property
    def gone(self) -> bool:
        """Nobody outlives itself."""
        return False

    def wait(self) -> object:
        """Refuse: nobody else can send here."""
        raise RuntimeError(f"channel '{self._name}': a member waits for itself")

    def watch(self, arrived: Callable[[], None]) -> None:
        """Call when there is something; everything before it has been consumed."""
        self._arrived = arrived
        self._reader = self._fabric.current()
        self._release()

    def append(self, content: object) -> None:
        """Take what was sent."""
        self.items.append(content)
        self.streams.drop_from(self.items)
        if self._arrived is not None:
            self._fabric.later(self._arrived)
            self._arrived = None

    def close(self) -> None:
        """Drop what is there and what comes until the end of the stream."""
        self.outlet.refuse_stream(self.streams.over)
        self.streams.close()
        self._arrived = None
        self.streams.drop_from(self.items)
        self._release()

    def keep_all(self) -> None:
        """Let nobody wait."""
        self._keeps = True

    async def room(self) -> None:
        """Wait while the reader is far behind, unless it is the reader that sends.

        A reader that has not begun may be about to, or may be who sends: it gets one chance.
        """
        if self._keeps:
            return
        if self._reader is None:
            await self._fabric.breathe()
        while len(self.items) >= BACKLOG and self.outlet.wanted:
            if self._reader in (None, self._fabric.current()):
                return
            await self._drained()

    async def _drained(self) -> None:
        signal = self._fabric.signal()
        self._blocked.append(signal)
        try:
            await signal.awaited()
        finally:
            self._blocked.remove(signal)

    def _release(self) -> None:
        for signal in self._blocked:
            signal.wake()

    def discard_next(self) -> None:
        """Never needed: quorums have no loop-back."""
        raise NotImplementedError


class LoopOutlet(Outlet):
    """Queues a copy at once."""

    __slots__ = ("_inlet",)

    def __init__(self, inlet: LoopInlet) -> None:
        super().__init__(new_packer())
        self.credit = 1  # messages of plain channels are received by who sends them
        self._inlet = inlet

    def put(self, data: object) -> None:
        """Queue a copy for myself."""
        self._inlet.append(round_trip(data))

    def put_packed(self, frame: bytes) -> None:
        """The same with what is packed already."""
        self._inlet.append(unpackb(frame, ext_hook=unpack_extension))
        self.credit = BACKLOG - len(self._inlet.items)

    async def room(self) -> None:
        """Wait while the reader of a stream is far behind."""
        await self._inlet.room()
        self.credit = 1
