"""One connection: bytes in, bytes out. What they mean is the link's business."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, Protocol

from msgpack import Unpacker

from motet.packing import new_packer, new_unpacker
from motet.transport.protocol import (
    HELLO_BYTES,
    HELLO_ITEMS,
    REFUSED,
    GarbageError,
    Hello,
    HelloRefused,
    HelloTimeout,
    OversizedFrame,
    ProtocolError,
    TruncatedFrame,
    read_hello,
)

READ_SIZE: Final = 256 * 1024
WRITE_HIGH: Final = 1024 * 1024
"""Bytes waiting in the transport from which on senders wait."""


class Host(Protocol):
    """Who decides about new connections: the hub of the node."""

    @property
    def hello_within(self) -> float: ...

    def opening(self, connection: Connection) -> Hello | None:
        """What to say first; None to hear the other first."""

    def greeted(self, connection: Connection, hello: Hello) -> None:
        """The peer has said who it is; raise `ProtocolError` to refuse it."""

    def rejected(self, connection: Connection, problem: ProtocolError) -> None:
        """A connection that no link has taken has ended."""


class Owner(Protocol):
    """Who a connection belongs to after the hello: a link."""

    def received(self, connection: Connection, data: Any) -> None:
        """Bytes have come."""

    def resumed_writing(self) -> None:
        """The transport takes bytes again."""

    def disconnected(self, connection: Connection, problem: ProtocolError) -> None:
        """The connection has ended."""


class Connection(asyncio.BufferedProtocol):
    """A connection on asyncio's own loop, which reads straight into one buffer."""

    def __init__(self, host: Host, target: object = None) -> None:
        self.host = host
        self.target = target
        """What was dialed; None for a connection that was accepted."""
        self.owner: Owner | None = None
        self.quiet = False
        """Whether it is no news that this connection ends."""
        self.writable = True
        self.closing = False
        self.unpacker: Unpacker = new_unpacker(HELLO_BYTES, HELLO_ITEMS)
        self.write: Callable[[bytes], None]
        self.ended = asyncio.Event()
        self._transport: asyncio.Transport
        self._timeout: asyncio.TimerHandle | None = None
        self._problem: ProtocolError | None = None
        self._buffer = memoryview(bytearray(READ_SIZE))

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello, or wait for one."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.write = transport.write
        transport.set_write_buffer_limits(high=WRITE_HIGH)
        loop = asyncio.get_running_loop()
        self._timeout = loop.call_later(self.host.hello_within, self._no_hello)
        hello = self.host.opening(self)
        if hello is not None:
            self.say(hello.pack())

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where to read into."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes have been read."""
        owner = self.owner
        if owner is not None:
            owner.received(self, self._buffer[:nbytes])
        elif not self.closing:
            self._greet(self._buffer[:nbytes])

    def pause_writing(self) -> None:
        """Make senders wait."""
        self.writable = False

    def resume_writing(self) -> None:
        """Let senders go on."""
        self.writable = True
        if self.owner is not None:
            self.owner.resumed_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever has this connection."""
        self._stop_timeout()
        self.closing = True
        self.ended.set()
        owner, self.owner = self.owner, None
        problem = self._problem or self._truncated(exc)
        if owner is not None:
            owner.disconnected(self, problem)
        elif not self.quiet:
            self.host.rejected(self, problem)

    # What the hub and the link call.

    def say(self, frame: list[object]) -> None:
        """Send a frame outside the numbering (hello)."""
        self.write(new_packer()(frame))

    def adopt(self, owner: Owner, largest_frame: int) -> None:
        """Belong to a link from now on: the peer is known, larger frames are allowed."""
        self._stop_timeout()
        rest = self.unpacker.read_bytes(HELLO_BYTES + READ_SIZE)
        self.unpacker = new_unpacker(largest_frame + READ_SIZE, largest_frame)
        self.owner = owner
        if rest:
            owner.received(self, rest)

    def fail(self, problem: ProtocolError) -> None:
        """Close at once because the peer broke the rules."""
        self._problem = problem
        self.closing = True
        self._transport.abort()

    def refuse(self, problem: ProtocolError) -> None:
        """Tell a peer why it is not accepted, and close."""
        self._problem = problem
        self.closing = True
        if not isinstance(problem, HelloRefused) or not problem.heard:
            fatal = isinstance(problem, HelloRefused) and problem.fatal
            self.say([REFUSED, fatal, str(problem)])
        self._transport.close()

    def close(self) -> None:
        """Close when everything has been written, and forget the owner."""
        self.owner = None
        self.quiet = True
        self.closing = True
        self._transport.close()

    def drop(self) -> None:
        """Close at once and forget the owner: another connection replaces this one."""
        self.owner = None
        self.quiet = True
        self.closing = True
        self._transport.abort()

    # Before the hello.

    def _greet(self, data: Any) -> None:
        try:
            self.unpacker.feed(data)
            frame = next(self.unpacker, None)
            if frame is None:
                return
            self.host.greeted(self, read_hello(frame))
        except Exception as problem:
            self.refuse(explain(problem))

    def _no_hello(self) -> None:
        self.fail(HelloTimeout(f"no hello within {self.host.hello_within:g} s"))

    def _stop_timeout(self) -> None:
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None

    def _truncated(self, exc: Exception | None) -> ProtocolError:
        if exc is not None:
            return ProtocolError(str(exc) or type(exc).__name__)
        if self.unpacker.read_bytes(1):
            return TruncatedFrame("the connection ended inside a frame")
        return ProtocolError("the connection was closed")


class StreamConnection(Connection, asyncio.Protocol):
    """A connection on uvloop, which is faster when it hands over bytes."""

    def data_received(self, data: bytes) -> None:
        """Bytes have been read."""
        owner = self.owner
        if owner is not None:
            owner.received(self, data)
        elif not self.closing:
            self._greet(data)


def explain(problem: Exception) -> ProtocolError:
    """Name an error of the unpacker, or of the loop over its frames."""
    if isinstance(problem, ProtocolError):
        return problem
    if isinstance(problem, KeyError):
        return GarbageError(f"channel {problem} was never opened")
    name = type(problem).__name__
    if name == "BufferFull" or "exceeds max_" in str(problem):
        return OversizedFrame(f"a frame is larger than allowed ({problem or name})")
    return GarbageError(f"not Motet's protocol ({name}: {problem})")
