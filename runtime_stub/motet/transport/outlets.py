"""The sending end of one channel to one peer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motet.errors import UnsendableValue
from motet.packing import pack_apart
from motet.ports import UNIT, Outlet
from motet.transport import protocol
from motet.transport.samples import Sampler
from motet.transport.waits import Wait

if TYPE_CHECKING:
    from motet.transport.fans import LinkFan
    from motet.transport.link import Link

BURST: Final = 256
"""Units of credit between two looks at the state of the connection."""

LARGE_BURST: Final = 1024
"""The same where messages are large: it takes no time to come to so many."""

LARGE: Final = 16 * 1024
"""Bytes from which on a frame is not copied together with others, nor a field of bytes into its frame."""


class LinkOutlet(Outlet):
    """Packs messages into the link's current batch.

    `credit` is what may be sent before looking again, `_reserve` what the receiver allows beyond
    that. Both count units: one for each message, and more for a large one.
    """

    __slots__ = (
        "_allotted",
        "_asked",
        "_consumed",
        "_extra",
        "_large",
        "_link",
        "_name",
        "_path",
        "_pending",
        "_reserve",
        "_returned",
        "_traced",
        "fan",
        "number",
        "wait",
    )

    def __init__(self, link: Link, path: str, name: str) -> None:
        super().__init__(link.pack, link.settings.largest_frame)
        self.number = 0  # given by the link for the first message
        self.wait = Wait(link.loop)
        self.fan: LinkFan | None = None
        """What sends here, if that goes to others as well."""
        self._link = link
        self._path = path
        self._name = name
        self._pending = link.pending
        self._reserve = link.settings.window
        self._asked: int | None = None  # messages sent when the receiver was last asked to report
        self._allotted = 0  # units that `credit` has been given
        self._large = False  # whether large messages are to be expected
        self._extra = 0  # units used by large messages beyond one each
        self._consumed = 0  # messages the receiver has taken
        self._traced = 0  # how many messages are sent before the next one that is traced
        self._returned = 0  # those of them that the receiver has consumed

    @property
    def sent(self) -> int:
        """How many messages have been sent."""
        return self._allotted - self.credit - self._extra

    def put(self, data: object) -> None:
        """Pack and queue one message: the first after a flush, or after another channel's."""
        if self._large and self._put_apart(data):
            return
        pack, pending, link = self.pack, self._pending, self._link
        if not pending:
            frame = pack([self.number, data])
            if not link.scheduled:
                link.schedule()
            link.writer = self
        elif link.writer is self:
            frame = pack(data)
            if self.run is None:  # from here on it is one
                link.start = len(pending)
                self.run = pending
        else:
            frame = pack([self.number, data])
            link.end_run()
            link.writer = self
        pending.append(frame)
        self.credit -= 1
        if len(frame) > UNIT:
            self.charge(len(frame))

    def _put_apart(self, data: object) -> bool:
        """The same without copying large bytes, if there are any."""
        pieces = pack_apart(self.pack, self.number, data, LARGE)
        if pieces is None:
            self._large = False
            return False
        size = sum(map(len, pieces))
        if size > self.largest:
            raise self._too_large(size)
        extra = size >> 10
        self._extra += extra
        self.credit -= extra + 1
        link, pending = self._link, self._pending
        if pending:
            link.end_run()
        elif not link.scheduled:
            link.schedule()
        pending += pieces
        link.heavy = True
        return True

    def put_packed(self, frame: bytes) -> None:
        """Queue what is packed already, as a run of one."""
        if self.run is None:
            link, pending = self._link, self._pending
            if pending:
                link.end_run()
            elif not link.scheduled:
                link.schedule()
            pending.append(link.pack([-self.number, 1]))
            pending.append(frame)
            link.writer = self
            link.start = len(pending)
            self.run = pending
        else:
            self.run.append(frame)
        self.credit -= 1
        if len(frame) > UNIT:
            self.charge(len(frame))

    def put_run(self, chunk: bytes, count: int, extra: int) -> None:
        """Write a whole run of so many messages, which cost so much beyond one unit each."""
        self.credit -= count + extra
        self._extra += extra
        self._link.write(chunk)

    def charge(self, size: int) -> None:
        """Make a large message cost what it weighs."""
        if size >= LARGE:
            link = self._link
            self._large = link.heavy = True
            if size > self.largest:
                link.take_back()
                self.credit += 1
                raise self._too_large(size)
            link.end_run()  # what follows is looked at before it is packed
        extra = size >> 10
        self._extra += extra
        self.credit -= extra

    def _too_large(self, size: int) -> UnsendableValue:
        reason = f"{size} bytes, the limit is {self.largest} (`--setting largest_frame=…`)"
        return UnsendableValue(self._name, reason)

    async def room(self) -> None:
        """Wait until something may be sent."""
        link = self._link
        if not self.number:
            self.number = link.open_channel(self, self._path, self._name)
        if link.pending:
            link.flush()
        while True:
            link.check_sending()
            if self._allot():
                if link.sampler is not None:
                    self._trace(link.sampler)
                return
            if not self.wanted:
                return
            if self.wait.waiting:
                raise RuntimeError(f"two calls send on '{self._name}' at the same time")
            link.blocked[self] = None
            link.settle()
            try:
                await self.wait
            finally:
                link.blocked.pop(self, None)

    def _allot(self) -> bool:
        """Turn reserve into credit; whether there is any."""
        link = self._link
        self._take_back()
        if link.peer_done or link.deserted:
            self._reserve = BURST
        elif self._reserve <= (link.settings.window // 2 if self._asked is None else 0):
            self._ask()
        if self._reserve <= 0 or not link.writable:
            return False
        self.credit = min(self._reserve, LARGE_BURST if self._large else BURST)
        if link.sampler is not None:
            self.credit = min(self.credit, link.sampler.every)
        self._reserve -= self.credit
        self._allotted += self.credit
        return True

    def _trace(self, sampler: Sampler) -> None:
        """Trace the next message, if it is time for one."""
        sent = self.sent
        if sent >= self._traced:
            self._traced = sent + sampler.every
            parent = sampler.sent(self._link.peer, self._name)
            if parent:
                self._link.put_control(protocol.TRACE, self.number, parent)

    def _ask(self) -> None:
        """Have the receiver report, unless it has been asked since the latest message."""
        sent = self.sent
        if self._asked != sent:
            self._asked = sent
            self._link.ask_for_credit(self.number, sent, max(1, (sent - self._consumed) // 2))

    def _take_back(self) -> None:
        self._reserve += self.credit
        self._allotted -= self.credit
        self.credit = 0

    def granted(self, count: int) -> None:
        """The receiver has consumed that many more messages.

        They are taken to be as large as the messages on their way are on average.
        """
        on_their_way = self.sent - self._consumed
        extra = (self._extra - self._returned) * count // max(on_their_way, 1)
        self._asked = None
        self._consumed += count
        self._returned += extra
        self._reserve += count + extra
        self.wait.wake_soon()

    def refuse_stream(self, number: int) -> None:
        """The receiver has closed a stream; whoever waits for credit need not."""
        super().refuse_stream(number)
        self.wait.wake_soon()
        if self.fan is not None:
            self.fan.look()

    def stop(self) -> None:
        """Make the next send look at the link's state, which has changed for the worse."""
        self._take_back()
        self.wait.wake_soon()
        if self.fan is not None:
            self.fan.look()
