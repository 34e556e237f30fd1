"""What the clients of one node hold in its memory, and what happens when it is too much."""

from __future__ import annotations

from typing import Final, Protocol

ROOM: Final = 16
"""The part of the limit that is free after somebody had to go."""


class Holder(Protocol):
    """A client, as far as memory is concerned."""

    @property
    def held(self) -> int:
        """Bytes that are here because it is slow: replies it does not read, half a request."""

    def resume(self) -> None:
        """Read its requests again."""

    def evict(self, reason: str) -> None:
        """Disconnect it."""


class Ledger:
    """Counts bytes. Requests wait for the program, so when there are too many, nobody is read any
    more until it has caught up; what is held for slow clients may wait for ever, so who holds most
    has to go.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.asked = 0
        """Bytes of requests that wait for the program."""
        self.held = 0
        """Bytes that wait for clients."""
        self.holders: dict[Holder, None] = {}
        """All clients."""
        self._paused: dict[Holder, None] = {}

    @property
    def full(self) -> bool:
        """Whether nothing more should be read."""
        return self.asked + self.held >= self.limit

    def pause(self, holder: Holder) -> None:
        """Have a client read again when there is room."""
        self._paused[holder] = None

    def forget(self, holder: Holder) -> None:
        """A client has gone."""
        self.holders.pop(holder, None)
        self._paused.pop(holder, None)
        self.relax()

    def hold(self, size: int) -> None:
        """More (or less) is held for a client."""
        self.held += size
        if self._is_held(self.limit):
            self._make_room()

    def _is_held(self, most: int) -> bool:
        """Whether there is more than that, and the clients' slowness the greater part of the limit."""
        return self.asked + self.held >= most and self.held > self.limit // 2

    def _make_room(self) -> None:
        """Send away who holds most, and whoever follows until there is some room: to compare 100,000 takes a while."""
        goal = self.limit - self.limit // ROOM
        for most in sorted(self.holders, key=_held, reverse=True):
            if not self._is_held(goal):
                break
            most.evict(
                f"{most.held} bytes are kept for it, more than for any other, and all clients "
                f"together may have {self.limit}"
            )

    def relax(self) -> None:
        """Read everybody again, if there is room now."""
        if self._paused and self.asked + self.held < self.limit * 3 // 4:
            paused, self._paused = self._paused, {}
            for holder in paused:
                holder.resume()


def _held(holder: Holder) -> int:
    return holder.held
