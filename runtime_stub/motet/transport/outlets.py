"""The sending end of one channel to one peer."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from motet.errors import UnsendableValue
from motet.ports import Outlet
from motet.transport.waits import Wait

if TYPE_CHECKING:
    from motet.transport.link import Link

BURST: Final = 256
"""Messages between two looks at the state of the connection."""

UNIT: Final = 1024
"""Bytes that one unit of credit stands for."""

LARGE: Final = 16 * 1024
"""Frames from this size on are written by themselves, not joined with others."""


class LinkOutlet(Outlet):
    """Packs messages into the link's current batch.

    `credit` is what may be sent before looking again, `_reserve` what the receiver allows beyond
    that. Both count units; `_large` remembers which messages cost more than one, so that the
    receiver may report consumed messages and need not know their size.
    """

    __slots__ = (
        "_allotted",
        "_asked",
        "_consumed",
        "_extra",
        "_large",
        "_link",
        "_name",
        "_number",
        "_reserve",
        "wait",
    )

    def __init__(self, link: Link, number: int, name: str, wait: Wait) -> None:
        super().__init__()
        self.wait = wait
        self._link = link
        self._number = number
        self._name = name
        self._reserve = link.settings.window
        self._asked = False
        self._allotted = 0  # units that `credit` has been given
        self._extra = 0  # units used by large messages beyond one each
        self._consumed = 0  # messages the receiver has taken
        self._large: deque[tuple[int, int]] = deque()  # ordinal of the message, extra units

    @property
    def sent(self) -> int:
        """How many messages have been sent."""
        return self._allotted - self.credit - self._extra

    def put(self, data: object) -> None:
        """Pack and queue one message."""
        link = self._link
        frame = link.pack((self._number, data))
        self.credit -= 1
        if len(frame) > UNIT:
            self._put_large(frame)
            return
        pending = link.pending
        if not pending:
            link.schedule()
        pending.append(frame)

    def _put_large(self, frame: bytes) -> None:
        link = self._link
        if len(frame) > link.settings.largest_frame:
            self.credit += 1
            limit = link.settings.largest_frame
            raise UnsendableValue(self._name, f"{len(frame)} bytes, the limit is {limit}")
        extra = len(frame) // UNIT
        self._extra += extra
        self.credit -= extra
        self._large.append((self.sent, extra))
        if len(frame) >= LARGE:
            link.put_alone(frame)
        else:
            link.put_control_frame(frame)

    async def room(self) -> None:
        """Wait until something may be sent."""
        link = self._link
        link.flush()
        while True:
            link.check_sending()
            if self._allot():
                return
            if self.wait.waiting:
                raise RuntimeError(f"two calls send on '{self._name}' at the same time")
            link.blocked[self] = None
            try:
                await self.wait
            finally:
                link.blocked.pop(self, None)

    def _allot(self) -> bool:
        """Turn reserve into credit; whether there is any."""
        link = self._link
        self._reserve += self.credit
        self._allotted -= self.credit
        self.credit = 0
        if link.peer_done:
            self._reserve = BURST
        if not self._asked and self._reserve <= link.settings.window // 2:
            self._asked = True
            link.ask_for_credit(self._number)
        if self._reserve <= 0 or not link.writable:
            return False
        self.credit = min(self._reserve, BURST)
        self._reserve -= self.credit
        self._allotted += self.credit
        return True

    def granted(self, count: int) -> None:
        """The receiver has consumed that many more messages."""
        self._asked = False
        self._consumed += count
        self._reserve += count
        large = self._large
        while large and large[0][0] <= self._consumed:
            self._reserve += large.popleft()[1]
        self.wait.wake_soon()

    def stop(self) -> None:
        """Make the next send look at the link's state, which has changed for the worse."""
        self._reserve += self.credit
        self._allotted -= self.credit
        self.credit = 0
        self.wait.wake_soon()
