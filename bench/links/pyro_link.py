"""Pyro5 with its msgpack serializer; one way is its `oneway`."""

from __future__ import annotations

import asyncio
from typing import Any

import msgpack
import Pyro5.api
import Pyro5.errors

from links import Client, Tell, codec

Pyro5.config.SERIALIZER = "msgpack"


async def serve(address: str, size: str) -> None:
    _, encode, decode = codec(size)

    @Pyro5.api.expose
    class Orders:
        def call(self, data: bytes) -> bytes:
            return bytes(msgpack.packb(encode(decode(msgpack.unpackb(data)))))

        @Pyro5.api.oneway
        def way(self, data: bytes) -> None:
            decode(msgpack.unpackb(data))

    kind, _, name = address.partition(":")
    where: dict[str, Any] = {"unixsocket": name} if kind == "unix" else {"port": int(name)}
    with Pyro5.api.Daemon(**where) as daemon:
        daemon.register(Orders(), "orders")
        daemon.requestLoop()


async def connect(address: str, size: str, tell: Tell) -> Client:
    record, encode, decode = codec(size)
    kind, _, name = address.partition(":")
    where = f"./u:{name}" if kind == "unix" else f"127.0.0.1:{name}"
    proxy: Any = Pyro5.api.Proxy(f"PYRO:orders@{where}")
    while True:
        try:
            proxy._pyroBind()
            break
        except Pyro5.errors.CommunicationError:
            await asyncio.sleep(0.05)

    def pack() -> bytes:
        return bytes(msgpack.packb(encode(record)))

    async def calls(count: int) -> None:
        for _ in range(count):
            decode(msgpack.unpackb(proxy.call(pack())))

    async def one_way(count: int) -> None:
        for _ in range(count - 1):
            proxy.way(pack())
        proxy.call(pack())

    return Client(calls, None, one_way)
