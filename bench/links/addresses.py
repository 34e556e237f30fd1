"""Sockets for the contenders that let us choose: `unix:PATH` and `tcp:PORT`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


async def listen(address: str, factory: Callable[[], Any]) -> None:
    kind, _, name = address.partition(":")
    loop = asyncio.get_running_loop()
    if kind == "unix":
        await loop.create_unix_server(factory, name)
    else:
        await loop.create_server(factory, "127.0.0.1", int(name))


async def dial(address: str, factory: Callable[[], Any]) -> tuple[Any, Any]:
    kind, _, name = address.partition(":")
    loop = asyncio.get_running_loop()
    if kind == "unix":
        return await retried(lambda: loop.create_unix_connection(factory, name))
    return await retried(lambda: loop.create_connection(factory, "127.0.0.1", int(name)))


async def retried(connect: Callable[[], Awaitable[Any]]) -> Any:
    """Until the server is there."""
    while True:
        try:
            return await connect()
        except OSError:
            await asyncio.sleep(0.02)
