"""RPyC: remote calls with our codec's bytes; one way is an asynchronous call without an answer."""

from __future__ import annotations

import asyncio
from typing import Any

import msgpack
import rpyc
from rpyc.utils.server import ThreadedServer

from links import IN_FLIGHT, Client, Tell, codec


async def serve(address: str, size: str) -> None:
    _, encode, decode = codec(size)

    class Orders(rpyc.Service):
        def exposed_call(self, data: bytes) -> bytes:
            return bytes(msgpack.packb(encode(decode(msgpack.unpackb(data)))))

        def exposed_way(self, data: bytes) -> None:
            decode(msgpack.unpackb(data))

    kind, _, name = address.partition(":")
    where: dict[str, Any] = {"socket_path": name} if kind == "unix" else {"port": int(name)}
    ThreadedServer(Orders(), **where).start()


async def connect(address: str, size: str, tell: Tell) -> Client:
    record, encode, decode = codec(size)
    kind, _, name = address.partition(":")
    while True:
        try:
            made: Any = (
                rpyc.utils.factory.unix_connect(name)
                if kind == "unix"
                else rpyc.connect("127.0.0.1", int(name))
            )
            break
        except OSError:
            await asyncio.sleep(0.05)
    call, way = made.root.call, rpyc.async_(made.root.way)
    later = rpyc.async_(call)

    def pack() -> bytes:
        return bytes(msgpack.packb(encode(record)))

    async def calls(count: int) -> None:
        for _ in range(count):
            decode(msgpack.unpackb(call(pack())))

    async def batches(count: int) -> None:
        for _ in range(count // IN_FLIGHT):
            for answer in [later(pack()) for _ in range(IN_FLIGHT)]:
                decode(msgpack.unpackb(answer.value))

    async def one_way(count: int) -> None:
        sent = [way(pack()) for _ in range(count - 1)]
        call(pack())
        for answer in sent[-1:]:
            answer.wait()

    return Client(calls, batches, one_way)
