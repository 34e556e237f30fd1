"""A link: what one node and one peer say to each other, over however many connections.

Each direction is one stream of bytes that survives its connections: the hello of a connection says
how many bytes have arrived, and the peer goes on with the next one. Sending: messages are packed
into `pending`, joined and written once per loop iteration, and kept until they are acknowledged.
Receiving: what is in a read is queued, the tasks that waited for it run on the spot, and what they
send leaves in one write.
"""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Callable
from enum import Enum
from itertools import islice
from typing import Any, Final

from motet.errors import MotetError, PeerLost
from motet.packing import new_packer, new_unpacker, unpack_whole
from motet.ports import FOREVER, NodeId
from motet.transport import protocol
from motet.transport.connection import Connection, explain
from motet.transport.inlets import LinkInlet
from motet.transport.outlets import LARGE, LinkOutlet
from motet.transport.protocol import GarbageError, ProtocolError, TruncatedFrame
from motet.transport.resume import Sent
from motet.transport.settings import Settings
from motet.transport.sockets import READ_SIZE

log = logging.getLogger("motet")

GULP: Final = 64 * 1024
"""Bytes of a run that are taken in at a time, roughly."""

MOST: Final = 128
"""Messages of a run that are taken in at a time."""

ACK_SOON: Final = 256 * 1024
"""Bytes received after which an acknowledgement travels with the next message, if that is not large."""

ACK_NOW: Final = 1024 * 1024
"""Bytes received after which an acknowledgement is sent at once.

Less than that may stay unacknowledged for as long as nothing is said: a timer for it would be set
in the kernel, and set again, at every wait of the loop.
"""


class End(Enum):
    """Why nothing more is to be expected of a peer, nor to be sent to it."""

    LOST = "lost"
    ABORTED = "aborted"
    GONE = "gone"  # after it was done


def _write_nothing(chunk: bytes) -> None:
    """Instead of writing, while there is no connection: the next one begins with what is kept."""


class Link:
    """Everything between this node and one peer."""

    __slots__ = (
        "_acknowledged",
        "_announced",
        "_apart",
        "_changed",
        "_fed",
        "_heard_abort",
        "_inlets",
        "_keep",
        "_last",
        "_left",
        "_numbered",
        "_outlets",
        "_position",
        "_run",
        "_sent_in_life",
        "_unpacker",
        "_whole",
        "_write",
        "blocked",
        "connection",
        "deserted",
        "dispensable",
        "end",
        "failure",
        "heavy",
        "incarnation",
        "loop",
        "over",
        "owing",
        "pack",
        "peer",
        "peer_done",
        "pending",
        "problem",
        "scheduled",
        "sent",
        "settings",
        "start",
        "tolerated",
        "writer",
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
        self.peer = peer
        self.settings = settings
        self.loop = loop
        self.connection: Connection | None = None
        self.incarnation: str | None = None
        """Which process the peer is; another one would know nothing of what was said."""
        self.problem = "it never answered"
        """Why the latest connection ended or could not be made."""
        self.failure: MotetError | None = None
        self.end: End | None = None
        self.peer_done = False
        self.over = False
        """Whether nothing more can be received: see `check_receiving`."""
        self.tolerated = False
        """Whether a quorum went on without this peer."""
        self.dispensable = dispensable
        """Whether the run goes on without this peer: somebody watches who leaves its cluster."""
        self.deserted = False
        """Whether it does so now, and what is sent is dropped."""
        self.owing = owing
        """Inlets, of all links of this node, whose senders want to hear what was consumed."""
        self._changed = changed
        self._heard_abort = heard_abort

        self.pack = new_packer()
        self.pending: list[bytes] = []
        self.writer: LinkOutlet | None = None
        """Whose message is the latest of the pending ones."""
        self.heavy = False
        """Whether something large is pending."""
        self.blocked: dict[LinkOutlet, None] = {}
        self.sent = Sent()
        self._keep = self.sent.keep
        self._write: Callable[[bytes], None] = _write_nothing
        self.start = 0
        """Where in `pending` the run of the writer begins, if it has one: behind a message of its own."""
        self.scheduled = False
        """Whether what is pending will be written without further ado."""
        self._last: int | None = None  # where what this node has to say ends
        self._sent_in_life: int | None = None  # messages sent before the peer was lost
        self._outlets: dict[tuple[str, str], LinkOutlet] = {}
        self._numbered: list[LinkOutlet] = []

        self._unpacker = new_unpacker(settings.largest_frame + READ_SIZE, settings.largest_frame)
        self._position = self._unpacker.tell  # how many of the bytes that it was fed have been read
        self._run: LinkInlet  # whose messages come next
        self._left = 0  # how many of them
        self._fed = 0  # bytes received over all connections and given to the unpacker
        self._apart = 0  # those that were not
        self._acknowledged = 0  # what the peer knows of, less the latter
        self._whole = False  # whether a read seems to be one large message
        self._inlets: dict[tuple[str, str], LinkInlet] = {}
        self._announced: dict[object, LinkInlet] = {}

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
    def received(self) -> int:
        """Bytes received, over all connections."""
        return self._fed + self._apart

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

    # Sending.

    @property
    def writable(self) -> bool:
        """Whether more may be handed to the connection (or kept for the next one)."""
        return self.connection is None or self.connection.writable

    @property
    def settled(self) -> bool:
        """Whether the last thing this node has to say has arrived, or never will."""
        return self.end is not None or (self._last is not None and self.sent.known >= self._last)

    def check_sending(self) -> None:
        """Raise if nothing will ever be received there, and that matters."""
        if self.failure is not None and not self.deserted:
            raise copy.copy(self.failure)

    def end_run(self) -> None:
        """Put a header in front of the messages that have followed the writer's first one."""
        writer = self.writer
        if writer is not None:
            self.writer = None
            if writer.run is not None:
                writer.run = None
                count = len(self.pending) - self.start
                if count:
                    self.pending.insert(self.start, self.pack([-writer.number, count]))

    def take_back(self) -> None:
        """Forget the message that was queued last."""
        self.pending.pop()
        writer = self.writer
        if writer is not None and (writer.run is None or len(self.pending) == self.start):
            self.writer = writer.run = None

    def put_control(self, *content: object) -> None:
        """Queue a control frame."""
        self.end_run()
        if not self.scheduled:
            self.schedule()
        self.pending.append(self.pack([protocol.CONTROL, [*content]]))

    def put_last(self, *content: object) -> None:
        """Say the last thing, and have `changed` called when it has arrived."""
        self.put_control(*content)
        self.flush()
        self._last = self.sent.position

    def ask_for_credit(self, number: int, sent: int, count: int) -> None:
        """Ask the receiver to report when `count` more of the `sent` messages are consumed."""
        self.put_control(protocol.LOW, number, sent, count)

    def refuse_stream(self, number: int, stream: int) -> None:
        """Tell the sender that it may stop one of the channel's streams."""
        self.put_control(protocol.CLOSE, number, stream)

    def settle(self) -> None:
        """Report what has been consumed, on whichever link: a task is about to wait."""
        for inlet in tuple(self.owing):
            inlet.settle()

    def schedule(self) -> None:
        """Have what is pending written in the next iteration of the loop."""
        self.scheduled = True
        self.loop.call_soon(self._flush_scheduled)

    def _flush_scheduled(self) -> None:
        self.scheduled = False
        if self.pending:
            self.flush()

    def flush(self) -> None:
        """Write what is pending."""
        pending = self.pending
        if len(pending) == 1:  # so it is no run
            self.writer = None
            chunk = pending.pop()
        else:
            if self.writer is not None:
                self.end_run()
            if self.heavy:
                self._flush_heavy()
                return
            chunk = b"".join(pending)
            pending.clear()
        self._keep(chunk)
        self._write(chunk)

    def _flush_heavy(self) -> None:
        """Write pieces that are too large to be copied together."""
        pieces = self.pending[:]
        self.pending.clear()
        self.heavy = False
        if self.deserted:
            return
        self.sent.keep_all(pieces)
        connection = self.connection
        if connection is not None:
            connection.write_all(pieces)

    # Receiving.

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

    def read(self, data: Any) -> None:
        """Queue what has come, then run who waits for it, then write what they sent."""
        self.scheduled = True  # whatever is sent meanwhile is written at the end
        reached: LinkInlet | None = None  # the latest of those
        earlier: list[LinkInlet] | None = None
        if self._whole:
            reached = self._read_whole(data)
        if reached is None:
            self._fed = fed = self._fed + len(data)
            announced, unpacker, position = self._announced, self._unpacker, self._position
            try:
                unpacker.feed(data)
                if self._left:
                    self._read_run()
                if position() < fed:
                    for number, content in unpacker:
                        if number > 0:
                            if reached is not None:
                                (earlier := earlier or []).append(reached)
                            reached = announced[number]
                            reached.items.append(content)
                        elif number:
                            self._run = announced[-number]
                            self._left = content
                            self._read_run()
                        else:
                            self._obey(content)
                        if position() == fed:  # cheaper than to hear it from the unpacker
                            break
            except Exception as problem:
                self._reject(problem)
        if reached is not None:
            for inlet in earlier or ():
                waiter = inlet.waiter
                if waiter is not None and inlet.items:
                    inlet.waiter = None
                    waiter.wake_now()
            waiter = reached.waiter
            if waiter is not None and reached.items:
                reached.waiter = None
                callback = waiter.callback
                if callback is not None:  # as `wake_now`, inlined: it is most of what a read costs
                    waiter.callback = None
                    waiter.context.run(callback, waiter)
        if self._fed - self._acknowledged > ACK_SOON:
            self._whole = reached is not None and not earlier and len(data) > LARGE
            self._acknowledge_soon()
        self.scheduled = False
        pending = self.pending
        if len(pending) == 1:  # as `flush`, inlined
            self.writer = None
            chunk = pending.pop()
            self._keep(chunk)
            self._write(chunk)
        elif pending:
            self.flush()

    def _read_run(self) -> None:
        """Take in what has come of the current run, without looking at the messages.

        Whoever waits for them runs after a few of them: they are still in the processor's cache,
        and so few objects are alive at a time that the garbage collector has nothing to look at.
        """
        inlet, unpacker, position = self._run, self._unpacker, self._position
        items = inlet.items
        come = wanted = 0
        while self._left and come == wanted:
            before, start, wanted = len(items), position(), min(self._left, inlet.gulp)
            items.extend(islice(unpacker, wanted))
            come = len(items) - before
            self._left -= come
            if come:
                inlet.gulp = min(come * GULP // (position() - start), MOST) or 1
            if come and inlet.waiter is not None:
                waiter, inlet.waiter = inlet.waiter, None
                waiter.wake_now()

    def _reject(self, problem: Exception) -> None:
        """End it: on a new connection the peer would send the same again."""
        named = explain(problem)
        log.error("%s broke the protocol: %s: %s", self.peer, type(named).__name__, named)
        if self.connection is not None:
            self.connection.fail(named)
        self.end = End.LOST
        self.lose(PeerLost(*self.peer, f"{type(named).__name__}: {named}"))

    def _read_whole(self, data: Any) -> LinkInlet | None:
        """Read one large message from where it is, without a copy for the unpacker; None if it is not just that."""
        if not self._left and self._position() == self._fed:
            try:
                number, content = unpack_whole(data)
                if number > 0:
                    inlet = self._announced[number]
                    inlet.items.append(content)
                    self._apart += len(data)
                    self._acknowledged -= len(data)
                    return inlet
            except Exception:  # it is more or less than one, or the unpacker will say what is wrong
                pass
        self._whole = False
        return None

    def _acknowledge_soon(self) -> None:
        """With the next message, unless that is large: then it can wait for a while."""
        fresh = self._fed - self._acknowledged
        if fresh > ACK_NOW or (self.pending and not self.heavy):
            self._acknowledge()

    def _acknowledge(self) -> None:
        self._acknowledged = self._fed
        self.put_control(protocol.ACK, self.received)

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
                self.end = End.ABORTED
                self._acknowledge()
                self.loop.call_soon(self._heard_abort, rest)
            case _:
                raise GarbageError(f"unknown control frame {content!r:.80}")

    def _granter(self, number: int) -> Callable[[int], None]:
        return lambda count: self.put_control(protocol.GRANT, number, count)

    # Connections.

    def attach(self, connection: Connection, received: int) -> None:
        """Go on with a new connection, of which the peer says how much it has received."""
        for chunk in self.sent.resume(received):
            connection.write(chunk)
        self.connection = connection
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
            self._write = _write_nothing
            connection.drop()

    def resumed_writing(self) -> None:
        """Let senders look again."""
        for outlet in tuple(self.blocked):
            outlet.wait.wake_soon()

    def disconnected(self, connection: Connection, problem: ProtocolError) -> None:
        """The connection has ended; everything stays for the next one."""
        if connection is self.connection:
            self.connection = None
            self._write = _write_nothing
            if self._left or self._inside_frame():
                problem = TruncatedFrame(f"{problem}, inside a frame")
            self.problem = str(problem)
            level = logging.DEBUG if self.peer_done or self.end else logging.INFO
            kind = type(problem).__name__
            log.log(level, "connection to %s ended: %s: %s", self.peer, kind, problem)
            self.resumed_writing()
            self._changed(self)

    def _inside_frame(self) -> bool:
        try:
            self._unpacker.read_bytes(0)
        except ValueError:  # "while an object is incomplete"
            return True
        return False

    # Ends.

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
            log.warning("%s", failure)
            self.fail(failure)

    def _desert(self, failure: PeerLost) -> None:
        """From now on its streams have ended, and what is sent to it is dropped."""
        self.tolerated = True
        self._sent_in_life = self.messages
        self._keep = self._write = _write_nothing
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
            self._write = _write_nothing
            connection.close()
