"""Doors for clients over TCP."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from msgpack import Unpacker

from motet.doors import Door
from motet.packing import new_unpacker
from motet.ports import Fabric, NodeId
from motet.transport.addresses import Address, AddressError
from motet.transport.ledger import Ledger
from motet.transport.machines import Machines
from motet.transport.settings import Settings
from motet.transport.sockets import EXHAUSTED, RETRY
from motet.transport.visitors import CHUNK, Visitor, not_messagepack

log = logging.getLogger("motet")

ANYWHERE: Final = Address("tcp", "127.0.0.1", 0)
"""Where a door opens unless it is told: a port that the kernel chooses."""


def keep_quiet(line: str) -> None:
    """Tell nobody where a door is."""


def print_port(line: str) -> None:
    """Say where clients find a door: `port NAME tcp:HOST:PORT`."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class DoorPlan:
    """Where doors are to open, by name, and who wants to know where they have.

    `names` are what locations are called before that, where nodes share a process: no launcher says who has spoken.
    """

    addresses: Mapping[str, Address] = field(default_factory=dict)
    announce: Callable[[str], None] = keep_quiet
    names: Mapping[str, str] = field(default_factory=dict)

    def tell(self, me: NodeId, name: str, address: Address) -> None:
        """A node has opened a door."""
        line = f"port {name} {address}"
        if me.location in self.names:
            who = NodeId(self.names[me.location], me.member)
            line = f"{who} | {line}"
        self.announce(line)


class TcpDoor(Door):
    """A listening socket, and everybody who has come through it."""

    def __init__(
        self,
        fabric: Fabric,
        name: str,
        single: bool,
        plan: DoorPlan,
        settings: Settings,
        ledger: Ledger,
    ) -> None:
        super().__init__(fabric, name, single)
        self.settings = settings
        self.ledger = ledger
        self._fabric = fabric
        self._loop = asyncio.get_running_loop()
        self._visitors: dict[int, Visitor] = {}
        self._waiting: dict[int, int] = {}  # bytes of requests not taken, by client
        self._unpacker = self._new_unpacker()
        self._replied = fabric.signal()
        self._pause: asyncio.TimerHandle | None = None
        self._machines = Machines()
        self._listening = _listen(plan.addresses.get(name, ANYWHERE), name)
        host, port = self._listening.getsockname()[:2]
        self.address = Address("tcp", host, port)
        self._listen()
        plan.tell(fabric.me, name, self.address)

    # What endpoints use.

    def take(self) -> tuple[int, list[object]] | None:
        """One client and all that it has asked: what has come as bytes is read now."""
        found = super().take()
        if found is None:
            return None
        client, pieces = found
        contents: list[object] = []
        try:
            self._unpacker.feed(b"".join(cast(list[bytes], pieces)))
            contents.extend(self._unpacker)
        except Exception as problem:
            self._unpacker = self._new_unpacker()
            self.refuse(client, not_messagepack(problem))
        return client, contents

    def send(self, client: int, data: bytes) -> None:
        """Send a client its replies. One that lets too many wait, and takes none, is sent away."""
        visitor = self._visitors.get(client)
        if visitor is None:
            return
        visitor.write(data)
        most, patience = self.settings.client_replies, self.settings.client_stalls
        if visitor.backlog > most and visitor.stalled > patience and not self.single:
            visitor.evict(f"it does not read its replies: {visitor.backlog} bytes wait for it")

    async def room(self) -> None:
        """Wait until the client is there and reads."""
        while not self.closed or any(x.backlog for x in self._visitors.values()):
            await self._replied.awaited()

    def refuse(self, client: int, reason: str) -> None:
        """Send a client away."""
        visitor = self._visitors.get(client)
        if visitor is not None:
            visitor.evict(reason)

    # What visitors use.

    def asked(self, client: int, requests: bytes) -> None:
        """Requests have come."""
        size = len(requests)
        self.ledger.asked += size
        self._waiting[client] = self._waiting.get(client, 0) + size
        pieces = self._asked.get(client)
        if pieces is None:
            self._ask(client, requests)
        elif len(pieces) == 1:
            pieces.append(bytearray(requests))
        else:  # whatever follows the first is one piece: many little ones would be more than they say
            cast(bytearray, pieces[1]).extend(requests)

    def waiting(self, client: int) -> int:
        """Bytes of requests of a client that the program has not taken."""
        return self._waiting.get(client, 0)

    def read(self) -> None:
        """Have the program look at what has come."""
        if self._asked:
            self.news.wake_now()

    def left(self, client: int, reason: str | None) -> None:
        """A client is gone."""
        visitor = self._visitors.pop(client)
        if reason is not None:
            who = f"client {client} of port '{self.name}' ({visitor.peer})"
            log.warning("%s: %s is disconnected: %s", self._fabric.me, who, reason)
        self._went(client)
        self._replied.wake()

    def _taken(self, client: int) -> None:
        self.ledger.asked -= self._waiting.pop(client, 0)
        self.ledger.relax()
        if client in self._visitors:
            self._visitors[client].resume()

    def _new_unpacker(self) -> Unpacker:
        """A reader of all that one client can have asked before it is not read any more."""
        most = self.settings.client_requests + self.settings.largest_request
        return new_unpacker(most + 2 * CHUNK)

    # Coming in.

    def _listen(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listening, self._knock)

    def _knock(self) -> None:
        for _ in range(16):
            try:
                connected, peer = self._listening.accept()
            except OSError as problem:
                if problem.errno in EXHAUSTED:
                    self._hold_on(problem)
                return
            self._let_in(connected, ":".join(map(str, peer[:2])))
            if self.closed:
                return

    def _hold_on(self, problem: OSError) -> None:
        reason = problem.strerror
        log.warning("%s: port '%s' lets nobody in for now: %s", self._fabric.me, self.name, reason)
        self._loop.remove_reader(self._listening)
        self._pause = self._loop.call_later(RETRY, self._listen)

    def _let_in(self, connected: socket.socket, peer: str) -> None:
        most = self.settings.most_clients
        behind = len(self._events or ())
        if len(self._visitors) >= most or behind >= 2 * most:
            connected.close()
            text = "%s: a client of port '%s' (%s) is turned away: %d are there, %d is the most"
            log.warning(text, self._fabric.me, self.name, peer, len(self._visitors), most)
            return
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.single:
            self.stop()
        number = self._came()
        visitor = self._visitors[number] = Visitor(self, number, connected, peer)
        visitor.drained = self._replied.wake
        self._machines.watch(connected, visitor.lose)
        self._replied.wake()

    # The end.

    def stop(self) -> None:
        """Let nobody in any more."""
        if not self.closed:
            self.closed = True
            if self._pause is not None:
                self._pause.cancel()
            self._loop.remove_reader(self._listening)
            self._listening.close()

    async def drain(self) -> None:
        """Wait until everybody has been sent all replies."""
        while any(visitor.backlog for visitor in self._visitors.values()):
            await self._replied.awaited()

    def close(self) -> None:
        """Let go of everybody."""
        self.stop()
        for visitor in list(self._visitors.values()):
            visitor.close()


def _listen(address: Address, name: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.name else socket.AF_INET
    try:
        listening = socket.create_server((address.name, address.port), family=family, backlog=512)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).partition(" (while")[0]  # which Python adds
        raise AddressError(f"port '{name}' cannot open at {address}: {reason}") from None
    listening.setblocking(False)
    return listening
