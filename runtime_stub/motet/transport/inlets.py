"""The receiving end of one channel from one peer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from motet.ports import Inlet, Streams
from motet.transport.waits import Notice, Wait

if TYPE_CHECKING:
    from motet.transport.link import Link


class LinkInlet(Wait, Inlet):
    """The link appends to `items`; whoever waits is woken when a whole read has been queued.

    Nothing is counted message by message. The sender hears what has been consumed (a grant) when
    it has asked, and it says how many messages it had sent by then: all of them have come, and
    those that are not in `items` have been consumed.
    """

    __slots__ = (
        "_asked",
        "_closed",
        "_discards",
        "_grant",
        "_keeps",
        "_link",
        "_number",
        "_owing",
        "_reported",
        "_sent",
        "gulp",
        "items",
        "streams",
        "waiter",
    )

    def __init__(self, link: Link) -> None:
        super().__init__(link.loop)
        self.items: deque[object] = deque()
        self.waiter: Wait | None = None
        """What to wake when something arrives, or nothing will any more."""
        self.gulp = 1
        """How many messages of a run the link takes in at a time; it learns from their size."""
        self.streams = Streams()
        self._number = 0  # the channel's, once the sender has announced it
        self._closed: int | None = None  # the latest stream that was closed
        self._link = link
        self._owing = link.owing
        self._discards = 0  # late answers to drop
        self._keeps = False  # whether what has come counts as consumed
        self._sent = 0  # messages that had come when the sender asked
        self._asked = 0  # how many of them it wants to have consumed before it hears of it
        self._reported = 0  # messages that it knows to be consumed
        self._grant: Callable[[int], None]

    @property
    def gone(self) -> bool:
        """Whether the peer has left and the run goes on without it."""
        return self._link.gone

    def wait(self) -> Wait:
        """What the receiving task must yield."""
        if self._link.over or self._owing or self.waiter is not None:
            self._before_waiting()
        self.waiter = self
        self._asyncio_future_blocking = True
        return self

    def wake_first(self, waiter: Wait) -> None:
        """Have `waiter` woken by the next message; raise if none will come."""
        self._before_waiting()
        self.waiter = waiter

    def _before_waiting(self) -> None:
        self._link.check_receiving()
        if self.waiter is not None and self.waiter.waiting:
            raise RuntimeError("two calls receive from the same channel at the same time")
        self._link.settle()

    def watch(self, arrived: Callable[[], None]) -> None:
        """Have `arrived` called by the next message."""
        if self.items:
            self._link.loop.call_soon(arrived)
        else:
            self.wake_first(Notice(self._link.loop, arrived))

    def opened(self, number: int) -> None:
        """The sender has given the channel a number."""
        self._number = number
        if self._closed is not None:
            self._link.refuse_stream(number, self._closed)

    def close(self) -> None:
        """Tell the sender that it may stop; drop what is there and what comes; resume who waits for more."""
        self._closed = self.streams.over
        self.streams.close()
        if self._number:
            self._link.refuse_stream(self._number, self._closed)
        if self.waiter is self:
            self.wake_soon()
        self._drop_closed()

    def _drop_closed(self) -> None:
        self.streams.drop_from(self.items)
        self._link.settle()
        self.waiter = Dropper(self._link.loop, self._drop_closed) if self.streams.stale else None

    def keep_all(self) -> None:
        """Grant what has come, taken or not."""
        self._keeps = True

    def discard_next(self) -> None:
        """Drop one message, here or to come."""
        self._discards += 1

    def drop_late(self) -> None:
        """Drop what has come of what is to be dropped."""
        while self._discards and self.items:
            self.items.popleft()
            self._discards -= 1

    def report_consumed(self, sent: int, asked: int, grant: Callable[[int], None]) -> None:
        """The sender is low on credit, having sent `sent` messages.

        Call `grant` when `asked` of them have been consumed that it does not know of.
        """
        self._sent = sent
        self._asked = asked
        self._grant = grant
        self._owing[self] = None
        self.settle()

    def settle(self) -> None:
        """Grant what the sender has asked for, if it has been consumed by now."""
        self.drop_late()
        left = 0 if self._keeps else len(self.items)
        consumed = self._sent - left - self._reported
        if consumed >= self._asked:
            self._reported += consumed
            self._owing.pop(self, None)
            self._grant(consumed)

    def tolerate(self) -> None:
        """A quorum goes on without this peer."""
        self._link.tolerated = True


class Dropper(Notice):
    """Drops what comes of a closed stream, until somebody reads the next one."""

    __slots__ = ()

    @property
    def waiting(self) -> bool:
        """Nobody waits; whoever reads the next stream takes its place."""
        return False
