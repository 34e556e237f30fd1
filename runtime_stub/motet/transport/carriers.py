"""How connections are made: a `Carrier` listens and dials."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from motet.transport.addresses import Address, AddressError
from motet.transport.connection import Connection, StreamConnection

Factory = Callable[[], Connection]


class Listener(Protocol):
    """Something that accepts connections until it is closed."""

    def close(self) -> None:
        """Accept no more."""


class Carrier(Protocol):
    """Makes connections; one kind for sockets, one for memory."""

    connection: type[Connection]

    async def listen(self, address: Address, factory: Factory) -> Listener:
        """Accept connections at an address."""

    async def dial(self, address: Address, factory: Factory) -> Connection:
        """Connect to an address; `OSError` if nobody accepts."""


class SocketCarrier:
    """TCP and Unix sockets."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        on_uvloop = type(loop).__module__.partition(".")[0] == "uvloop"
        self.connection = StreamConnection if on_uvloop else Connection

    async def listen(self, address: Address, factory: Factory) -> Listener:
        """Bind, or take over a socket that is bound already (`fd:N`)."""
        loop = asyncio.get_running_loop()
        match address.kind:
            case "unix":
                remove_stale_socket(address.name)
                return await loop.create_unix_server(factory, address.name)
            case "tcp":
                return await loop.create_server(factory, address.name, address.port)
            case "fd":
                return await _listen_on(int(address.name), factory)
            case _:
                raise AddressError(f"cannot listen at {address}")

    async def dial(self, address: Address, factory: Factory) -> Connection:
        """Connect."""
        loop = asyncio.get_running_loop()
        match address.kind:
            case "unix":
                _, connection = await loop.create_unix_connection(factory, address.name)
            case "tcp":
                transport, connection = await loop.create_connection(
                    factory, address.name, address.port
                )
                keep_alive(transport.get_extra_info("socket"))
            case _:
                raise AddressError(f"cannot dial {address}")
        return connection


async def _listen_on(number: int, factory: Factory) -> Listener:
    try:
        inherited = socket.socket(fileno=number)
    except OSError as problem:
        raise AddressError(f"fd:{number} is not a socket: {problem.strerror}") from None
    loop = asyncio.get_running_loop()
    if inherited.family == socket.AF_UNIX:
        return await loop.create_unix_server(factory, sock=inherited)
    return await loop.create_server(factory, sock=inherited)


def remove_stale_socket(path: str) -> None:
    """Remove a Unix socket that nobody listens at any more; others are left for `bind` to refuse."""
    if not Path(path).is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            Path(path).unlink(missing_ok=True)
        except OSError:
            pass


def keep_alive(connected: socket.socket) -> None:
    """Let the kernel find out that the other machine is gone, however busy its process is."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
