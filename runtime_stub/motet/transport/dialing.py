"""Dialing a peer, again and again, for as long as it makes sense."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Protocol

from motet.transport.addresses import Address
from motet.transport.carriers import Carrier, connected_to, reason_of
from motet.transport.connection import Connection, Host
from motet.transport.link import Link
from motet.transport.settings import Settings


class DialingHost(Host, Protocol):
    """The hub, as a dialer sees it."""

    settings: Settings

    def unreachable(self, link: Link) -> None:
        """Nobody listens there (now)."""

    def refused(self, link: Link, address: Address) -> None:
        """No process listens at its address."""


async def watch_listener(host: DialingHost, link: Link, address: Address) -> None:
    """Hold a connection to a listener, which breaks when its process ends; until its node has dialed.

    For who waits to be dialed: the kernel knows at once that a process has ended.
    """
    loop = asyncio.get_running_loop()
    pause = host.settings.retry_first
    while link.connection is None and link.end is None:
        try:
            with await connected_to(address) as probe:
                await loop.sock_recv(probe, 1)
        except (ConnectionRefusedError, FileNotFoundError):
            host.refused(link, address)
        except (OSError, ValueError):
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
        except (OSError, ValueError) as problem:
            link.problem = f"{self._address}: {reason_of(problem)}"
            if isinstance(problem, ConnectionRefusedError | FileNotFoundError):
                self._host.refused(link, self._address)
            self._host.unreachable(link)
            return False
        await connection.ended.wait()
        return connection.adopted

    def _new_connection(self) -> Connection:
        return Connection(self._host, self._link)
