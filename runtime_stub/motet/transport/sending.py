"""What a link says: the sending half.

Messages are packed into `pending`, joined and written once per loop iteration, and kept until they
are acknowledged.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

from motet.errors import MotetError
from motet.packing import new_packer
from motet.ports import NodeId
from motet.transport import protocol
from motet.transport.connection import Connection
from motet.transport.protocol import End
from motet.transport.resume import Sent
from motet.transport.samples import Sampler
from motet.transport.settings import Settings

if TYPE_CHECKING:
    from motet.transport.inlets import LinkInlet
    from motet.transport.outlets import LinkOutlet


def write_nothing(chunk: bytes) -> None:
    """Instead of writing, while there is no connection: the next one begins with what is kept."""


class Sending:
    """The way to one peer: what is queued, written, and kept until it has arrived."""

    __slots__ = (
        "_keep",
        "_last",
        "_write",
        "blocked",
        "connection",
        "deserted",
        "end",
        "failure",
        "heavy",
        "loop",
        "owing",
        "pack",
        "peer",
        "pending",
        "sampler",
        "scheduled",
        "sent",
        "settings",
        "start",
        "writer",
    )

    def __init__(
        self,
        peer: NodeId,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        owing: dict[LinkInlet, None],
    ) -> None:
        self.peer = peer
        self.settings = settings
        self.loop = loop
        self.owing = owing
        """Inlets, of all links of this node, whose senders want to hear what was consumed."""
        self.connection: Connection | None = None
        self.failure: MotetError | None = None
        self.end: End | None = None
        self.deserted = False
        """Whether the run goes on without this peer, and what is sent to it is dropped."""
        self.pack = new_packer()
        self.pending: list[bytes] = []
        self.writer: LinkOutlet | None = None
        """Whose message is the latest of the pending ones."""
        self.heavy = False
        """Whether something large is pending."""
        self.blocked: dict[LinkOutlet, None] = {}
        self.sent = Sent()
        self._keep = self.sent.keep
        self._write: Callable[[bytes], None] = write_nothing
        self.start = 0
        """Where in `pending` the run of the writer begins, if it has one: behind a message of its own."""
        self.sampler: Sampler | None = None
        """Who is told of some messages, if anybody is."""
        self.scheduled = False
        """Whether what is pending will be written without further ado."""
        self._last: int | None = None  # where what this node has to say ends

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

    def write(self, chunk: bytes) -> None:
        """Write what is complete in itself, after what is pending."""
        if self.pending:
            self.end_run()
            self.pending.append(chunk)
            self.flush()
        else:
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
