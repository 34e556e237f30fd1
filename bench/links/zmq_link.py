"""pyzmq on asyncio: a pair of PAIR sockets."""

from __future__ import annotations

import asyncio
from typing import Any

import msgpack
import zmq.asyncio

from links import IN_FLIGHT, Client, Tell, codec


def _endpoint(address: str) -> str:
    kind, _, name = address.partition(":")
    return f"ipc://{name}" if kind == "unix" else f"tcp://127.0.0.1:{name}"


async def serve(address: str, size: str) -> None:
    _, encode, decode = codec(size)
    end: Any = zmq.asyncio.Context().socket(zmq.PAIR)
    end.bind(_endpoint(address))
    while True:
        kind, data = await end.recv_multipart()
        record = decode(msgpack.unpackb(data))
        if kind == b"C":
            await end.send_multipart([b"C", msgpack.packb(encode(record))])


async def connect(address: str, size: str, tell: Tell) -> Client:
    record, encode, decode = codec(size)
    end: Any = zmq.asyncio.Context().socket(zmq.PAIR)
    end.connect(_endpoint(address))

    async def send(kind: bytes) -> None:
        await end.send_multipart([kind, msgpack.packb(encode(record))])

    async def recv() -> None:
        _, data = await end.recv_multipart()
        decode(msgpack.unpackb(data))

    async def calls(count: int) -> None:
        for _ in range(count):
            await send(b"C")
            await recv()

    async def batches(count: int) -> None:
        for _ in range(count // IN_FLIGHT):
            await asyncio.gather(*(send(b"C") for _ in range(IN_FLIGHT)))
            for _ in range(IN_FLIGHT):
                await recv()

    async def one_way(count: int) -> None:
        for _ in range(count - 1):
            await send(b"W")
        await send(b"C")
        await recv()

    return Client(calls, batches, one_way)
