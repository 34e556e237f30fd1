"""The generated modules of `exchange/orders.py`."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from motet.ports import NodeId
from motet.transport.addresses import parse_address
from motet.transport.carriers import SocketCarrier
from motet.transport.driving import drive
from motet.transport.hub import Hub, Identity
from motet.wire import Peer, Site

from links import IN_FLIGHT, Client, Tell

NODES = (NodeId("Client"), NodeId("Server"))


async def serve(address: str, size: str) -> None:
    hub = await _open(NODES[1], address)
    play = _player("server", hub, Peer("Client"))
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while line := await lines.readline():
        name, count = line.decode().split()
        await drive(play(f"{name}_{size}", int(count)))


async def connect(address: str, size: str, tell: Tell) -> Client:
    play = _player("client", await _open(NODES[0], address), Peer("Server"))

    def measure(name: str, unit: int) -> Callable[[int], Awaitable[object]]:
        async def run(count: int) -> None:
            tell(f"{name} {count // unit}")
            await drive(play(f"{name}_{size}", count // unit))

        return run

    return Client(measure("calls", 1), measure("batches", IN_FLIGHT), measure("one_way", 1))


async def _open(me: NodeId, address: str) -> Hub:
    kind, _, name = address.partition(":")
    if kind == "unix":
        both = {node.location: [parse_address(f"unix:{name}.{node.location}")] for node in NODES}
    else:  # the client dials, so its own port does not matter
        both = {"Client": [parse_address("tcp:127.0.0.1:0")]}
        both["Server"] = [parse_address(f"tcp:127.0.0.1:{name}")]
    hub = Hub(Identity(me), NODES, SocketCarrier())
    await hub.open(both[me.location][0], both)
    return hub


def _player(
    here: str, hub: Hub, peer: Peer[Any]
) -> Callable[[str, int], Coroutine[Any, Any, None]]:
    module = importlib.import_module(f"generated.{here}.orders")
    wire = importlib.import_module("generated.wire.orders")
    location = getattr(module, here.capitalize())()

    async def play(name: str, count: int) -> None:
        net_class = getattr(wire, f"{name.title().replace('_', '')}At{here.capitalize()}")
        net = net_class(Site(hub, f"/{name}"), peer)
        await getattr(module, name)(location, net, count)

    return play
