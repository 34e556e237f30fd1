"""Streams to several peers at once, which are joined and kept once for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from motet.codec import decode_int, decode_list
from motet.transport.fans import LinkFan
from motet.wire import Channel, StreamInbox, StreamMesh, StreamOutbox
from runtime.flaky import FlakyCarrier
from runtime.harness import Bare, channel, run

NUMBERS: Channel[Any, Any, list[Any]] = Channel(
    "numbers", list, lambda data: decode_list(data, decode_int)
)
ANYTHING = channel("anything")
ASIDE: Channel[Any, Any, list[Any]] = Channel("aside", list, lambda data: list(data))  # type: ignore[call-overload]


async def collect(batches: Any) -> list[Any]:
    """All elements of a stream."""
    return [element async for batch in batches for element in batch]


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_lost_doubled_or_reordered_over_broken_connections(seed: int) -> None:
    """Frames of many sizes; the channel has another number at one member than at the others."""
    elements = [bytes([number % 256]) * (number * 37 % 9000) for number in range(400)]

    async def leader(net: Bare) -> None:
        aside = StreamOutbox(net.site, ASIDE, net.workers[1])
        out = StreamOutbox(net.site, ANYTHING, net.workers)
        await aside.send(["first"])
        for start in range(0, len(elements), 5):
            batch = elements[start : start + 5]
            assert await out.send(batch)
            assert batch == []
            await aside.send([start])
            if start % 50 == 0:
                await net.site.fabric.breathe()
        await out.end()
        await aside.end()

    async def worker(net: Bare) -> tuple[bool, list[Any]]:
        found = await collect(StreamInbox(net.site, ANYTHING, net.leader))
        beside = StreamInbox(net.site, ASIDE, net.leader)
        return found == elements, await collect(beside) if net.site.me.index == 1 else []

    codes = {"leader": leader, "workers": worker}
    carrier = FlakyCarrier(seed, cuts=30)
    done = run("memory", codes, {"workers": 3}, carrier=carrier, retry_first=0.001).succeed()
    starts = ["first", *range(0, 400, 5)]
    assert done.of("Worker") == [(True, []), (True, starts), (True, [])]
    assert carrier.cuts == 0


def test_who_closes_a_stream_gets_the_next_one(tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        for length in (2000, 3, 2000):
            out = StreamOutbox(net.site, NUMBERS, net.workers)
            for number in range(length):
                await out.send([number])
                if number % 100 == 0:
                    await net.site.fabric.breathe()
            await out.end()

    async def worker(net: Bare) -> list[int]:
        me = net.site.me.index
        found = []
        for round_ in range(3):
            inbox = StreamInbox(net.site, NUMBERS, net.leader)
            if me == round_:
                await inbox.__anext__()
                inbox.close()
            found.append(len(await collect(inbox)))
        return found

    codes = {"leader": leader, "workers": worker}
    done = run("sockets", codes, {"workers": 3}, folder=tmp_path).succeed()
    assert done.of("Worker") == [[0, 3, 2000], [2000, 0, 2000], [2000, 3, 0]]


@pytest.mark.parametrize("size", [10, 100_000])
def test_the_slowest_reader_bounds_what_is_on_its_way(size: int, tmp_path: Path) -> None:
    sent = 0

    async def leader(net: Bare) -> None:
        nonlocal sent
        out = StreamOutbox(net.site, ANYTHING, net.workers)
        for _ in range(300):
            await out.send([b"x" * size] * 10)
            sent += 10
        await out.end()

    async def worker(net: Bare) -> int:
        received = most = 0
        async for batch in StreamInbox(net.site, ANYTHING, net.leader):
            most = max(most, sent - received)
            received += len(batch)
            if net.site.me.index == 2:
                await net.site.fabric.sleep(0)
        assert received == 3000
        return most

    codes = {"leader": leader, "workers": worker}
    done = run("sockets", codes, {"workers": 3}, folder=tmp_path, window=64).succeed()
    assert max(done.of("Worker")) <= (700 if size == 10 else 40)


def test_a_batch_is_kept_once_for_all_peers(tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[int]:
        out = StreamOutbox(net.site, ANYTHING, net.workers)
        for _ in range(10):
            await out.send([b"x" * 60_000])
        kept = [
            chunk
            for link in net.site.fabric.links.values()  # type: ignore[attr-defined]
            for chunk in link.sent.resume(link.sent.known)
            if len(chunk) > 50_000
        ]
        await out.end()
        return [len(kept), len({*map(id, kept)})]

    async def worker(net: Bare) -> int:
        return len(await collect(StreamInbox(net.site, ANYTHING, net.leader)))

    codes = {"leader": leader, "workers": worker}
    done = run("sockets", codes, {"workers": 4}, folder=tmp_path).succeed()
    kept, different = done.of("Leader")
    assert kept == 4 * different > 0


def test_a_member_sends_to_others_at_once_and_to_itself(tmp_path: Path) -> None:
    async def worker(net: Bare) -> list[int]:
        mesh: StreamMesh[Any, int] = StreamMesh(net.site, NUMBERS)
        nodes = [peer.node for peer in net.site.group]
        outlets = net.site.fabric.outlets(nodes, net.site.path, "numbers")
        assert [isinstance(outlet, LinkFan) for outlet in outlets] == [True, False]
        await mesh.send([net.site.me.index])
        await mesh.end()
        return sorted([n async for _, batch in mesh for n in batch])

    done = run("sockets", {"workers": worker}, {"workers": 3}, folder=tmp_path).succeed()
    assert done.of("Worker") == [[0, 1, 2]] * 3
