"""One client of a port, over TCP: bytes in, requests out; replies in, bytes out.

A request is kept as it came until the program takes it. What it stands for may need sixty times as much memory, so only
its end is looked for before. What is kept is kept in few pieces: an object for each of many little ones would be more
than they are. A reader, too, is more than the beginning of a small request, which is read again with what follows.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from msgpack import OutOfData, Unpacker

from motet.transport.ledger import Ledger
from motet.transport.settings import Settings

CHUNK: Final = 16 * 1024
"""Bytes that are read of a client at a time."""

PIECE: Final = 64 * 1024
"""Bytes of replies that are kept together, and let go together when the client has taken them."""

AT_ONCE: Final = 16
"""Pieces that are written to a client before others have their turn."""

SMALL: Final = 512
"""Bytes that a reader begins with; it grows with what it has to hold."""

READER: Final = Unpacker.__basicsize__
"""Bytes of a reader that has nothing to hold."""

LITTLE: Final = 4 * 1024
"""Bytes of a request that are not worth a reader."""


class Visited(Protocol):
    """The door that a client has come through."""

    settings: Settings
    ledger: Ledger

    def asked(self, client: int, requests: bytes) -> None:
        """Requests have come, one after the other."""

    def waiting(self, client: int) -> int:
        """Bytes of requests of a client that the program has not taken."""

    def read(self) -> None:
        """All that came at once has been told."""

    def left(self, client: int, reason: str | None) -> None:
        """A client is gone; with a reason, it was sent away."""


class Visitor:
    """One connected client."""

    __slots__ = (
        "_backlog",
        "_door",
        "_fed",
        "_gone",
        "_loop",
        "_part",
        "_partial",
        "_reading",
        "_replies",
        "_sent",
        "_socket",
        "_stalled",
        "_unpacker",
        "drained",
        "number",
        "peer",
    )

    def __init__(self, door: Visited, number: int, connected: socket.socket, peer: str) -> None:
        self.number = number
        self.peer = peer
        self.drained: Callable[[], None] | None = None
        """What to call when all replies have been written."""
        self._door = door
        self._socket = connected
        self._loop = asyncio.get_running_loop()
        self._backlog: deque[bytearray] = deque()
        self._replies = 0  # bytes in the backlog
        self._sent = 0  # how many of its first piece have been sent
        self._stalled = 0.0  # since when it has taken none of them
        self._unpacker: Unpacker | None = None  # while a request has come in part
        self._fed = 0  # bytes it has got
        self._part = bytearray()  # that request, as far as it has come
        self._partial = 0  # bytes of it
        self._reading = False
        self._gone = False
        door.ledger.holders[self] = None
        connected.setblocking(False)
        self.resume()

    @property
    def held(self) -> int:
        """Bytes that are here because the client is slow."""
        reader = 0 if self._unpacker is None else READER + self._partial
        return self._replies + self._partial + reader

    @property
    def backlog(self) -> int:
        """Bytes of replies that wait for the client."""
        return self._replies

    @property
    def stalled(self) -> float:
        """Seconds for which replies have waited and the client has taken none."""
        return self._loop.time() - self._stalled if self._backlog else 0.0

    # Requests.

    def resume(self) -> None:
        """Read, unless there is a reason to wait."""
        if self._gone or self._reading or self._must_wait():
            return
        self._reading = True
        self._loop.add_reader(self._socket, self._readable)

    def _must_wait(self) -> bool:
        if self._door.ledger.full:
            self._door.ledger.pause(self)
            return True
        too_many = self._door.waiting(self.number) >= self._door.settings.client_requests
        return too_many or bool(self._backlog)

    def _pause(self) -> None:
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._socket)

    def _readable(self) -> None:
        if self._must_wait():
            self._pause()
            return
        try:
            chunk = self._socket.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as problem:
            self.lose(problem)
            return
        if not chunk:
            self._leave("its connection ended inside a request" if self._partial else None)
            return
        try:
            self._unpack(chunk)
        except Exception as problem:
            self.evict(not_messagepack(problem))
        self._door.read()

    def _unpack(self, chunk: bytes) -> None:
        unpacker = self._unpacker or self._new_unpacker(self._part)
        start = done = self._fed - self._partial
        unpacker.feed(chunk)
        self._fed += len(chunk)
        try:
            while True:
                unpacker.skip()
                done = unpacker.tell()
        except OutOfData:
            pass
        finally:
            self._ask(chunk, done - start)
        self._keep(unpacker, chunk, self._fed - done)
        if self._partial > self._door.settings.largest_request:
            self.evict(f"a request of more than {self._door.settings.largest_request} bytes")

    def _ask(self, chunk: bytes, size: int) -> None:
        """Hand over so much of what has come: whole requests."""
        if size:
            whole = b"".join((self._part, chunk[: size - self._partial]))
            self._door.asked(self.number, whole)

    def _keep(self, unpacker: Unpacker, chunk: bytes, partial: int) -> None:
        """Keep the beginning of the next request, and a reader for it that has no room for what was read."""
        before = self.held
        if partial <= len(chunk):
            self._part = bytearray()
        if partial:
            self._part += chunk[-partial:]
        self._partial = partial
        if partial <= LITTLE:
            self._unpacker = None
        elif partial < len(chunk):
            self._unpacker = self._new_unpacker(self._part)
        else:
            self._unpacker = unpacker
        self._door.ledger.hold(self.held - before)

    def _new_unpacker(self, begun: bytearray) -> Unpacker:
        """A reader that has got the beginning of a request."""
        largest = self._door.settings.largest_request
        unpacker = Unpacker(read_size=SMALL, max_buffer_size=2 * (largest + CHUNK))
        unpacker.feed(begun)
        self._fed = len(begun)
        return unpacker

    # Replies.

    def write(self, data: bytes) -> None:
        """Send; what the client does not take now waits, within limits."""
        if self._gone:
            return
        sent = 0
        if not self._backlog:
            try:
                sent = self._socket.send(data)
            except (BlockingIOError, InterruptedError):
                pass
            except OSError as problem:
                self.lose(problem)
                return
        if sent < len(data):
            self._keep_reply(data[sent:])

    def _keep_reply(self, data: bytes) -> None:
        if not self._backlog:
            self._loop.add_writer(self._socket, self._writable)
            self._stalled = self._loop.time()
            self._pause()
            self._backlog.append(bytearray())
        room = max(0, PIECE - len(self._backlog[-1]))
        self._backlog[-1] += data[:room]
        for start in range(room, len(data), PIECE):
            self._backlog.append(bytearray(data[start : start + PIECE]))
        self._replies += len(data)
        self._door.ledger.hold(len(data))

    def _writable(self) -> None:
        taken = 0
        try:
            for _ in range(AT_ONCE):
                if not self._write_piece():
                    break
                taken += len(self._backlog.popleft())
                self._sent = 0
                if not self._backlog:
                    break
        except OSError as problem:
            self.lose(problem)
            return
        if taken:
            self._replies -= taken
            self._door.ledger.hold(-taken)
        if not (self._backlog or self._gone):
            self._loop.remove_writer(self._socket)
            self.resume()
            self._door.ledger.relax()
            if self.drained is not None:
                self.drained()

    def _write_piece(self) -> bool:
        """Send of the first piece what the client takes; whether that is all."""
        piece = self._backlog[0]
        try:
            with memoryview(piece) as whole, whole[self._sent :] as rest:
                sent = self._socket.send(rest)
        except (BlockingIOError, InterruptedError):
            return False
        self._sent += sent
        self._stalled = self._loop.time()
        return self._sent == len(piece)

    # The end.

    def evict(self, reason: str) -> None:
        """Disconnect it, and say why."""
        self._leave(reason)

    def lose(self, problem: OSError) -> None:
        """Nothing comes from it or reaches it any more."""
        self._leave(problem.strerror or str(problem))

    def close(self) -> None:
        """Let go of it."""
        self._leave(None)

    def _leave(self, reason: str | None) -> None:
        if self._gone:
            return
        self._gone = True
        self._pause()
        self._loop.remove_writer(self._socket)
        self._socket.close()
        ledger = self._door.ledger
        ledger.held -= self.held
        self._backlog.clear()
        self._part = bytearray()
        self._unpacker = None
        self._replies = self._partial = 0
        ledger.forget(self)
        self._door.left(self.number, reason)
        if self.drained is not None:
            self.drained()


def not_messagepack(problem: Exception) -> str:
    """Why somebody is sent away whose requests cannot be read."""
    said = ": ".join(filter(None, (type(problem).__name__, str(problem))))
    return f"what it sends is not MessagePack ({said})"
