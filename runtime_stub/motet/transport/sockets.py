"""Sockets, read and written straight from the loop's readiness callbacks.

asyncio's own transports cost as much per message as everything else here together, and copy what
the kernel does not take at once. This does the same with the socket itself: one `recv_into` per
readiness, one `send` (or `sendmsg`, for many large pieces) per flush, and what is left over waits
as views of what was given.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections import deque
from collections.abc import Sequence
from itertools import islice
from mmap import mmap
from typing import Final, Protocol

READ_SIZE: Final = 256 * 1024
WRITE_HIGH: Final = 128 * 1024
WRITE_LOW: Final = 96 * 1024
"""Bytes waiting to be written at which senders are stopped, and let go again: with more, and further apart, sender and
receiver take turns instead of working at the same time."""

PIECES: Final = 64
"""How many pieces are given to the kernel in one call."""

EXHAUSTED: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
RETRY: Final = 0.5
"""Seconds to wait when the system has no room for another connection."""

log = logging.getLogger("motet")


class Receiver(Protocol):
    """Who a transport works for: a connection."""

    def receive(self, data: memoryview | bytes, /) -> None:
        """Bytes have come."""

    def pause_writing(self) -> None:
        """Too much waits to be written."""

    def resume_writing(self) -> None:
        """It has been written."""

    def connection_lost(self, exc: Exception | None) -> None:
        """The end: of the other side if there is no exception."""


def new_room() -> memoryview:
    """Room to read into; what has been read is used up before anything else is."""
    return memoryview(mmap(-1, READ_SIZE))  # the kernel gives memory as it is needed


class SocketTransport:
    """One connected socket. All of one loop may share the room that they read into."""

    def __init__(self, connected: socket.socket, receiver: Receiver, room: memoryview) -> None:
        self._socket = connected
        self._number = connected.fileno()  # a loop that does not know a socket would describe it
        self._receiver = receiver
        self._loop = asyncio.get_running_loop()
        self._view = room
        self._recv_into = connected.recv_into
        self._send = connected.send
        self._sendmsg = connected.sendmsg
        self._backlog: deque[memoryview] = deque()
        self._waiting = 0  # bytes in the backlog
        self._paused = False
        self._closing = False
        self._lost = False
        self._broken: OSError | None = None  # why nothing can be written any more
        connected.setblocking(False)

    def start(self) -> None:
        """Read from now on."""
        stock = isinstance(self._loop, asyncio.SelectorEventLoop)
        self._loop.add_reader(self._number, self._readable if stock else self._drain)

    def write(self, data: bytes) -> None:
        """Send, now or as soon as the kernel takes it."""
        if self._backlog or self._closing or self._broken:
            self._keep(data)
            return
        send = self._send
        try:
            sent = send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as problem:
            self._stop_writing(problem)
            return
        if sent < len(data):
            self._keep(memoryview(data)[sent:])

    def write_all(self, pieces: Sequence[bytes]) -> None:
        """Send several pieces, without joining them first."""
        if self._lost or self._broken:
            return
        size = sum(map(len, pieces))
        sent = 0
        if not self._backlog:
            try:
                sent = self._sendmsg(pieces if len(pieces) <= PIECES else pieces[:PIECES])
            except (BlockingIOError, InterruptedError):
                pass
            except OSError as problem:
                self._stop_writing(problem)
                return
            if sent == size:
                return
            self._loop.add_writer(self._number, self._writable)
        self._backlog.extend(map(memoryview, pieces))
        self._waiting += size - sent
        self._drop(sent)
        self._pause_if_full()

    def close(self) -> None:
        """Close when everything has been written."""
        if not self._closing:
            self._closing = True
            self._loop.remove_reader(self._number)
            if not self._backlog:
                self.lose(None)

    def abort(self) -> None:
        """Close at once."""
        self.lose(None)

    def lose(self, problem: Exception | None) -> None:
        """The same, because of a problem."""
        if self._lost:
            return
        self._lost = self._closing = True
        self._backlog.clear()
        self._waiting = 0
        self._loop.remove_reader(self._number)
        self._loop.remove_writer(self._number)
        self._loop.call_soon(self._end, problem)

    def _readable(self) -> bool:
        """Read once; whether there was something."""
        recv_into, view = self._recv_into, self._view
        try:
            size = recv_into(view)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as problem:
            self.lose(problem)
            return False
        if size:
            receive = self._receiver.receive
            receive(view[:size])
            return True
        self.lose(self._broken)
        return False

    def _drain(self) -> None:
        """Read until nothing is left: uvloop tells of a broken connection once, before its data."""
        if not self._closing and self._readable():
            self._loop.call_soon(self._drain)

    def _keep(self, data: bytes | memoryview) -> None:
        if self._lost or self._broken:
            return
        if not self._backlog:
            self._loop.add_writer(self._number, self._writable)
        self._backlog.append(memoryview(data))
        self._waiting += len(data)
        self._pause_if_full()

    def _pause_if_full(self) -> None:
        if self._waiting > WRITE_HIGH and not self._paused:
            self._paused = True
            self._receiver.pause_writing()

    def _writable(self) -> None:
        self._write_backlog()
        if self._paused and self._waiting < WRITE_LOW:
            self._paused = False
            self._receiver.resume_writing()
        if not self._backlog:
            self._loop.remove_writer(self._number)
            if self._closing:
                self.lose(None)

    def _write_backlog(self) -> None:
        try:
            sent = self._sendmsg(list(islice(self._backlog, PIECES)))
        except (BlockingIOError, InterruptedError):
            return
        except OSError as problem:
            self._stop_writing(problem)
            return
        self._waiting -= sent
        self._drop(sent)

    def _drop(self, sent: int) -> None:
        backlog = self._backlog
        while sent:
            first = backlog[0]
            if sent < len(first):
                backlog[0] = first[sent:]
                return
            sent -= len(first)
            backlog.popleft()

    def _stop_writing(self, problem: OSError) -> None:
        """Drop what cannot be written; what the other side has said before can still be read."""
        self._broken = problem
        self._backlog.clear()
        self._waiting = 0
        self._loop.remove_writer(self._number)
        if self._closing:
            self.lose(problem)

    def _end(self, problem: Exception | None) -> None:
        self._socket.close()
        self._receiver.connection_lost(problem)


class SocketListener:
    """A listening socket; every connection it accepts is given to `accepted`."""

    def __init__(self, listening: socket.socket, accepted: Accepted) -> None:
        self._socket = listening
        self._accepted = accepted
        self._loop = asyncio.get_running_loop()
        listening.setblocking(False)
        self._listen()

    def close(self) -> None:
        """Accept no more."""
        number = self._socket.fileno()
        if number >= 0:
            self._loop.remove_reader(number)
            self._socket.close()

    def _listen(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.add_reader(self._socket.fileno(), self._readable)

    def _readable(self) -> None:
        for _ in range(16):
            try:
                connected, _ = self._socket.accept()
            except OSError as problem:  # none left, or one that has gone already, or no room for it
                if problem.errno in EXHAUSTED:
                    log.warning("no connection is accepted for now: %s", problem.strerror)
                    self._loop.remove_reader(self._socket.fileno())
                    self._loop.call_later(RETRY, self._listen)
                return
            self._accepted(connected)


class Accepted(Protocol):
    """What to do with an accepted connection."""

    def __call__(self, connected: socket.socket, /) -> None: ...
