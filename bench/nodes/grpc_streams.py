"""grpc.aio: whoever folds serves a client stream, whose messages are batches in msgpack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import grpc.aio
import msgpack

from nodes import Payload, Run, payload

STREAM = "/bench.Flows/Stream"


def node(run: Run, member: int | None) -> Callable[[], object]:
    what = payload(run.program)
    if run.sends(member):
        return lambda: asyncio.run(send(run, what))
    senders = 1 if run.leader_sends else len(run.workers)
    address = run.leader if member is None else run.workers[member]
    return lambda: asyncio.run(fold(address, senders, what))


async def fold(address: str, senders: int, what: Payload) -> None:
    done = asyncio.Semaphore(0)
    result = 0

    async def stream(batches: AsyncIterator[Any], context: object) -> bytes:
        nonlocal result
        async for batch in batches:
            result = what.total(result, what.decode(batch))
        done.release()
        return b""

    handler = grpc.stream_unary_rpc_method_handler(stream, msgpack.unpackb)
    server = grpc.aio.server()
    handlers = grpc.method_handlers_generic_handler("bench.Flows", {"Stream": handler})
    server.add_generic_rpc_handlers((handlers,))
    server.add_insecure_port(target(address))
    await server.start()
    for _ in range(senders):
        await done.acquire()
    await server.stop(grace=5)


async def send(run: Run, what: Payload) -> None:
    addresses = run.workers if run.leader_sends else (run.leader,)
    channels = [grpc.aio.insecure_channel(target(address)) for address in addresses]
    calls: list[Any] = [channel.stream_unary(STREAM)(wait_for_ready=True) for channel in channels]
    for frame in frames(run, what):
        for call in calls:
            await call.write(frame)
    for call in calls:
        await call.done_writing()
        await call
    for channel in channels:
        await channel.close()


def frames(run: Run, what: Payload) -> Iterator[bytes]:
    pack = msgpack.Packer().pack
    return (pack(what.encode(batch)) for batch in what.batches(run.count))


def target(address: str) -> str:
    kind, _, where = address.partition(":")
    return address if kind == "unix" else where
