"""grpc.aio: unary calls; one way is a client stream. The codec is ours, there is no protobuf."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import msgpack

from links import IN_FLIGHT, Client, Tell, codec


def _target(address: str) -> str:
    kind, _, name = address.partition(":")
    return f"unix:{name}" if kind == "unix" else f"127.0.0.1:{name}"


async def serve(address: str, size: str) -> None:
    _, encode, decode = codec(size)

    def pack(record: Any) -> bytes:
        return bytes(msgpack.packb(encode(record)))

    def unpack(data: bytes) -> Any:
        return decode(msgpack.unpackb(data))

    async def call(record: Any, context: object) -> Any:
        return record

    async def stream(records: AsyncIterator[Any], context: object) -> Any:
        async for record in records:
            last = record
        return last

    handlers = {
        "Call": grpc.unary_unary_rpc_method_handler(call, unpack, pack),
        "Stream": grpc.stream_unary_rpc_method_handler(stream, unpack, pack),
    }
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("bench.Orders", handlers),)
    )
    server.add_insecure_port(_target(address))
    await server.start()
    await server.wait_for_termination()


async def connect(address: str, size: str, tell: Tell) -> Client:
    record, encode, decode = codec(size)

    def pack(value: Any) -> bytes:
        return bytes(msgpack.packb(encode(value)))

    def unpack(data: bytes) -> Any:
        return decode(msgpack.unpackb(data))

    channel = grpc.aio.insecure_channel(_target(address))
    call: Any = channel.unary_unary("/bench.Orders/Call", pack, unpack)
    stream: Any = channel.stream_unary("/bench.Orders/Stream", pack, unpack)
    await call(record, wait_for_ready=True)

    async def calls(count: int) -> None:
        for _ in range(count):
            await call(record)

    async def batches(count: int) -> None:
        for _ in range(count // IN_FLIGHT):
            await asyncio.gather(*(call(record) for _ in range(IN_FLIGHT)))

    async def one_way(count: int) -> None:
        async def records() -> AsyncIterator[Any]:
            for _ in range(count):
                yield record

        await stream(records())

    return Client(calls, batches, one_way)
