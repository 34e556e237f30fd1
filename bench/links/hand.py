"""The same protocol by hand: callbacks, one write per loop tick, the C unpacker, no acks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgpack

from links import IN_FLIGHT, Client, Tell, codec
from links.addresses import dial, listen

CALL, WAY, LAST = 0, 1, 2
READ_SIZE = 256 * 1024


class Base:
    """One end; subclasses say what to do with a record."""

    bare = False

    def __init__(self, size: str) -> None:
        self.record, self.encode, self.decode = codec(size, self.bare)
        self.pack = msgpack.Packer(strict_types=True).pack  # exact types are packed faster
        self.unpacker = msgpack.Unpacker(max_buffer_size=1 << 26)
        self.out: list[bytes] = []
        self.scheduled = False
        self.buffer = memoryview(bytearray(READ_SIZE))
        self.writable = asyncio.Event()
        self.writable.set()

    def connection_made(self, transport: Any) -> None:
        self.write = transport.write
        transport.set_write_buffer_limits(high=1 << 20)
        self.loop = asyncio.get_running_loop()

    def connection_lost(self, exc: object) -> None:
        pass

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def send(self, kind: int, value: Any) -> None:
        self.out.append(self.pack([kind, self.encode(value)]))
        if not self.scheduled:
            self.scheduled = True
            self.loop.call_soon(self.flush)

    def flush(self) -> None:
        self.scheduled = False
        if self.out:
            self.write(b"".join(self.out))
            self.out.clear()

    def get_buffer(self, hint: int) -> memoryview:
        return self.buffer

    def buffer_updated(self, size: int) -> None:
        self.data_received(self.buffer[:size])

    def data_received(self, data: Any) -> None:
        self.unpacker.feed(data)
        self.scheduled = True
        decode, handle = self.decode, self.handle
        for kind, fields in self.unpacker:
            handle(kind, decode(fields))
        self.flush()

    def handle(self, kind: int, value: Any) -> None:
        raise NotImplementedError


class Server(Base):
    """Answers every call, and the last of the messages that go one way."""

    def handle(self, kind: int, value: Any) -> None:
        if kind != WAY:
            self.send(kind, value)


class Caller(Base):
    """Measures."""

    def handle(self, kind: int, value: Any) -> None:
        self.answered(value)

    async def calls(self, count: int) -> None:
        done = self.loop.create_future()

        def answered(value: Any) -> None:
            nonlocal count
            count -= 1
            if count:
                self.send(CALL, self.record)
            else:
                done.set_result(None)

        self.answered: Callable[[Any], None] = answered
        self.send(CALL, self.record)
        await done

    async def batches(self, count: int) -> None:
        done = self.loop.create_future()

        def answered(value: Any) -> None:
            nonlocal count
            count -= 1
            if not count:
                done.set_result(None)
            elif not count % IN_FLIGHT:
                for _ in range(IN_FLIGHT):
                    self.send(CALL, self.record)

        self.answered = answered
        for _ in range(IN_FLIGHT):
            self.send(CALL, self.record)
        await done

    async def one_way(self, count: int) -> None:
        done = self.loop.create_future()
        self.answered = done.set_result
        often = 4 if hasattr(self.record, "data") else 256
        for number in range(1, count):
            self.send(WAY, self.record)
            if not number % often:
                self.flush()
                if not self.writable.is_set():
                    await self.writable.wait()
        self.send(LAST, self.record)
        await done


def contender(protocol: type, bare: bool) -> tuple[Any, Any]:
    """`serve` and `connect` on asyncio's `Protocol` or `BufferedProtocol`."""
    server = type("TheServer", (Server, protocol), {"bare": bare})
    caller = type("TheCaller", (Caller, protocol), {"bare": bare})

    async def serve(address: str, size: str) -> None:
        await listen(address, lambda: server(size))
        await asyncio.Event().wait()

    async def connect(address: str, size: str, tell: Tell) -> Client:
        _, made = await dial(address, lambda: caller(size))
        return Client(made.calls, made.batches, made.one_way)

    return serve, connect
