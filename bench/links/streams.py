"""asyncio streams, a length in front of each record, msgpack."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import msgpack

from links import IN_FLIGHT, Client, Tell, codec
from links.addresses import retried

WAY, CALL = 0, 1
HEAD = struct.Struct(">IB")


class End:
    """One end of a connection."""

    def __init__(self, reader: Any, writer: Any, size: str) -> None:
        self.reader, self.writer = reader, writer
        self.record, self.encode, self.decode = codec(size)

    async def send(self, kind: int, record: Any) -> None:
        data = msgpack.packb(self.encode(record))
        self.writer.write(HEAD.pack(len(data), kind) + data)
        await self.writer.drain()

    async def recv(self) -> tuple[int, Any]:
        length, kind = HEAD.unpack(await self.reader.readexactly(HEAD.size))
        return kind, self.decode(msgpack.unpackb(await self.reader.readexactly(length)))


async def serve(address: str, size: str) -> None:
    async def talk(reader: Any, writer: Any) -> None:
        end = End(reader, writer, size)
        while True:
            kind, record = await end.recv()
            if kind == CALL:
                await end.send(CALL, record)

    kind, _, name = address.partition(":")
    if kind == "unix":
        await asyncio.start_unix_server(talk, name)
    else:
        await asyncio.start_server(talk, "127.0.0.1", int(name))
    await asyncio.Event().wait()


async def connect(address: str, size: str, tell: Tell) -> Client:
    kind, _, name = address.partition(":")
    if kind == "unix":
        pair = await retried(lambda: asyncio.open_unix_connection(name))
    else:
        pair = await retried(lambda: asyncio.open_connection("127.0.0.1", int(name)))
    end = End(*pair, size)

    async def calls(count: int) -> None:
        for _ in range(count):
            await end.send(CALL, end.record)
            await end.recv()

    async def batches(count: int) -> None:
        async def send() -> None:
            for _ in range(IN_FLIGHT):
                await end.send(CALL, end.record)

        for _ in range(count // IN_FLIGHT):
            sending = asyncio.create_task(send())  # large records fill the buffers of both sides
            for _ in range(IN_FLIGHT):
                await end.recv()
            await sending

    async def one_way(count: int) -> None:
        for _ in range(count - 1):
            await end.send(WAY, end.record)
        await end.send(CALL, end.record)
        await end.recv()

    return Client(calls, batches, one_way)
