"""Where clients from outside of the program come in: what every way of running has in common.

A door has a name. Behind it stand the requests that were made and not taken yet, by client, in the
order in which their clients came to have some; so nobody is served twice before others are served
once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque

from motet.ports import Fabric


class Door(ABC):
    """One named door of one node. A `single` one lets one client in, once."""

    def __init__(self, fabric: Fabric, name: str, single: bool) -> None:
        self.name = name
        self.single = single
        self.closed = False
        """Whether nobody will come any more."""
        self.news = fabric.signal(f"clients of port '{name}'")
        """Where the loop over requests waits."""
        self.moves = fabric.signal(f"clients of port '{name}'")
        """Where the loop over those who come and go waits."""
        self._asked: dict[int, list[object]] = {}
        self._present: dict[int, None] = {}
        self._next = 0  # the number of the next client
        self._events: deque[tuple[int, bool]] | None = None  # once somebody looks

    # What endpoints use.

    def take(self) -> tuple[int, list[object]] | None:
        """One client and all that it has asked, or None if there is nothing."""
        for client, contents in self._asked.items():
            del self._asked[client]
            self._taken(client)
            return client, contents
        return None

    def watch(self) -> None:
        """Tell of those who come and go from now on; all who are there have just come."""
        if self._events is None:
            self._events = deque((client, True) for client in self._present)

    def event(self) -> tuple[int, bool] | None:
        """Who came (true) or went, or None if nobody did."""
        return self._events.popleft() if self._events else None

    def has_seen(self, client: int) -> bool:
        """Whether there has ever been such a client."""
        return 0 <= client < self._next

    @property
    def over(self) -> bool:
        """Whether no request will come any more."""
        return self.closed and not self._present and not self._asked

    @abstractmethod
    def send(self, client: int, data: bytes) -> None:
        """Send a client its replies; nothing happens if it is gone. Never waits."""

    @abstractmethod
    async def room(self) -> None:
        """Wait until the only client of a single door is there and takes replies, or is gone."""

    @abstractmethod
    def refuse(self, client: int, reason: str) -> None:
        """Disconnect a client that does not keep to the rules, and say why in the log."""

    # What the doors of the different ways of running use.

    def _came(self) -> int:
        client, self._next = self._next, self._next + 1
        self._present[client] = None
        self._tell(client, True)
        return client

    def _went(self, client: int) -> None:
        if client in self._present:
            del self._present[client]
            self._tell(client, False)
            self.news.wake()  # of a single door this was the end

    def _tell(self, client: int, came: bool) -> None:
        if self._events is not None:
            self._events.append((client, came))
            self.moves.wake()

    def _ask(self, client: int, content: object) -> None:
        self._asked.setdefault(client, []).append(content)

    def _taken(self, client: int) -> None:  # noqa: B027  # not every door counts
        """Called when the requests of a client have been taken."""
