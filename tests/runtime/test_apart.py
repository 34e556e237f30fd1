"""Members that have nothing to say to each other are not connected, and hear all the same how a run ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from motet.errors import PeerAborted
from motet.ports import NodeId
from motet.transport.hub import Hub
from motet.wire import Gather, Inbox, Outbox
from runtime.harness import Bare, channel, run

X, Y = channel("x"), channel("y")
APART = {"workers": ["workers"]}
ways = pytest.mark.parametrize("way", ["memory", "sockets"])


@ways
def test_a_node_is_linked_to_those_alone_that_it_may_talk_to(way: str, tmp_path: Path) -> None:
    async def linked(net: Bare) -> list[str]:
        hub = net.site.fabric
        assert isinstance(hub, Hub)
        return sorted(map(str, hub.links))

    codes = {"leader": linked, "workers": linked, "clients": linked}
    apart = {"workers": ["workers", "clients"], "clients": ["workers"]}
    done = run(way, codes, {"workers": 2, "clients": 2}, folder=tmp_path, apart=apart).succeed()
    assert done.of("Leader") == ["Client[0]", "Client[1]", "Worker[0]", "Worker[1]"]
    assert done.of("Worker") == [["Leader"], ["Leader"]]
    assert done.of("Client") == [["Client[1]", "Leader"], ["Client[0]", "Leader"]]


@ways
def test_who_waits_for_the_leader_hears_of_another_member_that_fails(
    way: str, tmp_path: Path
) -> None:
    async def leader(net: Bare) -> None:
        await Gather(net.site, X, net.workers).first(3)

    async def worker(net: Bare) -> None:
        if net.site.me.index == 1:
            raise ValueError("no more paper")
        await Outbox(net.site, X, net.leader).send(1)
        await Inbox(net.site, Y, net.leader).recv()

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 3}, folder=tmp_path, apart=APART)
    assert len(done.errors) == 4
    for node in (NodeId("Leader"), NodeId("Worker", 0), NodeId("Worker", 2)):
        error = done.errors[node]
        assert isinstance(error, PeerAborted)
        assert (error.location, error.member, error.reason) == (
            "Worker",
            1,
            "ValueError: no more paper",
        )


@ways
def test_a_leader_that_is_done_hears_of_a_member_that_fails_late(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        await Inbox(net.site, X, net.workers[1]).recv()

    async def worker(net: Bare) -> None:
        if net.site.me.index == 1:
            await Outbox(net.site, X, net.leader).send(1)
            raise ValueError("too late")

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 2}, folder=tmp_path, apart=APART)
    assert isinstance(done.errors[NodeId("Worker", 1)], ValueError)
    assert "ValueError: too late" in str(done.errors[NodeId("Leader")])
