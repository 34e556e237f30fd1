"""Memory connections that break: after a random number of bytes, in the middle of anything."""

from __future__ import annotations

from random import Random

from motet.transport.connection import Connection
from motet.transport.memory import MemoryCarrier, MemoryTransport


class FlakyTransport(MemoryTransport):
    """Delivers in fragments, and after `lifetime` bytes not at all."""

    def __init__(self, connection: Connection, random: Random, lifetime: int) -> None:
        super().__init__(connection)
        self._random = random
        self._lifetime = lifetime

    def write(self, data: bytes) -> None:
        while data:
            size = min(self._random.randint(1, 5000), self._lifetime, len(data))
            super().write(data[:size])
            self._lifetime -= size
            data = data[size:]
            if not self._lifetime:
                self.cut()
                return

    def cut(self) -> None:
        """Break both directions, after what is on its way."""
        self._loop.call_soon(self.abort)


class FlakyCarrier(MemoryCarrier):
    """Makes connections that break; the first ones soon, the last one never."""

    def __init__(self, seed: int, cuts: int) -> None:
        super().__init__()
        self._random = Random(seed)
        self.cuts = cuts

    def transport(self, end: Connection) -> MemoryTransport:
        if not self.cuts:
            return MemoryTransport(end)
        self.cuts -= 1
        # Short lives cut hellos and control frames, long ones cut runs of messages.
        longest = self._random.choice([50, 500, 5000, 50_000])
        return FlakyTransport(end, self._random, self._random.randint(1, longest))
