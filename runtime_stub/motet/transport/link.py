"""A link: what one node and one peer say to each other, over however many connections.

Each direction is one stream of bytes that survives its connections: the hello of a connection says
how many bytes have arrived, and the peer goes on with the next one. The two directions are in
`sending` and `receiving`; here is what is about both: channels, control frames, connections, ends.
"""

from __future__ import annotations

import asyncio
import copy
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from motet.errors import MotetError, PeerLost
from motet.ports import FOREVER, NodeId
from motet.transport import protocol
from motet.transport.connection import Connection, explain
from motet.transport.inlets import LinkInlet
from motet.transport.outlets import LinkOutlet
from motet.transport.protocol import (
    End,
    GarbageError,
    HelloRefused,
    ProtocolError,
    TruncatedFrame,
)
from motet.transport.receiving import Receiving
from motet.transport.sending import write_nothing
from motet.transport.settings import Settings

log = logging.getLogger("motet")


class Link(Receiving):
    """Everything between this node and one peer."""

    __slots__ = (
        "_changed",
        "_heard_abort",
        "_inlets",
        "_numbered",
        "_outlets",
        "_sent_in_life",
        "connections",
        "dispensable",
        "incarnation",
        "over",
        "peer_done",
        "problem",
        "tolerated",
    )

    def __init__(
        self,
        peer: NodeId,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        changed: Callable[[Link], None],
        heard_abort: Callable[[list[Any]], None],
        owing: dict[LinkInlet, None],
        dispensable: bool = False,
    ) -> None:
        super().__init__(peer, settings, loop, owing)
        self.incarnation: str | None = None
        """Which process the peer is; another one would know nothing of what was said."""
        self.problem = "it never answered"
        """Why the latest connection ended or could not be made."""
        self.connections = 0
        """How many there have been."""
        self.peer_done = False
        self.over = False
        """Whether nothing more can be received: see `check_receiving`."""
        self.tolerated = False
        """Whether a quorum went on without this peer."""
        self.dispensable = dispensable
        """Whether the run goes on without this peer: somebody watches who leaves its cluster."""
        self._changed = changed
        self._heard_abort = heard_abort
        self._inlets: dict[tuple[str, str], LinkInlet] = {}
        self._outlets: dict[tuple[str, str], LinkOutlet] = {}
        self._numbered: list[LinkOutlet] = []
        self._sent_in_life: int | None = None  # messages sent before the peer was lost

    # Channels.

    def inlet(self, path: str, name: str) -> LinkInlet:
        """The inlet of a channel, made when it is first asked for at either end."""
        key = (path, name)
        if key not in self._inlets:
            self._inlets[key] = LinkInlet(self)
        return self._inlets[key]

    def outlet(self, path: str, name: str) -> LinkOutlet:
        """The outlet of a channel."""
        key = (path, name)
        if key not in self._outlets:
            self._outlets[key] = LinkOutlet(self, path, name)
            if self.gone:
                self._outlets[key].refuse_stream(FOREVER)
        return self._outlets[key]

    def open_channel(self, outlet: LinkOutlet, path: str, name: str) -> int:
        """Announce a channel; the number that its messages have."""
        self._numbered.append(outlet)
        self.put_control(protocol.OPEN, len(self._numbered), path, name)
        return len(self._numbered)

    @property
    def used(self) -> bool:
        """Whether anything has been said, in either direction."""
        return bool(self._numbered or self._announced)

    @property
    def messages(self) -> int:
        """How many payload messages have been sent."""
        if self._sent_in_life is not None:
            return self._sent_in_life
        return sum(outlet.sent for outlet in self._numbered)

    def sent_by_channel(self) -> Counter[str]:
        """How many payload messages have been sent, by the channel's name, whatever call it belongs to."""
        counts: Counter[str] = Counter()
        for (_, name), outlet in tuple(self._outlets.items()):
            counts[name] += outlet.sent
        return counts

    def waiting_by_channel(self) -> Counter[str]:
        """How many messages have come, and have not been taken, in the same way."""
        counts: Counter[str] = Counter()
        for (_, name), inlet in tuple(self._inlets.items()):
            counts[name] += len(inlet.items)
        return counts

    @property
    def gone(self) -> bool:
        """Whether nothing more will come of a peer that the run can do without."""
        return self.deserted or (self.dispensable and self.peer_done and self.failure is None)

    def check_receiving(self) -> None:
        """Raise if nothing more will ever come."""
        if self.failure is not None:
            raise copy.copy(self.failure)
        if self.peer_done:
            raise PeerLost(*self.peer, "it finished without sending what is awaited here")

    # Control.

    def _obey(self, content: list[Any]) -> None:
        match content:
            case [protocol.ACK, int(position)]:
                self.sent.acknowledged(position)
                if self.settled:
                    self._changed(self)
            case [protocol.GRANT, int(number), int(count)]:
                self._numbered[number - 1].granted(count)
            case [protocol.LOW, int(number), int(sent), int(count)]:
                inlet = self._announced[number]
                inlet.report_consumed(sent, count, self._granter(number))
            case [protocol.OPEN, int(number), str(path), str(name)]:
                inlet = self._announced[number] = self.inlet(path, name)
                inlet.opened(number)
            case [protocol.CLOSE, int(number), int(stream)]:
                self._numbered[number - 1].refuse_stream(stream)
            case [protocol.TRACE, int(number), str(parent)]:
                self._hear_of(number, parent)
            case [protocol.DONE]:
                self.peer_done = self.over = True
                if self.dispensable:
                    self._drop_streams()
                self._acknowledge()
                self.loop.call_soon(self._wake_all)
            case [protocol.LEAVE]:
                self.end = End.GONE
                self._acknowledge()
                self.loop.call_soon(self.lose, PeerLost(*self.peer, "it was stopped"))
            case [protocol.ABORT, *rest]:
                if rest[0] is None:  # it is for us alone
                    rest = [*self.peer, *rest]
                self.end = End.ABORTED
                self._acknowledge()
                self.loop.call_soon(self._heard_abort, rest)
            case _:
                raise GarbageError(f"unknown control frame {content!r:.80}")

    def _hear_of(self, number: int, parent: str) -> None:
        """The next message of a channel is traced."""
        inlet = self._announced[number]
        if self.sampler is not None:
            name = next(name for (_, name), known in self._inlets.items() if known is inlet)
            self.sampler.arrived(self.peer, name, parent, len(inlet.items))

    def _granter(self, number: int) -> Callable[[int], None]:
        return lambda count: self.put_control(protocol.GRANT, number, count)

    # Connections.

    def attach(self, connection: Connection, received: int) -> None:
        """Go on with a new connection, of which the peer says how much it has received."""
        for chunk in self.sent.resume(received):
            connection.write(chunk)
        self.connection = connection
        self.connections += 1
        self._write = connection.write
        if self.pending:
            self.flush()
        connection.adopt(self)
        self.resumed_writing()
        self._changed(self)

    def detach(self) -> None:
        """Let go of the connection: a new one is about to take its place."""
        if self.connection is not None:
            connection, self.connection = self.connection, None
            self._write = write_nothing
            connection.drop()

    def resumed_writing(self) -> None:
        """Let senders look again."""
        for outlet in tuple(self.blocked):
            outlet.wait.wake_soon()

    def disconnected(self, connection: Connection, problem: ProtocolError) -> None:
        """The connection has ended; everything stays for the next one."""
        if connection is self.connection:
            self.connection = None
            self._write = write_nothing
            if self.inside_frame():
                problem = TruncatedFrame(f"{problem}, inside a frame")
            self.problem = str(problem)
            level = logging.DEBUG if self.peer_done or self.end else logging.INFO
            kind = type(problem).__name__
            log.log(level, "connection to %s ended: %s: %s", self.peer, kind, problem)
            self.resumed_writing()
            if isinstance(problem, HelloRefused) and problem.fatal and self.end is None:
                self.end = End.LOST
                self.lose(PeerLost(*self.peer, f"it refuses to talk: {problem}"))
            self._changed(self)

    # Ends.

    def _reject(self, problem: Exception) -> None:
        """End it: on a new connection the peer would send the same again."""
        named = explain(problem)
        reason = f"{type(named).__name__}: {named}"
        log.error("%s broke the protocol: %s", self.peer, reason)
        if self.connection is not None:
            self.put_control(protocol.ABORT, None, f"{self.peer} broke the protocol: {reason}")
            self.flush()
            self.connection.end(named)
        self.end = End.LOST
        self.lose(PeerLost(*self.peer, reason))

    def fail(self, failure: MotetError, forget: bool = False) -> None:
        """Raise at everything that waits for this peer, now and later.

        What has arrived can still be received, unless it is to be forgotten.
        """
        if self.failure is not None and not self.deserted:
            return
        self.failure = failure
        self.over = True
        self.deserted = False
        if forget:
            for inlet in self._inlets.values():
                inlet.items.clear()
        self._wake_all()

    def _wake_all(self) -> None:
        for inlet in self._inlets.values():
            waiter, inlet.waiter = inlet.waiter, None
            if waiter is not None:
                waiter.wake_soon()
        for outlet in self._numbered:
            outlet.stop()
        self._changed(self)

    def lose(self, failure: PeerLost) -> None:
        """The peer is lost: go on without it if the run can, else fail."""
        if self.dispensable and self.failure is None:
            log.warning("%s; the run goes on without it", failure)
            self._desert(failure)
        else:
            level = (
                logging.INFO if self.incarnation is None else logging.WARNING
            )  # then `open` raises it
            log.log(level, "%s", failure)
            self.fail(failure)

    def _desert(self, failure: PeerLost) -> None:
        """From now on its streams have ended, and what is sent to it is dropped."""
        self.tolerated = True
        self._sent_in_life = self.messages
        self._keep = self._write = write_nothing
        self.sent.forget()  # and know how much it was: the peer may acknowledge it still
        self.failure = failure
        self.over = self.deserted = True
        self._drop_streams()
        self._wake_all()

    def _drop_streams(self) -> None:
        for outlet in self._outlets.values():
            outlet.refuse_stream(FOREVER)

    def close(self) -> None:
        """Let go of everything."""
        if self.connection is not None:
            connection, self.connection = self.connection, None
            self._write = write_nothing
            connection.close()
