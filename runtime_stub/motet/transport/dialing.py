"""Dialing a peer, again and again, for as long as it makes sense."""

from __future__ import annotations

import asyncio
import socket
from random import Random
from typing import Protocol

from motet.transport.addresses import Address
from motet.transport.carriers import Carrier
from motet.transport.connection import Connection, Host
from motet.transport.link import Link
from motet.transport.settings import Settings


class DialingHost(Host, Protocol):
    """The hub, as a dialer sees it."""

    settings: Settings

    def unreachable(self, link: Link) -> None:
        """Nobody listens there (now)."""

    def vanished(self, link: Link) -> None:
        """Its Unix socket belongs to no process."""


async def watch_socket(host: DialingHost, link: Link, address: Address) -> None:
    """Look whether a Unix socket still belongs to a process, until its node has come back.

    For who waits to be dialed: the kernel knows at once that a process has ended.
    """
    pause = host.settings.retry_first
    while link.connection is None and link.end is None:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            try:
                probe.connect(address.name)
            except (ConnectionRefusedError, FileNotFoundError):
                host.vanished(link)
            except OSError:
                pass
        await asyncio.sleep(pause)
        pause = min(pause * 2, host.settings.retry_longest)


class Dialer:
    """Keeps one link connected."""

    def __init__(self, host: DialingHost, link: Link, carrier: Carrier, address: Address) -> None:
        self._host = host
        self._link = link
        self._carrier = carrier
        self._address = address

    async def run(self, random: Random) -> None:
        """Dial, wait for the connection to end, pause, dial again: until the link has ended."""
        settings = self._host.settings
        pause = settings.retry_first
        while self._link.end is None:
            if await self._dial():
                pause = settings.retry_first
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, settings.retry_longest)

    async def _dial(self) -> bool:
        """One connection, to its end; whether the link has used it."""
        link = self._link
        try:
            connection = await self._carrier.dial(self._address, self._new_connection)
        except OSError as problem:
            link.problem = f"{self._address}: {problem.strerror or problem}"
            gone = isinstance(problem, ConnectionRefusedError | FileNotFoundError)
            if gone and self._address.kind == "unix":
                self._host.vanished(link)
            self._host.unreachable(link)
            return False
        await connection.ended.wait()
        return connection.adopted

    def _new_connection(self) -> Connection:
        return Connection(self._host, self._link)
