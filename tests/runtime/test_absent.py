"""A peer that ends before it was met: nobody waits for it where all listen from the start."""

from __future__ import annotations

import asyncio
import select
import socket
from pathlib import Path

import pytest
from motet.errors import PeerLost
from motet.ports import NodeId
from motet.transport.addresses import Address, Deployment, parse_deployment
from motet.transport.carriers import SocketCarrier
from motet.transport.hub import Hub, Identity
from motet.transport.settings import Settings

HELPER, LEADER = NodeId("Helper"), NodeId("Leader")  # who dials, and who is dialed
SETTINGS = Settings(start_within=5)


def listen(kind: str, folder: Path, name: str) -> tuple[socket.socket, Address]:
    if kind == "unix":
        listener = socket.socket(socket.AF_UNIX)
        path = str(folder / name)
        listener.bind(path)
        address = Address("unix", path)
    else:
        listener = socket.socket(socket.AF_INET)
        listener.bind(("127.0.0.1", 0))
        address = Address("tcp", *listener.getsockname())
    listener.listen()
    return listener, address


@pytest.mark.parametrize("kind", ["unix", "tcp"])
@pytest.mark.parametrize("me", [HELPER, LEADER], ids=str)
@pytest.mark.parametrize("later", [False, True], ids=["at once", "while it is waited for"])
def test_who_has_ended_before_it_was_met_is_lost(
    kind: str, me: NodeId, later: bool, tmp_path: Path
) -> None:
    peer = LEADER if me is HELPER else HELPER
    mine, own = listen(kind, tmp_path, "mine")
    theirs, address = listen(kind, tmp_path, "theirs")

    async def meet() -> None:
        hub = Hub(Identity(me), (HELPER, LEADER), SocketCarrier(), SETTINGS)
        if not later:
            theirs.close()
        inherited = Address("fd", str(mine.detach()))
        addresses = {me.location: (own,), peer.location: (address,)}
        opening = asyncio.create_task(hub.open(inherited, addresses, listening=True))
        if later:
            await asyncio.to_thread(select.select, [theirs], [], [])
            theirs.close()
        try:
            await opening
        finally:
            await hub.close()

    with pytest.raises(PeerLost, match=f"{peer} is lost: its process has ended"):
        asyncio.run(meet())


def test_who_is_there_is_met_all_the_same(tmp_path: Path) -> None:
    listeners = {str(node): listen("unix", tmp_path, str(node)) for node in (HELPER, LEADER)}
    addresses = {name: (address,) for name, (_, address) in listeners.items()}

    async def meet(me: NodeId) -> None:
        hub = Hub(Identity(me), (HELPER, LEADER), SocketCarrier(), SETTINGS)
        inherited = Address("fd", str(listeners[str(me)][0].detach()))
        await hub.open(inherited, addresses, listening=True)
        await hub.finish()
        await hub.close()

    async def both() -> None:
        await asyncio.gather(meet(LEADER), meet(HELPER))

    asyncio.run(both())


def test_only_a_deployment_that_says_so_promises_that_all_listen() -> None:
    members = {"Buyer": (Address("unix", "/b"),)}
    text = '{"members": {"Buyer": ["unix:/b"]}, "run": "1"%s}'
    assert parse_deployment(text % "") == Deployment(members, "1")
    assert parse_deployment(text % ', "listening": true') == Deployment(
        members, "1", listening=True
    )
    assert parse_deployment('{"Buyer": ["unix:/b"]}') == Deployment(members)
