"""Connections that have not said who they are: only so many at a time, with only so much that is no hello yet."""

from __future__ import annotations

from typing import Final, Protocol

from motet.transport.protocol import Crowded, ProtocolError

MOST: Final = 128
"""Strangers at a time, or two for each peer if those are more. A peer says at once who it is."""

MOST_BYTES: Final = 4 * 1024 * 1024
"""Of all of them together."""


class Stranger(Protocol):
    """A connection, as far as it is unknown."""

    def fail(self, problem: ProtocolError) -> None:
        """Close at once."""


class Strangers:
    """Who came first has to go when there are too many, who has said most when that is too much."""

    def __init__(self, peers: int) -> None:
        self._most = max(MOST, 2 * peers)
        self._said: dict[Stranger, int] = {}  # bytes of each, in the order in which they came
        self._bytes = 0

    def add(self, stranger: Stranger) -> None:
        """Somebody has connected."""
        self._said[stranger] = 0
        if len(self._said) > self._most:
            first = next(iter(self._said))
            self._send_away(first, f"{self._most} others have come since and said no hello either")

    def heard(self, stranger: Stranger, size: int) -> None:
        """Somebody has said more, which was no hello."""
        if stranger in self._said:
            self._said[stranger] += size
            self._bytes += size
        if self._bytes > MOST_BYTES:
            most = max(self._said, key=self._said.__getitem__)
            reason = f"{self._said[most]} bytes and no hello, more than from any other stranger"
            self._send_away(most, reason)

    def forget(self, stranger: Stranger) -> None:
        """Somebody is known by now, or gone."""
        self._bytes -= self._said.pop(stranger, 0)

    def _send_away(self, stranger: Stranger, reason: str) -> None:
        self.forget(stranger)
        stranger.fail(Crowded(reason))
