"""The receiving end of one channel from one peer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from motet.ports import Inlet
from motet.transport.waits import Wait

if TYPE_CHECKING:
    from motet.transport.link import Link


class LinkInlet(Inlet):
    """Messages move in batches: the link appends to `arrived`, `refill` makes them `items`.

    So a batch is counted when it is taken, not message by message. A batch counts as consumed when
    the next one is asked for; the sender hears of it (a grant) only after it has asked.
    """

    __slots__ = ("_batch", "_consumed", "_discards", "_link", "_own", "_wanted", "arrived", "wait")

    def __init__(self, link: Link, own: Wait) -> None:
        super().__init__()
        self.arrived: list[object] = []
        self.wait: Wait | None = None
        self._link = link
        self._own = own
        self._batch = 0
        self._consumed = 0
        self._discards = 0
        self._wanted: Callable[[int], None] | None = None

    async def refill(self) -> None:
        """Wait until there is a message."""
        while not self.take():
            self.start_waiting(self._own)
            try:
                await self._own
            finally:
                self.stop_waiting()

    def take(self) -> bool:
        """Make what has arrived available; whether there is anything. Raises when nothing comes."""
        if self.items:
            return True
        self._consumed += self._batch
        self._batch = 0
        if self._wanted is not None and self._consumed:
            self._grant(self._wanted)
        if not self.arrived:
            self._link.check_receiving()
            return False
        if self._discards:
            self._drop_late()
        self._batch = len(self.arrived)
        self.items.extend(self.arrived)
        self.arrived.clear()
        return bool(self.items)

    def discard_next(self) -> None:
        """Drop one message, here or to come."""
        if self.items:
            self.items.popleft()
        else:
            self._discards += 1

    def report_consumed(self, grant: Callable[[int], None]) -> None:
        """The sender is low on credit: call `grant` with what has been consumed, when there is."""
        self._wanted = grant
        if self.wait is not None and self._consumed:
            self._grant(grant)

    def tolerate(self) -> None:
        """A quorum goes on without this peer."""
        self._link.tolerated = True

    def start_waiting(self, wait: Wait) -> None:
        """Let the link wake `wait` when something arrives, or nothing will any more."""
        if self.wait is not None:
            raise RuntimeError("two calls receive from the same channel at the same time")
        self.wait = wait
        self._link.waiting[self] = None

    def stop_waiting(self) -> None:
        """The opposite; harmless when nobody waits."""
        self.wait = None
        self._link.waiting.pop(self, None)

    def _grant(self, grant: Callable[[int], None]) -> None:
        consumed, self._consumed, self._wanted = self._consumed, 0, None
        grant(consumed)

    def _drop_late(self) -> None:
        late = min(self._discards, len(self.arrived))
        del self.arrived[:late]
        self._discards -= late
        self._consumed += late
