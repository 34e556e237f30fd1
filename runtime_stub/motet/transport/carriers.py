"""How connections are made: a `Carrier` listens and dials."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from motet.transport.addresses import Address, AddressError
from motet.transport.connection import Connection
from motet.transport.machines import Machines, is_elsewhere
from motet.transport.sockets import SocketListener, SocketTransport, new_room

UNDER_WAY: Final = 512 * 1024
"""Bytes that the kernel may hold for a peer on the same machine; it doubles this, for what it needs itself."""

CONNECT_WITHIN: Final = 3.0
"""Seconds for one attempt to connect: the kernel would ask more and more seldom, for two minutes, and at no other
address that a name stands for."""

Factory = Callable[[], Connection]
Target: TypeAlias = str | tuple[Any, ...]


class Listener(Protocol):
    """Something that accepts connections until it is closed."""

    def close(self) -> None:
        """Accept no more."""


class Carrier(Protocol):
    """Makes connections; one kind for sockets, one for memory."""

    async def listen(self, address: Address, factory: Factory) -> Listener:
        """Accept connections at an address."""

    async def dial(self, address: Address, factory: Factory) -> Connection:
        """Connect to an address; `OSError` if nobody accepts."""


class SocketCarrier:
    """TCP and Unix sockets, all of one loop."""

    def __init__(self) -> None:
        self._room = new_room()
        self._machines = Machines()

    async def listen(self, address: Address, factory: Factory) -> Listener:
        """Bind, or take over a socket that is bound already (`fd:N`)."""

        def accepted(connected: socket.socket) -> None:
            self._connect(connected, factory())

        return SocketListener(await _listening(address), accepted)

    async def dial(self, address: Address, factory: Factory) -> Connection:
        """Connect."""
        return self._connect(await connected_to(address), factory())

    def _connect(self, connected: socket.socket, connection: Connection) -> Connection:
        transport = SocketTransport(connected, connection, self._room)
        if connected.family != socket.AF_UNIX:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._machines.watch(connected, transport.lose)
            stay_in_cache(connected)
        connection.connection_made(transport)
        transport.start()
        return connection


async def connected_to(address: Address) -> socket.socket:
    """A connection; of a name that stands for several addresses, to the first one that answers."""
    *others, last = await _targets(address)
    for target in others:
        with suppress(OSError):
            return await _connected(*target)
    return await _connected(*last)


async def _connected(family: int, target: Target) -> socket.socket:
    connected = socket.socket(family, socket.SOCK_STREAM)
    connected.setblocking(False)
    try:
        async with asyncio.timeout(CONNECT_WITHIN):
            await asyncio.get_running_loop().sock_connect(connected, target)
    except TimeoutError:
        connected.close()
        raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from None
    except BaseException:
        connected.close()
        raise
    return connected


async def _listening(address: Address) -> socket.socket:
    if address.kind == "fd":
        return _inherited(int(address.name))
    try:
        if address.kind == "unix":
            remove_stale_socket(address.name)
        return _bound(*(await _targets(address))[0])
    except AddressError:
        raise
    except (OSError, ValueError) as problem:
        raise AddressError(f"cannot listen at {address}: {reason_of(problem)}") from None


def _bound(family: int, target: Target) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family != socket.AF_UNIX:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(target)
        listening.listen(128)
    except BaseException:
        listening.close()
        raise
    return listening


async def _targets(address: Address) -> list[tuple[int, Target]]:
    """What an address stands for: a family, and what sockets of that family take."""
    match address.kind:
        case "unix":
            return [(socket.AF_UNIX, address.name)]
        case "tcp":
            return await _resolved(address)
    raise AddressError(f"{address} can neither be dialed nor listened at")


async def _resolved(address: Address) -> list[tuple[int, Target]]:
    for family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):  # a number needs no resolver, nor a thread that waits for one
            socket.inet_pton(family, address.name)
            return [(family, (address.name, address.port))]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(
        address.name, address.port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
    )
    return [(family, target) for family, _, _, _, target in found]


def reason_of(problem: Exception) -> str:
    """Why there is no such connection: names and paths may be of a form that is no address at all."""
    return getattr(problem, "strerror", None) or str(problem)


def _inherited(number: int) -> socket.socket:
    try:
        return socket.socket(fileno=number)
    except OSError as problem:
        raise AddressError(f"fd:{number} is not a socket: {problem.strerror}") from None


def remove_stale_socket(path: str) -> None:
    """Remove a Unix socket that nobody listens at any more; others are left for `bind` to refuse."""
    if not Path(path).is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)  # whoever listens may have no time to accept
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            Path(path).unlink(missing_ok=True)
        except OSError:
            pass


def stay_in_cache(connected: socket.socket) -> None:
    """Bound what is under way to a peer on this machine, where no distance has to be filled.

    The kernel would let it grow to megabytes, and what leaves the processor's cache takes a third longer to copy.
    """
    with suppress(OSError):  # it has gone already, as reading will show
        if not is_elsewhere(connected):
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNDER_WAY)
