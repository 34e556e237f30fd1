"""Connections inside one process: the same protocol, and no socket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from motet.transport.addresses import Address
from motet.transport.carriers import Factory
from motet.transport.connection import Connection


class MemoryTransport:
    """One end of a connection; what is written arrives at the other in the next iteration."""

    def __init__(self, protocol: Connection) -> None:
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._other: MemoryTransport

    def join(self, other: MemoryTransport) -> None:
        """Say which one the other end is."""
        self._other = other

    def write(self, data: bytes) -> None:
        """Send."""
        if not self._closing:
            self._loop.call_soon(self._other.arrive, data)

    def write_all(self, pieces: Sequence[bytes]) -> None:
        """Send several pieces."""
        self.write(b"".join(pieces))

    def arrive(self, data: bytes) -> None:
        """Take what the other end has sent."""
        if not self._closing:
            self._protocol.receive(data)

    def close(self) -> None:
        """Close after what has been written."""
        if not self._closing:
            self._loop.call_soon(self._other.abort)
            self.abort()

    def abort(self) -> None:
        """Close at once."""
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._protocol.connection_lost, None)
            self._loop.call_soon(self._other.abort)


class MemoryListener:
    """An address that can be dialed until it is closed."""

    def __init__(self, listeners: dict[Address, Factory], address: Address) -> None:
        self._listeners = listeners
        self._address = address

    def close(self) -> None:
        """Accept no more."""
        self._listeners.pop(self._address, None)


class MemoryCarrier:
    """The connections of all nodes in one process."""

    def __init__(self) -> None:
        self._listeners: dict[Address, Factory] = {}

    @property
    def listening(self) -> Mapping[Address, Factory]:
        """Who can be dialed."""
        return self._listeners

    async def listen(self, address: Address, factory: Factory) -> MemoryListener:
        """Accept connections at an address."""
        self._listeners[address] = factory
        return MemoryListener(self._listeners, address)

    def transport(self, end: Connection) -> MemoryTransport:
        """One end of a new connection."""
        return MemoryTransport(end)

    async def dial(self, address: Address, factory: Factory) -> Connection:
        """Connect two ends."""
        if address not in self._listeners:
            raise ConnectionRefusedError(f"nobody listens at {address}")
        ends = (factory(), self._listeners[address]())
        transports = [self.transport(end) for end in ends]
        transports[0].join(transports[1])
        transports[1].join(transports[0])
        for end, transport in zip(ends, transports, strict=True):
            end.connection_made(transport)
        return ends[0]
