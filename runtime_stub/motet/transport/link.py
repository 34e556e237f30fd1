"""A link: what one node and one peer have said to each other, over however many connections.

Sending: frames are packed into `pending`, joined and written once per loop iteration, numbered by
counting, and kept until the peer has acknowledged them. Receiving: all frames of a read are queued
before any task runs; then the tasks that waited run on the spot, and what they send leaves with
the acknowledgement in one write.
"""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Callable
from enum import Enum
from typing import Any, Final

from motet.errors import MotetError, PeerLost
from motet.packing import new_packer
from motet.ports import NodeId
from motet.transport import protocol
from motet.transport.connection import Connection, explain
from motet.transport.inlets import LinkInlet
from motet.transport.outlets import LinkOutlet
from motet.transport.protocol import GarbageError, ProtocolError
from motet.transport.resume import Sent
from motet.transport.settings import Settings
from motet.transport.waits import Wait

log = logging.getLogger("motet")

ACK_MESSAGES: Final = 64
ACK_BYTES: Final = 128 * 1024


class End(Enum):
    """Why nothing more is to be expected of a peer, nor to be sent to it."""

    LOST = "lost"
    ABORTED = "aborted"
    GONE = "gone"  # after it was done


class Link:
    """Everything between this node and one peer."""

    def __init__(
        self,
        peer: NodeId,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        changed: Callable[[Link], None],
        heard_abort: Callable[[list[Any]], None],
    ) -> None:
        self.peer = peer
        self.settings = settings
        self.pack = new_packer()
        self.pending: list[bytes] = []
        self.sent = Sent()
        self.failure: MotetError | None = None
        self.peer_done = False
        self.end: End | None = None
        self.ending = False
        """Whether this node is ending, and wants to know when everything is acknowledged."""
        self.problem = "it never answered"
        """Why the latest connection ended or could not be made."""
        self.incarnation: str | None = None
        """Which process the peer is; another one would know nothing of what was said."""
        self.tolerated = False
        """Whether a quorum went on without this peer."""
        self.heard_abort = heard_abort
        self.waiting: dict[LinkInlet, None] = {}
        self.blocked: dict[LinkOutlet, None] = {}
        self.received_count = 0
        self.connection: Connection | None = None
        self._changed = changed
        self._loop = loop
        self._reading = False
        self._scheduled = False
        self._acknowledged = 0
        self._unacknowledged_bytes = 0
        self._uncounted = 0
        self._ack_timer: asyncio.TimerHandle | None = None
        self._inlets: dict[tuple[str, str], LinkInlet] = {}
        self._outlets: dict[tuple[str, str], LinkOutlet] = {}
        self._numbered: list[LinkOutlet] = []
        self._announced: dict[int, LinkInlet] = {}
        self._sinks: dict[object, Callable[[Any], object]] = {protocol.CONTROL: self._control}

    # Channels.

    def inlet(self, path: str, name: str) -> LinkInlet:
        """The inlet of a channel, made when it is first asked for at either end."""
        key = (path, name)
        if key not in self._inlets:
            self._inlets[key] = LinkInlet(self, Wait(self._loop))
        return self._inlets[key]

    def outlet(self, path: str, name: str) -> LinkOutlet:
        """The outlet of a channel."""
        key = (path, name)
        if key not in self._outlets:
            number = len(self._numbered) + 1
            self._outlets[key] = LinkOutlet(self, number, name, Wait(self._loop))
            self._numbered.append(self._outlets[key])
            self.put_control(protocol.OPEN, number, path, name)
        return self._outlets[key]

    @property
    def settled(self) -> bool:
        """Whether everything sent has arrived, or never will."""
        return self.end is not None or not (self.sent or self.pending)

    @property
    def used(self) -> bool:
        """Whether a message has travelled, in either direction."""
        return bool(self._announced) or any(outlet.sent for outlet in self._numbered)

    @property
    def messages(self) -> int:
        """How many payload messages have been sent."""
        return sum(outlet.sent for outlet in self._numbered)

    # Sending.

    @property
    def writable(self) -> bool:
        """Whether more may be handed to the connection (or kept for the next one)."""
        return self.connection is None or self.connection.writable

    def check_sending(self) -> None:
        """Raise if nothing will ever be received there."""
        if self.failure is not None:
            raise copy.copy(self.failure)

    def put_control(self, *content: object) -> None:
        """Queue a control frame."""
        self.put_control_frame(self.pack((protocol.CONTROL, content)))

    def put_control_frame(self, frame: bytes) -> None:
        """Queue a packed frame."""
        if not self.pending:
            self.schedule()
        self.pending.append(frame)

    def put_alone(self, frame: bytes) -> None:
        """Write a large frame at once, without copying it together with others."""
        self.flush()
        self.sent.keep(frame, 1)
        if self.connection is not None:
            self.connection.write(frame)

    def ask_for_credit(self, number: int) -> None:
        """Tell the receiver to report what it has consumed."""
        self.put_control(protocol.LOW, number)

    def schedule(self) -> None:
        """Have what is pending written in this iteration of the loop."""
        if not self._reading and not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._flush_scheduled)

    def _flush_scheduled(self) -> None:
        self._scheduled = False
        self.flush()

    def flush(self, ahead: bytes = b"") -> None:
        """Write what is pending, after `ahead`, which is not numbered."""
        pending = self.pending
        chunk = b"".join(pending)
        if pending:
            self.sent.keep(chunk, len(pending))
            pending.clear()
        if self.connection is not None and (chunk or ahead):
            self.connection.write(ahead + chunk if ahead else chunk)

    # Receiving.

    def check_receiving(self) -> None:
        """Raise if nothing more will ever come."""
        if self.failure is not None:
            raise copy.copy(self.failure)
        if self.peer_done:
            raise PeerLost(*self.peer, "it finished without sending what is awaited here")

    def received(self, connection: Connection, data: Any) -> None:
        """Queue what has come, then run who waits for it, then write what they sent."""
        self._reading = True
        unpacker, sinks, count = connection.unpacker, self._sinks, 0
        try:
            unpacker.feed(data)
            for number, content in unpacker:
                sinks[number](content)
                count += 1
        except Exception as problem:
            self._reject(connection, problem)
        self.received_count += count - self._uncounted
        self._uncounted = 0
        self._unacknowledged_bytes += len(data)
        if self.waiting:
            self._wake()
        self._reading = False
        behind = self.received_count - self._acknowledged
        if behind >= ACK_MESSAGES or self._unacknowledged_bytes >= ACK_BYTES:
            self.acknowledge()
            return
        if behind and self._ack_timer is None:
            self._ack_timer = self._loop.call_later(self.settings.ack_after, self._ack_late)
        if self.pending:
            self.flush()

    def _reject(self, connection: Connection, problem: Exception) -> None:
        """End it: on a new connection the peer would send the same again."""
        named = explain(problem)
        log.error("%s broke the protocol: %s: %s", self.peer, type(named).__name__, named)
        connection.fail(named)
        self.end = End.LOST
        self.fail(PeerLost(*self.peer, f"{type(named).__name__}: {named}"))

    def _wake(self) -> None:
        for inlet in tuple(self.waiting):
            if inlet.arrived and inlet.wait is not None:
                inlet.wait.wake_now()

    def _ack_late(self) -> None:
        self._ack_timer = None
        if self.received_count > self._acknowledged:
            self.acknowledge()

    def acknowledge(self) -> None:
        """Tell the peer what has arrived, in one write with what is pending."""
        self._acknowledged = self.received_count
        self._unacknowledged_bytes = 0
        self.flush(self.pack((protocol.CONTROL, (protocol.ACK, self.received_count))))

    def _control(self, content: list[Any]) -> None:
        match content:
            case [protocol.ACK, int(count)]:
                self._uncounted += 1
                self.sent.acknowledged(count)
                if self.ending and not self.sent:
                    self._changed(self)
            case [protocol.GRANT, int(number), int(count)]:
                self._numbered[number - 1].granted(count)
            case [protocol.LOW, int(number)]:
                self._announced[number].report_consumed(self._granter(number))
            case [protocol.OPEN, int(number), str(path), str(name)]:
                inlet = self.inlet(path, name)
                self._announced[number] = inlet
                self._sinks[number] = inlet.arrived.append
            case [protocol.DONE]:
                self._end_of_peer()
            case [protocol.ABORT, *rest]:
                self._unacknowledged_bytes = ACK_BYTES  # acknowledge at once
                self.end = End.ABORTED
                self._loop.call_soon(self.heard_abort, rest)
            case _:
                raise GarbageError(f"unknown control frame {content!r:.80}")

    def _granter(self, number: int) -> Callable[[int], None]:
        return lambda count: self.put_control(protocol.GRANT, number, count)

    def _end_of_peer(self) -> None:
        self.peer_done = True
        self._unacknowledged_bytes = ACK_BYTES  # acknowledge at once
        self._loop.call_soon(self._wake_all)

    # Connections.

    def attach(self, connection: Connection, received: int) -> None:
        """Go on with a new connection, of which the peer says how much it has received."""
        for chunk in self.sent.resume(received):
            connection.write(chunk)
        self.connection = connection
        self._acknowledged = self.received_count
        self._unacknowledged_bytes = 0
        connection.adopt(self, self.settings.largest_frame)
        self.flush()
        self.resumed_writing()
        self._changed(self)

    def detach(self) -> None:
        """Let go of the connection: a new one is about to take its place."""
        if self.connection is not None:
            connection, self.connection = self.connection, None
            connection.drop()

    def resumed_writing(self) -> None:
        """Let senders look again."""
        for outlet in tuple(self.blocked):
            outlet.wait.wake_soon()

    def disconnected(self, connection: Connection, problem: ProtocolError) -> None:
        """The connection has ended; everything stays for the next one."""
        if connection is self.connection:
            self.connection = None
            self.problem = str(problem)
            level = logging.DEBUG if self.peer_done or self.end else logging.INFO
            kind = type(problem).__name__
            log.log(level, "connection to %s ended: %s: %s", self.peer, kind, problem)
            self.resumed_writing()
            self._changed(self)

    # Ends.

    def fail(self, failure: MotetError, forget: bool = False) -> None:
        """Raise at everything that waits for this peer, now and later.

        What has arrived can still be received, unless it is to be forgotten.
        """
        if self.failure is not None:
            return
        self.failure = failure
        if forget:
            for inlet in self._inlets.values():
                inlet.arrived.clear()
                inlet.items.clear()
        self._wake_all()
        self._changed(self)

    def _wake_all(self) -> None:
        for inlet in tuple(self.waiting):
            if inlet.wait is not None:
                inlet.wait.wake_soon()
        for outlet in self._numbered:
            outlet.stop()
        self._changed(self)

    def close(self) -> None:
        """Let go of everything."""
        if self._ack_timer is not None:
            self._ack_timer.cancel()
        if self.connection is not None:
            connection, self.connection = self.connection, None
            connection.close()
