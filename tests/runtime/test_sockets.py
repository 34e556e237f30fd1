"""Sockets, on loops that are not asyncio's own."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any

import pytest
from motet.transport import sockets
from motet.transport.carriers import UNDER_WAY, stay_in_cache
from motet.transport.machines import SILENCE, Machines, is_gone
from motet.transport.sockets import SocketListener, SocketTransport, new_room


class OnceLoop(asyncio.AbstractEventLoop):
    """Like uvloop: tells the reader of a broken connection once, whatever there is to read."""

    def __init__(self) -> None:
        self.ready: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        self.reader: Callable[[], Any]

    def add_reader(self, fd: Any, callback: Any, *args: Any) -> None:
        self.reader = callback

    def remove_reader(self, fd: Any) -> bool:
        return True

    def remove_writer(self, fd: Any) -> bool:
        return False

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> Any:
        self.ready.append((callback, args))

    def run_all(self) -> None:
        while self.ready:
            callback, args = self.ready.pop(0)
            callback(*args)


class Received:
    """What a transport told its receiver."""

    def __init__(self) -> None:
        self.data = b""
        self.ends: list[Exception | None] = []

    def receive(self, data: memoryview | bytes) -> None:
        self.data += data

    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...

    def connection_lost(self, exc: Exception | None) -> None:
        self.ends.append(exc)


def test_data_before_the_end_of_a_broken_connection_hides_nothing(monkeypatch) -> None:
    loop = OnceLoop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
    here, there = socket.socketpair()
    received = Received()
    transport = SocketTransport(here, received, new_room())
    transport.start()
    transport.write(b"never read")
    there.send(b"last words")
    there.close()
    loop.reader()
    loop.run_all()
    assert received.data == b"last words"
    assert len(received.ends) == 1


def test_what_is_under_way_on_one_machine_is_bounded() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as dialed:
        dialed.connect(listening.getsockname())
        stay_in_cache(dialed)
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNDER_WAY)
            assert _bound(dialed) == _bound(other)
        dialed.close()
        stay_in_cache(dialed)  # which is no news here


def _bound(connected: socket.socket) -> int:
    return connected.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)


class Exhausted(socket.socket):
    """Has no descriptor for the first who come."""

    refusals = 3

    def accept(self) -> tuple[socket.socket, Any]:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


def test_where_no_descriptor_is_left_nobody_is_accepted_for_a_while(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And nothing spins: the listener is looked at again after a pause, not in every turn of the loop."""
    monkeypatch.setattr(sockets, "RETRY", 0.01)

    async def connect() -> None:
        with Exhausted() as listening, socket.socket() as caller:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            accepted = asyncio.get_running_loop().create_future()
            listener = SocketListener(listening, accepted.set_result)
            caller.connect(listening.getsockname())
            (await accepted).close()
            listener.close()

    asyncio.run(connect())
    assert caplog.text.count("no connection is accepted for now: Too many open files") == 3


def tcp_info(resent: int = 0, asked: int = 0, silent: float = 0) -> bytes:
    """What the kernel says of a connection: what was sent since an answer, and how many seconds ago that was."""
    return struct.pack("=8B13I", 1, 0, resent, asked, *[0] * 4, *[0] * 12, int(silent * 1000))


@pytest.mark.parametrize(
    ("info", "gone"),
    [
        (tcp_info(resent=5, silent=12), True),
        (tcp_info(asked=3, silent=12), True),
        (tcp_info(silent=3600), False),  # nothing was sent
        (
            tcp_info(asked=1, silent=120),
            False,
        ),  # it takes nothing, and has answered all but the latest
        (tcp_info(resent=4, silent=6), False),  # it may come back
    ],
)
def test_a_machine_is_gone_that_does_not_answer(info: bytes, gone: bool) -> None:
    assert is_gone(info) is gone


class Elsewhere(socket.socket):
    """Connected to another machine, as far as it says."""

    info = tcp_info()

    def getsockname(self) -> Any:
        return "10.0.0.1", 4711

    def getpeername(self) -> Any:
        return "10.0.0.2", 4711

    def getsockopt(self, *_: Any) -> Any:
        return self.info


@pytest.mark.skipif(sys.platform != "linux", reason="others do not say so much of a connection")
def test_a_connection_to_a_machine_that_is_gone_ends() -> None:
    async def look_twice() -> list[Exception | None]:
        received = Received()
        machines = Machines()
        with Elsewhere() as far:
            transport = SocketTransport(far, received, new_room())
            machines.watch(far, transport.lose)
            machines.look()
            assert not received.ends
            far.info = tcp_info(resent=6, silent=13)
            machines.look()
            machines.look()
            await asyncio.sleep(0)
        return received.ends

    (end,) = asyncio.run(look_twice())
    assert isinstance(end, TimeoutError)


@pytest.mark.skipif(sys.platform != "linux", reason="others do not say so much of a connection")
def test_what_the_kernel_says_of_a_connection_is_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as dialed:
        dialed.connect(listening.getsockname())
        info = dialed.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, len(tcp_info()))
        *_, silent = struct.unpack("=8B13I", info)
        assert not is_gone(info)
        assert silent < 1000 * SILENCE
