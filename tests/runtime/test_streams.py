"""Streams between nodes, under the scheduler, over memory and over sockets."""

from __future__ import annotations

import gc
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from motet import MemberId
from motet.codec import decode_int, decode_list
from motet.errors import BadMessage, CollectiveError, PeerAborted, UnsendableValue
from motet.wire import (
    Channel,
    DemuxMesh,
    RoundRobin,
    RoundRobinMesh,
    StreamGather,
    StreamInbox,
    StreamMesh,
    StreamMulticast,
    StreamOutbox,
    StreamOutboxes,
)
from runtime.harness import WAYS, Bare, channel, run

NUMBERS: Channel[Any, Any, list[Any]] = Channel(
    "numbers", list, lambda data: decode_list(data, decode_int)
)
ANYTHING = channel("anything")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def collect(batches: Any) -> list[Any]:
    """All elements of a stream."""
    return [element async for batch in batches for element in batch]


async def collect_by_member(batches: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    async for member, batch in batches:
        assert batch
        found.setdefault(member.index, []).extend(batch)
    return found


def test_a_stream_keeps_its_order_and_ends(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamOutbox(net.site, NUMBERS, net.helper)
        batch: list[int] = []
        assert await out.send(batch)
        for number in range(10_000):
            batch.append(number)
            if number % 7 == 0 or number % 1000 > 500:
                assert await out.send(batch)
                assert batch == []
        await out.send(batch)
        await out.end()

    async def helper(net: Bare) -> list[int]:
        inbox = StreamInbox(net.site, NUMBERS, net.leader)
        assert aiter(inbox) is inbox
        found = await collect(inbox)
        assert await collect(inbox) == []
        return found

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Helper") == list(range(10_000))
    assert not done.leftover


def test_one_stream_after_another_on_the_same_channel(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        for length in (3, 0, 2):
            out = StreamOutbox(net.site, NUMBERS, net.helper)
            await out.send(list(range(length)))
            await out.end()

    async def helper(net: Bare) -> list[list[int]]:
        return [await collect(StreamInbox(net.site, NUMBERS, net.leader)) for _ in range(3)]

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Helper") == [[0, 1, 2], [], [0, 1]]


def test_members_are_gathered_as_they_send(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> dict[int, list[int]]:
        return await collect_by_member(StreamGather(net.site, NUMBERS, net.workers))

    async def worker(net: Bare) -> None:
        me = net.site.me.index
        out = StreamOutbox(net.site, NUMBERS, net.leader)
        for number in range(50 * me):
            await out.send([me, number])
            await net.site.fabric.breathe()
        await out.end()

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 4}, folder=tmp_path).succeed()
    expected = {
        me: [part for number in range(50 * me) for part in (me, number)] for me in range(1, 4)
    }
    assert done.of("Leader") == expected


def test_gathering_takes_in_turn_what_has_come(tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[int]:
        gather = StreamGather(net.site, NUMBERS, net.workers)
        links = list(net.site.fabric.links.values())  # type: ignore[attr-defined]
        while not all(link.peer_done for link in links):  # all of it has come
            await net.site.fabric.breathe()
        return [member.index async for member, _ in gather]

    async def worker(net: Bare) -> None:
        out = StreamOutbox(net.site, NUMBERS, net.leader)
        for _ in range(3):
            await out.send([1])
        await out.end()

    done = run("memory", {"leader": leader, "workers": worker}, {"workers": 3}).succeed()
    assert done.of("Leader") == [0, 1, 2] * 3


def test_broadcast_demux_and_round_robin(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        everyone = StreamOutbox(net.site.call("all"), NUMBERS, net.workers)
        each = StreamOutboxes(net.site.call("each"), NUMBERS, net.workers)
        dealt = RoundRobin(net.site.call("dealt"), NUMBERS, net.workers)
        assert await everyone.send([7, 8])
        batch = [(MemberId[Any](number % 2), number) for number in range(10)]
        assert await each.send(batch)
        assert batch == []
        assert await each.send([(MemberId(2), 11)])
        assert await dealt.send([0, 1])
        assert await dealt.send([2])
        assert await dealt.send(list(range(3, 10)))
        for out in (everyone, each, dealt):
            await out.end()

    async def worker(net: Bare) -> list[list[int]]:
        return [
            await collect(StreamInbox(net.site.call(name), NUMBERS, net.leader))
            for name in ("all", "each", "dealt")
        ]

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 3}, folder=tmp_path).succeed()
    assert done.of("Worker") == [
        [[7, 8], [0, 2, 4, 6, 8], [0, 3, 6, 9]],
        [[7, 8], [1, 3, 5, 7, 9], [1, 4, 7]],
        [[7, 8], [11], [2, 5, 8]],
    ]


def test_an_element_for_a_stranger_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamOutboxes(net.site, NUMBERS, net.workers)
        with pytest.raises(CollectiveError, match="'numbers': Worker has no member 2, it has 2"):
            await out.send([(MemberId(0), 1), (MemberId(2), 1)])
        await out.end()

    async def worker(net: Bare) -> list[int]:
        return await collect(StreamInbox(net.site, NUMBERS, net.leader))

    done = run("memory", {"leader": leader, "workers": worker}, {"workers": 2}).succeed()
    assert done.of("Worker") == [[], []]


@pytest.mark.parametrize("how", ["all", "demux", "deal"])
def test_a_mesh_reaches_all_members_and_oneself(how: str, way: str, tmp_path: Path) -> None:
    async def worker(net: Bare) -> dict[int, list[int]]:
        me = net.site.me.index
        mesh = {"all": StreamMesh, "demux": DemuxMesh, "deal": RoundRobinMesh}[how]
        box: Any = mesh(net.site, NUMBERS)

        async def send() -> None:
            for number in range(500):
                batches: dict[str, list[Any]] = {
                    "all": [me, number],
                    "demux": [(MemberId(i), 10 * me + i) for i in range(3)],
                    "deal": [number],
                }
                assert await box.send(batches[how])
            await box.end()

        _, found = await net.concurrently(send(), collect_by_member(box))
        return found

    done = run(way, {"workers": worker}, {"workers": 3}, folder=tmp_path).succeed()
    by_how = {
        "all": lambda me, of: [part for n in range(500) for part in (of, n)],
        "demux": lambda me, of: [10 * of + me] * 500,
        "deal": lambda me, of: list(range(me, 500, 3)),
    }
    expected = [{of: by_how[how](me, of) for of in range(3)} for me in range(3)]
    assert done.of("Worker") == expected
    assert not done.leftover


def test_what_one_sends_oneself_is_a_copy_and_no_message(way: str, tmp_path: Path) -> None:
    async def worker(net: Bare) -> bool:
        mesh: StreamMesh[Any, list[int]] = StreamMesh(net.site, ANYTHING)
        mine = [1]
        await mesh.send([mine])
        await mesh.end()
        ((_, ((found,)), *_),) = [(m, tuple(b)) async for m, b in mesh]
        return bool(found == mine and found is not mine)

    done = run(way, {"workers": worker}, {"workers": 1}, folder=tmp_path).succeed()
    assert done.of("Worker") == [True]
    assert done.messages == {}


def test_a_loop_that_sends_itself_what_it_receives_never_waits_for_itself(
    way: str, tmp_path: Path
) -> None:
    async def worker(net: Bare) -> int:
        mesh: StreamMesh[Any, int] = StreamMesh(net.site, NUMBERS)
        for number in range(100):
            await mesh.send([number])
        received = 0
        async for _, batch in mesh:
            received += len(batch)
            for number in batch:
                if number < 300:
                    await mesh.send([number + 100])
            if received == 400:
                await mesh.end()
        return received

    done = run(way, {"workers": worker}, {"workers": 1}, folder=tmp_path).succeed()
    assert done.of("Worker") == [400]


def test_a_task_that_floods_its_own_member_waits_for_the_reader(way: str, tmp_path: Path) -> None:
    async def worker(net: Bare) -> tuple[int, int]:
        mesh: StreamMesh[Any, int] = StreamMesh(net.site, NUMBERS)
        sent = 0

        async def flood() -> None:
            nonlocal sent
            for number in range(2000):
                await mesh.send([number])
                sent += 1
            await mesh.end()

        async def read() -> int:
            most = received = 0
            async for _, batch in mesh:
                most = max(most, sent - received)
                received += len(batch)
                await net.site.fabric.sleep(0)
            assert received == 2000
            return most

        _, most = await net.concurrently(flood(), read())
        return sent, most

    done = run(way, {"workers": worker}, {"workers": 1}, folder=tmp_path).succeed()
    ((sent, most),) = done.of("Worker")
    assert sent == 2000
    assert most < 300  # the scheduler may let the reader begin late


def test_one_stream_for_several_locations(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamMulticast(
            StreamOutbox(net.site, NUMBERS, net.helper),
            StreamOutbox(net.site, NUMBERS, net.workers),
        )
        batch = [1, 2]
        assert await out.send(batch)
        assert batch == []
        await out.end()

    async def other(net: Bare) -> list[int]:
        return await collect(StreamInbox(net.site, NUMBERS, net.leader))

    codes = {"leader": leader, "helper": other, "workers": other}
    done = run(way, codes, {"workers": 2}, folder=tmp_path).succeed()
    assert list(done.seen.values()).count([1, 2]) == 3


# Early ends.


def test_a_receiver_that_has_enough_stops_an_endless_sender(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[object]:
        seen = []
        for start in (0, 1000):
            out = StreamOutbox(net.site, NUMBERS, net.helper)
            for number in count(start):
                if not await out.send([number]):
                    break
                await net.site.fabric.breathe()
            seen.append(out.wanted)
            await out.end()
            assert not out.wanted  # other loops may look, too
        out = StreamOutbox(net.site, NUMBERS, net.helper)
        assert out.wanted
        await out.send([5])
        await out.end()
        return seen

    async def helper(net: Bare) -> list[list[int]]:
        seen = []
        for _ in range(2):
            inbox = StreamInbox(net.site, NUMBERS, net.leader)
            found: list[int] = []
            async for batch in inbox:
                found += batch
                if len(found) >= 3:
                    break
            inbox.close()
            inbox.close()
            assert await collect(inbox) == []
            seen.append(found[:3])
        return [*seen, await collect(StreamInbox(net.site, NUMBERS, net.leader))]

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Leader") == [False, False]
    assert done.of("Helper") == [[0, 1, 2], [1000, 1001, 1002], [5]]
    assert not done.leftover


def test_who_waits_for_a_stream_that_is_closed_goes_on(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamOutbox(net.site, NUMBERS, net.helper)
        await out.send([1])
        while out.wanted:
            await net.site.fabric.breathe()
        await out.end()

    async def helper(net: Bare) -> list[int]:
        inbox = StreamInbox(net.site, NUMBERS, net.leader)
        found: list[int] = []

        async def receive() -> None:
            async for batch in inbox:
                found.extend(batch)
            found.append(2)

        async def close() -> None:
            while not found:
                await net.site.fabric.breathe()
            inbox.close()

        await net.concurrently(receive(), close())
        return found

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Helper") == [1, 2]


def test_a_sender_that_waits_for_room_hears_that_nothing_is_wanted(tmp_path: Path) -> None:
    async def leader(net: Bare) -> int:
        out = StreamOutbox(net.site, NUMBERS, net.helper)
        numbers = count()
        while await out.send([next(numbers)]):
            pass
        await out.end()
        return next(numbers)

    async def helper(net: Bare) -> None:
        inbox = StreamInbox(net.site, NUMBERS, net.leader)
        await anext(inbox)
        await net.site.fabric.sleep(0.05)
        inbox.close()

    done = run(
        "sockets", {"leader": leader, "helper": helper}, folder=tmp_path, window=64
    ).succeed()
    assert done.of("Leader") <= 70


def test_closing_before_anything_was_sent(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        await StreamInbox(net.site.call("go"), NUMBERS, net.helper).__anext__()
        out = StreamOutbox(net.site, NUMBERS, net.helper)
        while await out.send([1]):
            await net.site.fabric.breathe()
        await out.end()

    async def helper(net: Bare) -> None:
        StreamInbox(net.site, NUMBERS, net.leader).close()
        await StreamOutbox(net.site.call("go"), NUMBERS, net.leader).send([1])

    run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()


def test_a_gather_that_has_enough_stops_all_members(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> int:
        total = 0
        for _ in range(3):
            gather = StreamGather(net.site, NUMBERS, net.workers)
            async for _, batch in gather:
                total += len(batch)
                break
            gather.close()
            assert [found async for found in gather] == []
        return total

    async def worker(net: Bare) -> None:
        for _ in range(3):
            out = StreamOutbox(net.site, NUMBERS, net.leader)
            while await out.send([1]):
                await net.site.fabric.breathe()
            await out.end()

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 3}, folder=tmp_path).succeed()
    assert done.of("Leader") == 3
    assert not done.leftover


def test_a_member_that_has_enough_gets_no_more_and_others_do(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> bool:
        out = StreamOutbox(net.site, NUMBERS, net.workers)
        await StreamInbox(net.site, ANYTHING, net.workers[0]).__anext__()
        for number in range(1000):
            assert await out.send([number])
        wanted = out.wanted
        await out.end()
        return wanted

    async def worker(net: Bare) -> int:
        inbox = StreamInbox(net.site, NUMBERS, net.leader)
        if net.site.me.index == 0:
            inbox.close()
            await StreamOutbox(net.site, ANYTHING, net.leader).send([1])
        return len(await collect(inbox))

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 2}, folder=tmp_path).succeed()
    assert done.of("Worker") == [0, 1000]


# Sizes and pressure.


def test_long_batches_are_cut_so_that_no_frame_is_above_the_limit(tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamOutbox(net.site, ANYTHING, net.helper)
        await out.send([b"x" * 1000] * 5000)
        await out.send([b"y"] * 50_000)
        await out.send([b"z" * 60_000] * 10)
        with pytest.raises(UnsendableValue, match="an element of 70006 bytes, the limit is 65536"):
            await out.send([b"q" * 70_000])
        await out.end()

    async def helper(net: Bare) -> tuple[dict[bytes, int], int]:
        found: dict[bytes, int] = {}
        most = 0
        async for batch in StreamInbox(net.site, ANYTHING, net.leader):
            most = max(most, len(batch))
            for element in batch:
                found[element[:1]] = found.get(element[:1], 0) + 1
        return found, most

    codes = {"leader": leader, "helper": helper}
    done = run("sockets", codes, folder=tmp_path, largest_frame=64 * 1024).succeed()
    found, most = done.of("Helper")
    assert found == {b"x": 5000, b"y": 50_000, b"z": 10}
    assert 1000 < most <= 4096


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_slow_reader_bounds_what_is_on_its_way(size: int, tmp_path: Path) -> None:
    sent = 0

    async def leader(net: Bare) -> None:
        nonlocal sent
        out = StreamOutbox(net.site, ANYTHING, net.helper)
        for _ in range(300):
            await out.send([b"x" * size] * 10)
            sent += 10
        await out.end()

    async def helper(net: Bare) -> int:
        received = most = 0
        async for batch in StreamInbox(net.site, ANYTHING, net.leader):
            most = max(most, sent - received)
            received += len(batch)
            await net.site.fabric.sleep(0)
        assert received == 3000
        return most

    codes = {"leader": leader, "helper": helper}
    done = run("sockets", codes, folder=tmp_path, window=64).succeed()
    assert done.of("Helper") <= (700 if size == 10 else 30)


def test_many_tasks_send_on_one_stream_in_turn(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamOutbox(net.site, ANYTHING, net.helper)

        async def send(who: int) -> None:
            for number in range(40):
                await out.send([[who, number]])
                await out.send([[who, -number, b"x" * 3000]])

        await net.concurrently(*(send(who) for who in range(8)))
        await out.end()

    async def helper(net: Bare) -> tuple[list[list[int]], list[int]]:
        found: list[list[int]] = [[] for _ in range(8)]
        first: list[int] = []
        async for batch in StreamInbox(net.site, ANYTHING, net.leader):
            for who, number, *_ in batch:
                found[who].append(number)
                if number == 39:
                    first.append(who)
            await net.site.fabric.sleep(0)
        return found, first

    codes = {"leader": leader, "helper": helper}
    done = run(way, codes, folder=tmp_path, window=16).succeed()
    found, finished = done.of("Helper")
    assert found == [[s * n for n in range(40) for s in (1, -1)]] * 8
    assert sorted(finished) == list(range(8))


def test_a_long_batch_is_sent_as_a_whole(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamOutbox(net.site, ANYTHING, net.helper)
        long: list[object] = [[number, b"x" * 1000] for number in range(500)]

        async def first() -> None:
            await out.send(long)

        async def second() -> None:
            while long:  # what is sent is taken at once
                await net.site.fabric.breathe()
            await out.send([[500]])

        await net.concurrently(first(), second())
        await out.end()

    async def helper(net: Bare) -> list[int]:
        found: list[int] = []
        async for batch in StreamInbox(net.site, ANYTHING, net.leader):
            found += [number for number, *_ in batch]
            await net.site.fabric.sleep(0)
        return found

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path, window=8).succeed()
    assert done.of("Helper") == list(range(501))


def test_who_sends_by_an_unlimited_channel_waits_for_nobody(way: str, tmp_path: Path) -> None:
    async def worker(net: Bare) -> dict[int, list[int]]:
        mesh: StreamMesh[Any, int] = StreamMesh(net.site, replace(NUMBERS, unlimited=True))
        sent = 0

        async def send() -> None:
            nonlocal sent
            for number in range(100):
                await mesh.send([number])
                sent += 1
            await mesh.end()

        async def take() -> dict[int, list[int]]:
            member, found = await anext(mesh)
            while sent < 100:
                await net.site.fabric.breathe()
            rest = await collect_by_member(mesh)
            return {m: sorted([*(found if m == member.index else ()), *rest[m]]) for m in rest}

        taken, _ = await net.concurrently(take(), send())
        return dict(taken)

    done = run(way, {"workers": worker}, {"workers": 2}, folder=tmp_path, window=4).succeed()
    assert done.of("Worker") == [{m: [*range(100)] for m in range(2)}] * 2


@pytest.mark.parametrize("how", ["demux", "deal", "multicast"])
def test_who_waits_for_one_receiver_is_not_overtaken_at_another(how: str, tmp_path: Path) -> None:
    large = b"x" * 1000

    async def leader(net: Bare) -> None:
        out: Any
        if how == "multicast":
            boxes = [StreamOutbox(net.site, ANYTHING, peer) for peer in net.workers]
            out = StreamMulticast(*boxes)
        else:
            kind = StreamOutboxes if how == "demux" else RoundRobin
            out = kind(net.site, ANYTHING, net.workers)
        parts: list[list[Any]] = [[large, 1] * 400, [large, 2]]
        if how == "demux":
            parts = [[(MemberId(i % 2), x) for i, x in enumerate(part)] for part in parts]
        if how == "multicast":
            parts = [[1, *[large] * 400], [2]]

        async def first() -> None:
            await out.send(parts[0])

        async def second() -> None:
            while parts[0]:
                await net.site.fabric.breathe()
            await net.concurrently(out.send(parts[1]), free())

        async def free() -> None:
            await StreamOutbox(net.site.call("go"), NUMBERS, net.workers[0]).send([1])

        await net.concurrently(first(), second())
        await out.end()

    async def worker(net: Bare) -> list[object]:
        if net.site.me.index == 0:  # who reads nothing before the second task has been there
            await anext(StreamInbox(net.site.call("go"), NUMBERS, net.leader))
        found = await collect(StreamInbox(net.site, ANYTHING, net.leader))
        return [element for element in found if element != large]

    codes = {"leader": leader, "workers": worker}
    done = run("sockets", codes, {"workers": 2}, folder=tmp_path, window=8).succeed()
    expected: list[object] = [*[1] * 400, 2]
    assert done.of("Worker") == ([[1, 2]] * 2 if how == "multicast" else [[], expected])


def test_a_task_that_waits_for_its_turn_can_be_cancelled(tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamOutbox(net.site, ANYTHING, net.helper)

        async def send() -> None:
            for _ in range(20):
                await out.send([b"x" * 1000])

        async def fail() -> None:
            await net.site.fabric.sleep(0.02)
            raise LookupError

        with pytest.raises(LookupError):
            await net.concurrently(send(), send(), send(), fail())
        await StreamOutbox(net.site.call("go"), NUMBERS, net.helper).send([1])
        await out.send([b"last"])
        await out.end()

    async def helper(net: Bare) -> object:
        await anext(StreamInbox(net.site.call("go"), NUMBERS, net.leader))
        return (await collect(StreamInbox(net.site, ANYTHING, net.leader)))[-1]

    codes = {"leader": leader, "helper": helper}
    done = run("sockets", codes, folder=tmp_path, window=8).succeed()
    assert done.of("Helper") == b"last"


# Failures.


def test_a_bad_element_is_named_with_its_channel_and_sender(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamOutbox(net.site, NUMBERS, net.helper)
        await out.send([1, 2])
        await out.send([3, "four"])
        await net.site.fabric.sleep(3600)

    async def helper(net: Bare) -> object:
        return await collect(StreamInbox(net.site, NUMBERS, net.leader))

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path)
    (bad,) = [error for error in done.errors.values() if isinstance(error, BadMessage)]
    assert str(bad).startswith("bad message on channel 'numbers' from Leader:")
    assert "[1]" in str(bad)
    (woken,) = [error for error in done.errors.values() if isinstance(error, PeerAborted)]
    assert woken.peer == "Helper"


def test_an_element_that_cannot_travel_is_named(tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        out = StreamOutbox(net.site, ANYTHING, net.helper)
        with pytest.raises(UnsendableValue, match="channel 'anything': a set has no form"):
            await out.send([1, {2}])
        await out.end()

    async def helper(net: Bare) -> object:
        return await collect(StreamInbox(net.site, ANYTHING, net.leader))

    done = run("memory", {"leader": leader, "helper": helper}).succeed()
    assert done.of("Helper") == []


def test_a_failure_wakes_every_kind_of_loop(way: str, tmp_path: Path) -> None:
    waiting: list[str] = []

    async def leader(net: Bare) -> None:
        async def hear() -> None:
            waiting.append("gather")
            await collect_by_member(StreamGather(net.site, NUMBERS, net.workers))

        async def tick() -> None:
            waiting.append("every")
            async for _ in net.every(3600):
                pass

        async def spin() -> None:
            waiting.append("spin")
            async for _ in net.spin():
                pass

        try:
            await net.concurrently(hear(), tick(), spin())
        finally:
            waiting.append("all ended")

    async def worker(net: Bare) -> None:
        if net.site.me.index == 1:
            await net.site.fabric.sleep(0.01)
            raise ValueError("enough")
        await net.site.fabric.sleep(3600)

    done = run(way, {"leader": leader, "workers": worker}, {"workers": 2}, folder=tmp_path)
    assert sorted(waiting) == ["all ended", "every", "gather", "spin"]
    told = [error for error in done.errors.values() if not isinstance(error, ValueError)]
    assert {str(error) for error in told} == {"Worker[1] aborted: ValueError: enough"}
    assert len(told) == 2


def test_a_member_that_finishes_without_ending_its_stream_is_lost(tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        await collect_by_member(StreamGather(net.site, NUMBERS, net.workers))

    async def worker(net: Bare) -> None:
        out = StreamOutbox(net.site, NUMBERS, net.leader)
        await out.send([1])
        if net.site.me.index == 0:
            await out.end()

    done = run("memory", {"leader": leader, "workers": worker}, {"workers": 2})
    assert "Worker[1] is lost: it finished without sending" in str(done.errors)


def test_streams_leave_nothing_behind(tmp_path: Path) -> None:
    """Endpoints of calls in a loop do not pile up in the fabric."""

    async def leader(net: Bare) -> None:
        for _ in range(200):
            out = StreamOutbox(net.site.call("f"), NUMBERS, net.helper)
            await out.send([1])
            await out.end()

    async def helper(net: Bare) -> int:
        for _ in range(200):
            async for _ in StreamInbox(net.site.call("f"), NUMBERS, net.leader):
                await net.site.fabric.sleep(0)
        gc.collect()
        return len(net.site.fabric._signals)  # type: ignore[attr-defined]

    done = run("memory", {"leader": leader, "helper": helper}).succeed()
    assert done.of("Helper") < 3
