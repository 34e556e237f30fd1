"""What tests of ports have in common: codecs, where a port is, a node that serves while somebody visits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from motet.codec import decode_int, decode_list, decode_str
from motet.live.markers import MembershipEvent
from motet.wire import ClientPort, PortChannel
from runtime.harness import Bare, run

ECHO: PortChannel[Any, str, str] = PortChannel("echo", str, decode_str, str, decode_str)
SIZES: PortChannel[Any, int, bytes] = PortChannel("sizes", int, decode_int, bytes, bytes)
NUMBERS: PortChannel[Any, list[int], int] = PortChannel(
    "numbers", list, lambda data: decode_list(data, decode_int), int, decode_int
)
JOINED, LEFT = MembershipEvent.JOINED, MembershipEvent.LEFT


def door(net: Bare, name: str) -> Any:
    return net.site.fabric.doors[name]  # type: ignore[attr-defined]


def address(net: Bare, name: str = "echo") -> str:
    return str(door(net, name).address)


def serve_while(
    port: Any,
    handle: Callable[[Any], Any],
    visit: Callable[[Bare], Awaitable[object]],
    **settings: Any,
) -> Any:
    """Run a node that answers requests until the visit is over; what the visit gives."""

    async def leader(net: Bare) -> object:
        ending = asyncio.Event()
        made: ClientPort[Any, Any, Any] = ClientPort(net.site, port)

        async def serve() -> None:
            async for client, batch in made.requests:
                await made.reply([(client, handle(request)) for request in batch])

        async def come() -> object:
            try:
                return await visit(net)
            finally:
                ending.set()

        async def stop() -> None:
            await ending.wait()
            raise LookupError

        coming = asyncio.ensure_future(come())
        with pytest.raises(LookupError):
            await net.concurrently(serve(), stop())
        return await coming

    return run("memory", {"leader": leader}, **settings).succeed().of("Leader")
