"""By hand: asyncio protocols and msgpack. Nothing is checked or acknowledged.

Batches are joined to writes of some 64 KiB; a sender stops when its socket is full.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import msgpack

from nodes import Batch, Payload, Run, checked, payload

FULL = 64 * 1024
ROOM = 256 * 1024
Fold = Callable[[int, Batch], int]


def node(run: Run, member: int | None) -> Callable[[], object]:
    return _node(run, member, payload(run.program))


def checked_node(run: Run, member: int | None) -> Callable[[], object]:
    return _node(run, member, checked(run.program))


def _node(run: Run, member: int | None, what: Payload) -> Callable[[], object]:
    def fold(total: int, batch: Batch) -> int:
        return what.total(total, what.decode(batch))

    def frames() -> Iterable[bytes]:
        pack = msgpack.Packer().pack
        yield from (pack(what.encode(batch)) for batch in what.batches(run.count))
        yield pack([])

    if member is None and run.leader_sends:
        main = partial(lead_and_send, run, frames)
    elif member is None:
        main = partial(lead, run, fold)
    elif run.leader_sends:
        main = partial(follow_and_fold, run, fold)
    else:
        main = partial(follow, run, frames)
    return lambda: asyncio.run(main())


class Receiver(asyncio.BufferedProtocol):
    """Folds until the sender says that it is done."""

    def __init__(self, fold: Fold, ended: Callable[[], None]) -> None:
        self._unpacker = msgpack.Unpacker()
        self._room = memoryview(bytearray(ROOM))
        self._fold = fold
        self._ended = ended
        self.result = 0

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        self._unpacker.feed(self._room[:nbytes])
        for batch in self._unpacker:
            if not batch:
                self._ended()
            self.result = self._fold(self.result, batch)


class Sender(asyncio.Protocol):
    """Writes, and waits when the socket is full."""

    def __init__(self, come: Callable[[Sender], None] = lambda sender: None) -> None:
        self._come = come
        self.free = asyncio.Event()
        self.gone = asyncio.Event()
        self.free.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.write = transport.write
        self._come(self)

    def pause_writing(self) -> None:
        self.free.clear()

    def resume_writing(self) -> None:
        self.free.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.gone.set()


async def send(to: Sequence[Sender], frames: Callable[[], Iterable[bytes]]) -> None:
    """Send all, and wait until everybody has gone."""
    waiting, size = [], 0
    for frame in frames():
        waiting.append(frame)
        size += len(frame)
        if size >= FULL:
            await write(to, b"".join(waiting))
            waiting.clear()
            size = 0
    await write(to, b"".join(waiting))
    for sender in to:
        await sender.gone.wait()


async def write(to: Sequence[Sender], data: bytes) -> None:
    for sender in to:
        sender.write(data)
        if not sender.free.is_set():
            await sender.free.wait()


async def lead(run: Run, fold: Fold) -> None:
    done = asyncio.Semaphore(0)
    server = await listen(lambda: Receiver(fold, done.release), run.leader)
    for _ in run.workers:
        await done.acquire()
    server.close()


async def lead_and_send(run: Run, frames: Callable[[], Iterable[bytes]]) -> None:
    found: asyncio.Queue[Sender] = asyncio.Queue()
    server = await listen(lambda: Sender(found.put_nowait), run.leader)
    await send([await found.get() for _ in run.workers], frames)
    server.close()


async def follow(run: Run, frames: Callable[[], Iterable[bytes]]) -> None:
    await send([await connect(Sender, run.leader)], frames)


async def follow_and_fold(run: Run, fold: Fold) -> None:
    done = asyncio.Event()
    await connect(lambda: Receiver(fold, done.set), run.leader)
    await done.wait()


async def listen(protocol: Callable[[], Any], address: str) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    kind, _, where = address.partition(":")
    if kind == "unix":
        return await loop.create_unix_server(protocol, where)
    host, _, port = where.partition(":")
    return await loop.create_server(protocol, host, int(port))


async def connect(protocol: Callable[[], Any], address: str) -> Any:
    loop = asyncio.get_running_loop()
    kind, _, where = address.partition(":")
    host, _, port = where.partition(":")
    while True:
        try:
            if kind == "unix":
                return (await loop.create_unix_connection(protocol, where))[1]
            return (await loop.create_connection(protocol, host, int(port)))[1]
        except OSError:  # it does not listen yet
            await asyncio.sleep(0.01)
