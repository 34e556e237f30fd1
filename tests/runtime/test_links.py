"""Links: nothing lost, twice or out of order over broken connections; bounded memory; who is lost."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path
from typing import Any

import pytest
from motet.errors import PeerAborted, PeerLost, UnsendableValue
from motet.packing import new_packer
from motet.ports import NodeId
from motet.transport import protocol
from motet.transport.addresses import address_of
from motet.transport.hub import Hub, Identity
from motet.transport.link import Link
from motet.transport.memory import MemoryCarrier
from motet.transport.settings import Settings
from motet.wire import Inbox, Mesh, Outbox
from runtime.flaky import FlakyCarrier
from runtime.harness import WAYS, Bare, channel, run

X = channel("x")
Y = channel("y")
GO = channel("go")


def link_of(net: Bare) -> Link:
    (link,) = net.site.fabric.links.values()  # type: ignore[attr-defined]
    assert isinstance(link, Link)
    return link


@pytest.mark.parametrize("seed", range(25))
def test_nothing_is_lost_doubled_or_reordered_over_broken_connections(seed: int) -> None:
    count = 1500

    def payload(number: int) -> object:
        return number if number % 50 else [number, b"x" * (number * 20)]

    async def leader(net: Bare) -> object:
        async def talk() -> None:
            out = Outbox(net.site, X, net.helper)
            for number in range(count):
                await out.send(payload(number))

        async def listen() -> object:
            inbox = Inbox(net.site, Y, net.helper)
            return [await inbox.recv() for _ in range(count)]

        _, heard = await net.concurrently(talk(), listen())
        return heard

    async def helper(net: Bare) -> object:
        inbox, out = Inbox(net.site, X, net.leader), Outbox(net.site, Y, net.leader)
        heard = []
        for number in range(count):
            await out.send(payload(number))
            heard.append(await inbox.recv())
        return heard

    carrier = FlakyCarrier(seed, cuts=30)
    done = run(
        "memory",
        {"leader": leader, "helper": helper},
        carrier=carrier,
        retry_first=0.0001,
        retry_longest=0.001,
    ).succeed()
    expected = [payload(number) for number in range(count)]
    assert done.of("Leader") == expected
    assert done.of("Helper") == expected
    assert done.messages == {("Leader", "Helper"): count, ("Helper", "Leader"): count}


@pytest.mark.parametrize("way", WAYS)
def test_many_messages_in_a_row_to_a_cluster_and_within_one(way: str, tmp_path: Path) -> None:
    count = 600

    async def leader(net: Bare) -> None:
        everyone = Outbox(net.site, X, net.workers)
        for number in range(count):
            await everyone.send(number)

    async def worker(net: Bare) -> object:
        me, mesh = net.site.me.index, Mesh[Any, Any](net.site, Y)
        if me == 0:
            for number in range(count):
                await mesh[1].send(number)
        from_leader = Inbox(net.site, X, net.leader)
        told = [await from_leader.recv() for _ in range(count)]
        heard = [await mesh[0].recv() for _ in range(count)] if me == 1 else told
        shifted = [await Mesh[Any, Any](net.site, GO).shift(number) for number in range(count)]
        return told == heard == shifted == list(range(count))

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 3}, folder=tmp_path).succeed()
    assert done.of("Worker") == [True, True, True]


@pytest.mark.parametrize("way", ["memory", "sockets"])
@pytest.mark.parametrize(("size", "most"), [(10, 4096), (100_000, 45)])
def test_a_slow_channel_is_bounded_and_blocks_no_other(
    way: str, size: int, most: int, tmp_path: Path
) -> None:
    flooded = 6000 if size < 1000 else 100

    async def leader(net: Bare) -> object:
        async def flood() -> None:
            out = Outbox(net.site, X, net.helper)
            for _ in range(flooded):
                await out.send(b"x" * size)

        async def pass_by() -> None:
            out = Outbox(net.site, Y, net.helper)
            for number in range(5000):
                await out.send(number)

        return await net.concurrently(flood(), pass_by())

    async def helper(net: Bare) -> object:
        passed = Inbox(net.site, Y, net.leader)
        for number in range(5000):
            assert await passed.recv() == number
        waiting = len(link_of(net).inlet("", "x").items)
        flood = Inbox(net.site, X, net.leader)
        for _ in range(flooded):
            assert len(await flood.recv()) == size
        return waiting

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert 0 < done.of("Helper") <= most


def test_what_is_kept_for_a_new_connection_is_bounded(tmp_path: Path) -> None:
    async def leader(net: Bare) -> int:
        out = Outbox(net.site, X, net.helper)
        most = 0
        for _ in range(300):
            await out.send(b"x" * 100_000)
            sent = link_of(net).sent
            most = max(most, sent.position - sent.known)
        return most

    async def helper(net: Bare) -> None:
        inbox = Inbox(net.site, X, net.leader)
        for _ in range(300):
            await inbox.recv()

    done = run("sockets", {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Leader") < 8 * 1024 * 1024


@pytest.mark.parametrize("way", ["memory", "sockets"])
def test_a_message_above_the_limit_is_refused_where_it_is_sent(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = Outbox(net.site, X, net.helper)
        await out.send("before")
        said = r"^cannot send on channel .x.: \d+ bytes, the limit is 200000"
        with pytest.raises(UnsendableValue, match=said):
            await out.send(b"x" * 200_000)
        await out.send("between")
        await out.send("more")
        with pytest.raises(UnsendableValue):
            await out.send(b"x" * 200_000)
        await out.send(b"x" * 199_000)

    async def helper(net: Bare) -> object:
        inbox = Inbox(net.site, X, net.leader)
        return [len(await inbox.recv()) for _ in range(4)]

    codes = {"leader": leader, "helper": helper}
    done = run(way, codes, folder=tmp_path, largest_frame=200_000).succeed()
    assert done.of("Helper") == [6, 7, 4, 199_000]


def test_large_calls_are_read_from_where_they_are_and_nothing_else_is(tmp_path: Path) -> None:
    sizes = [100_000, 100_000, 3, 90_000, 100_000, 5, 150_000, 100_000] * 12

    async def leader(net: Bare) -> list[int]:
        out, inbox = Outbox(net.site, X, net.helper), Inbox(net.site, Y, net.helper)
        lengths = []
        for size in sizes:
            await out.send([size, b"x" * size])
            number, data = await inbox.recv()
            lengths.append(len(data))
            assert number == size
        await out.send([0, b""])
        return lengths

    async def helper(net: Bare) -> int:
        out, inbox = Outbox(net.site, Y, net.leader), Inbox(net.site, X, net.leader)
        while (message := await inbox.recv())[0]:
            await out.send(message)
        link = link_of(net)
        assert link.received - link._apart == link._position()
        return link._apart

    done = run("sockets", {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Leader") == sizes
    assert done.of("Helper") > 0


@pytest.mark.parametrize("way", ["memory", "sockets"])
def test_large_messages_between_small_ones_of_another_channel(way: str, tmp_path: Path) -> None:
    """What goes apart ends the run that others have begun."""

    async def leader(net: Bare) -> None:
        large, small = Outbox(net.site, X, net.helper), Outbox(net.site, Y, net.helper)
        for size in (40_000, 50_000, 60_000):
            await large.send(b"x" * size)
            for number in range(3):
                await small.send(size + number)

    async def helper(net: Bare) -> object:
        large, small = Inbox(net.site, X, net.leader), Inbox(net.site, Y, net.leader)
        sizes = [len(await large.recv()) for _ in range(3)]
        return sizes, [await small.recv() - size for size in sizes for _ in range(3)]

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Helper") == ([40_000, 50_000, 60_000], [0, 1, 2] * 3)


def test_a_connection_that_leads_nowhere_is_given_up_before_the_peer_is() -> None:
    settings = Settings()
    assert settings.hello_within * 3 < settings.lost_after


@pytest.mark.parametrize("way", ["memory", "sockets"])
def test_waiting_for_one_who_has_finished_is_an_error(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        await Inbox(net.site, X, net.helper).recv()

    async def helper(net: Bare) -> None:
        pass

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path)
    (first, *_) = done.errors.values()
    assert str(first) == "Helper is lost: it finished without sending what is awaited here"


def test_one_who_has_finished_is_not_lost_while_others_talk(tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        await Outbox(net.site, X, net.helper).send(1)

    async def helper(net: Bare) -> object:
        await asyncio.sleep(0.5)  # the leader has finished meanwhile
        return await Inbox(net.site, X, net.leader).recv()

    done = run("sockets", {"leader": leader, "helper": helper}, folder=tmp_path, lost_after=0.2)
    assert done.succeed().of("Helper") == 1


def test_who_is_done_hears_of_an_abort_that_comes_with_the_last_acknowledgement() -> None:
    """All is over with a peer that has aborted, but not well."""

    async def finish() -> None:
        peer = NodeId("Helper")
        hub = Hub(Identity(NodeId("Leader")), [peer], MemoryCarrier())
        finishing = asyncio.create_task(hub.finish())
        await asyncio.sleep(0)
        link = hub.links[peer]
        said = [protocol.ACK, link.sent.position], [protocol.ABORT, "Helper", None, "x.py:1", "no"]
        link.read(b"".join(new_packer()([protocol.CONTROL, content]) for content in said))
        await finishing

    with pytest.raises(PeerAborted, match="Helper aborted at x"):
        asyncio.run(finish())


def test_a_peer_that_stays_away_is_lost(tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        await Inbox(net.site, X, net.helper).recv()

    async def helper(net: Bare) -> None:
        link = link_of(net)
        link.connection.fail(link.connection._why(None))  # type: ignore[union-attr]
        fabric: Hub = net.site.fabric  # type: ignore[assignment]
        fabric._listener.close()
        for dialer in fabric._dialers:
            dialer.cancel()
        path = address_of(fabric.me, fabric._deployment).name
        Path(path).unlink(missing_ok=True)
        deaf.bind(path)
        deaf.listen()
        await Inbox(net.site, X, net.leader).recv()

    with socket.socket(socket.AF_UNIX) as deaf:
        nodes = {"leader": leader, "helper": helper}
        done = run("sockets", nodes, folder=tmp_path, lost_after=0.3)
    errors = {str(node): error for node, error in done.errors.items()}
    assert isinstance(errors["Leader"], PeerLost)
    assert str(errors["Leader"]).startswith("Helper is lost: unreachable for 0.3 s (")


def test_a_connection_that_ends_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def leader(net: Bare) -> None:
        await Outbox(net.site, X, net.helper).send(b"x" * 60_000)

    async def helper(net: Bare) -> None:
        await Inbox(net.site, X, net.leader).recv()

    codes = {"leader": leader, "helper": helper}
    with caplog.at_level(logging.INFO, "motet"):
        for seed in range(8):
            run("memory", codes, carrier=FlakyCarrier(seed, 10), retry_first=0.001).succeed()
    assert "connection to Helper ended: ProtocolError: the connection was closed" in caplog.text
    assert "ended: TruncatedFrame: the connection was closed, inside a frame" in caplog.text
    assert "Traceback" not in caplog.text
