"""One connection: bytes in, bytes out. What they mean is the link's business."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgpack import OutOfData, Unpacker

from motet.packing import new_packer, new_unpacker, unpack_whole
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
    read_refusal,
)
from motet.transport.strangers import Strangers


class Host(Protocol):
    """Who decides about new connections: the hub of the node."""

    @property
    def hello_within(self) -> float: ...

    @property
    def strangers(self) -> Strangers: ...

    def opening(self, connection: Connection) -> Hello | None:
        """What to say first; None to hear the other first."""

    def greeted(self, connection: Connection, hello: Hello) -> None:
        """The peer has said who it is; raise `ProtocolError` to refuse it."""

    def rejected(self, connection: Connection, problem: ProtocolError) -> None:
        """A connection that no link has taken has ended."""


class Owner(Protocol):
    """Who a connection belongs to after the hello: a link."""

    def read(self, data: Any) -> None:
        """Bytes have come."""

    def resumed_writing(self) -> None:
        """The transport takes bytes again."""

    def disconnected(self, connection: Connection, problem: ProtocolError) -> None:
        """The connection has ended."""


class Transport(Protocol):
    """What carries the bytes of one connection."""

    def write(self, data: bytes, /) -> None:
        """Send."""

    def write_all(self, pieces: Sequence[bytes], /) -> None:
        """Send several pieces in order."""

    def close(self) -> None:
        """Close when everything has been sent."""

    def abort(self) -> None:
        """Close at once."""


class Connection:
    """One connection: first it reads a hello, then it belongs to a link."""

    def __init__(self, host: Host, target: object = None) -> None:
        self.host = host
        self.target = target
        """What was dialed; None for a connection that was accepted."""
        self.owner: Owner | None = None
        self.adopted = False
        """Whether a link has taken it."""
        self.quiet = False
        """Whether it is no news that this connection ends."""
        self.writable = True
        self.receive: Callable[[Any], None] = self._greet
        """What to do with bytes: first read the hello, then whatever the link does."""
        self.write: Callable[[bytes], None]
        self.write_all: Callable[[Sequence[bytes]], None]
        self.ended = asyncio.Event()
        self._transport: Transport
        self._timeout: asyncio.TimerHandle | None = None
        self._problem: ProtocolError | None = None
        self._begun = False  # whether any of the hello has come
        self._heard: bytearray | None = bytearray()  # the hello, as far as it has come
        self._unpacker: Unpacker | None = new_unpacker(HELLO_BYTES)  # finds its end

    # What the transport calls.

    def connection_made(self, transport: Transport) -> None:
        """Say hello, or wait for one."""
        self._transport = transport
        self.write = transport.write
        self.write_all = transport.write_all
        loop = asyncio.get_running_loop()
        self._timeout = loop.call_later(self.host.hello_within, self._no_hello)
        if self.target is None:
            self.host.strangers.add(self)
        hello = self.host.opening(self)
        if hello is not None:
            self.say(hello.pack())

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
        self._stop_waiting()
        self._ignore()
        self.ended.set()
        problem = self._problem or self._why(exc)
        owner, self.owner = self.owner, None
        if owner is not None:
            owner.disconnected(self, problem)
        elif not self.quiet and (self._begun or self._problem or self.target is not None):
            # of who only looks whether somebody is there nothing is said
            self.host.rejected(self, problem)

    # What the hub and the link call.

    def say(self, frame: list[object]) -> None:
        """Send a frame outside the numbering (hello)."""
        self.write(new_packer()(frame))

    def adopt(self, owner: Owner) -> None:
        """Belong to a link from now on: the peer is known."""
        self._stop_waiting()
        self.adopted = True
        self.owner = owner
        self.receive = owner.read if self.target is not None else self._hear
        rest = self._heard
        self._heard = self._unpacker = None
        if rest:
            self.receive(bytes(rest))

    def fail(self, problem: ProtocolError) -> None:
        """Close at once because the peer broke the rules."""
        self._problem = problem
        self._ignore()
        self._transport.abort()

    def end(self, problem: ProtocolError) -> None:
        """The same when everything has been written."""
        self._problem = problem
        self._ignore()
        self._transport.close()

    def refuse(self, problem: ProtocolError) -> None:
        """Tell a peer why it is not accepted, and close."""
        self._problem = problem
        self._ignore()
        if not isinstance(problem, HelloRefused) or not problem.heard:
            fatal = isinstance(problem, HelloRefused) and problem.fatal
            self.say([REFUSED, fatal, str(problem)])
        self._transport.close()

    def close(self) -> None:
        """Close when everything has been written, and forget the owner."""
        self.owner = None
        self.quiet = True
        self._ignore()
        self._transport.close()

    def drop(self) -> None:
        """Close at once and forget the owner: another connection replaces this one."""
        self.owner = None
        self.quiet = True
        self._ignore()
        self._transport.abort()

    def _ignore(self) -> None:
        # they have up to a megabyte, and the rest of this lives until it is collected
        self._unpacker = self._heard = None
        self.receive = lambda data: None

    # Before the hello.

    def _greet(self, data: Any) -> None:
        """Nothing is made of a hello before all of it is there: it may say of what follows that it is much."""
        unpacker, heard = self._unpacker, self._heard
        assert unpacker is not None
        assert heard is not None
        try:
            self._begun = True
            heard += data
            unpacker.feed(data)
            unpacker.skip()
            end = unpacker.tell()
            hello = unpack_whole(bytes(heard[:end]), max_array_len=HELLO_ITEMS)
            del heard[:end]
            self.host.greeted(self, read_hello(hello))
        except OutOfData:
            self.host.strangers.heard(self, len(data))
        except Exception as problem:
            self.refuse(explain(problem))

    def _hear(self, data: Any) -> None:
        """The first that comes after the answer to a hello: who dialed may have wanted somebody else."""
        owner = self.owner
        assert owner is not None
        self.receive = owner.read
        refusal = read_refusal(data)
        if refusal is None:
            owner.read(data)
        else:
            self.fail(refusal)

    def _no_hello(self) -> None:
        self.fail(HelloTimeout(f"no hello within {self.host.hello_within:g} s"))

    def _stop_waiting(self) -> None:
        self.host.strangers.forget(self)
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None

    def _why(self, exc: Exception | None) -> ProtocolError:
        if exc is not None:
            return ProtocolError(getattr(exc, "strerror", "") or str(exc) or type(exc).__name__)
        if self._begun and self.owner is None:
            return TruncatedFrame("the connection ended inside its first frame")
        return ProtocolError("the connection was closed")


def explain(problem: Exception) -> ProtocolError:
    """Name an error of the unpacker, or of the loop over its frames."""
    if isinstance(problem, ProtocolError):
        return problem
    if isinstance(problem, KeyError):
        return GarbageError(f"channel {problem} was never opened")
    name, said = type(problem).__name__, str(problem)
    if name == "BufferFull" or "exceeds max_" in said:
        return OversizedFrame(f"a frame is larger than allowed ({said or name})")
    return GarbageError(f"not Motet's protocol ({name}{said and f': {said}'})")
