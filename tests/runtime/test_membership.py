"""Who joins and leaves, and runs that go on without those who left."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest
from motet import MemberId
from motet.errors import PeerLost
from motet.live.markers import MembershipEvent
from motet.packing import new_packer
from motet.ports import NodeId
from motet.transport import protocol
from motet.transport.link import Link
from motet.transport.protocol import End
from motet.transport.settings import Settings
from motet.wire import Gather, Inbox, Outbox, StreamGather, StreamInbox, StreamOutbox
from runtime.harness import WAYS, Bare, channel, run
from runtime.processes import stage

X = channel("x")
Y = channel("y")
JOINED, LEFT = MembershipEvent.JOINED, MembershipEvent.LEFT


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_all_join_at_the_start_and_leave_as_they_finish(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[tuple[int, MembershipEvent]]:
        seen: list[tuple[int, MembershipEvent]] = []
        async for member, events in net.membership(net.workers):
            seen += [(member.index, event) for event in events]
            if len(seen) == 3:
                for index in (1, 0):
                    await Outbox(net.site, X, net.workers[index]).send("go")
                    await Inbox(net.site, Y, net.workers[index]).recv()
                    while len(net.site.fabric.departures.nodes) < (2 - index):
                        await net.site.fabric.breathe()
            if len(seen) == 5:
                break
        await Outbox(net.site, X, net.workers[2]).send("go")
        return seen

    async def worker(net: Bare) -> None:
        await Inbox(net.site, X, net.leader).recv()
        if net.site.me.index < 2:
            await Outbox(net.site, Y, net.leader).send("going")

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 3}, folder=tmp_path, watched=["workers"]).succeed()
    joined = [(0, JOINED), (1, JOINED), (2, JOINED)]
    assert done.of("Leader") == [*joined, (1, LEFT), (0, LEFT)]


def test_a_cluster_watches_itself(way: str, tmp_path: Path) -> None:
    async def worker(net: Bare) -> list[tuple[int, MembershipEvent]]:
        seen: list[tuple[int, MembershipEvent]] = []
        async for member, events in net.membership(net.site.group):
            seen += [(member.index, event) for event in events]
            if len(seen) == (3 if net.site.me.index == 0 else 2):
                break
        return seen

    done = run(way, {"workers": worker}, {"workers": 2}, folder=tmp_path, watched=["workers"])
    joined = [(0, JOINED), (1, JOINED)]
    assert done.succeed().of("Worker") == [[*joined, (1, LEFT)], joined]


def test_streams_of_members_that_finish_end_where_membership_is_watched(
    way: str, tmp_path: Path
) -> None:
    async def leader(net: Bare) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        async for member, batch in StreamGather(net.site, X, net.workers):
            found.setdefault(member.index, []).extend(batch)
        return found

    async def worker(net: Bare) -> None:
        out = StreamOutbox(net.site, X, net.leader)
        await out.send([net.site.me.index])
        if net.site.me.index == 1:
            await out.end()

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 3}, folder=tmp_path, watched=["workers"]).succeed()
    assert done.of("Leader") == {0: [0], 1: [1], 2: [2]}


# Members that die: under the scheduler at every moment, and as processes.


def endless(sent: list[int]) -> dict[str, Any]:
    async def leader(net: Bare) -> tuple[list[tuple[int, MembershipEvent]], dict[int, int]]:
        seen: list[tuple[int, MembershipEvent]] = []
        heard: dict[int, int] = {}
        out = StreamOutbox(net.site, Y, net.workers)

        async def hear() -> None:
            async for member, batch in StreamGather(net.site, X, net.workers):
                assert batch == [heard.get(member.index, 0)]
                heard[member.index] = batch[0] + 1
                await out.send([member.index])

        async def watch() -> None:
            async for member, events in net.membership(net.workers):
                seen.extend((member.index, event) for event in events)
                if len(seen) == 4:
                    return

        await net.concurrently(hear(), watch())
        await out.end()
        return seen, heard

    async def worker(net: Bare) -> int:
        out = StreamOutbox(net.site, X, net.leader)
        heard = 0

        async def say() -> None:
            for number in range(20):
                await out.send([number])
                await net.site.fabric.sleep(0.001)
            await out.end()

        async def hear() -> None:
            nonlocal heard
            async for batch in StreamInbox(net.site, Y, net.leader):
                heard += len(batch)

        await net.concurrently(say(), hear())
        return heard

    return {"leader": leader, "workers": worker}


@pytest.mark.parametrize("seed", range(40))
def test_a_run_goes_on_without_a_member_that_dies(seed: int) -> None:
    dead = NodeId("Worker", 1)
    done = run(
        "scheduler",
        endless([]),
        {"workers": 3},
        seed=seed,
        watched=["workers"],
        kill={dead: 0.0005 * seed},
    ).succeed()
    seen, heard = done.of("Leader")
    assert seen[:3] == [(0, JOINED), (1, JOINED), (2, JOINED)]
    assert seen[3] == (1, LEFT)
    assert heard[0] == heard[2] == 20
    assert dead not in done.seen
    assert min(done.seen[NodeId("Worker", 0)], done.seen[NodeId("Worker", 2)]) >= 40


def test_without_watching_a_member_that_dies_is_lost() -> None:
    dead = NodeId("Worker", 1)
    done = run("scheduler", endless([]), {"workers": 3}, kill={dead: 0.005})
    assert any(
        isinstance(error, PeerLost) and error.peer == "Worker[1]" for error in done.errors.values()
    )
    assert set(done.errors) == {NodeId("Leader"), NodeId("Worker", 0), NodeId("Worker", 2)}


def test_a_quorum_goes_on_while_enough_live() -> None:
    async def leader(net: Bare) -> list[list[int]]:
        gather = Gather(net.site, X, net.workers)
        answers = []
        for _ in range(5):
            answers.append([member.index for member in await gather.first(2)])
            await net.site.fabric.sleep(0.01)
        return answers

    async def worker(net: Bare) -> None:
        for number in range(5):
            await Outbox(net.site, X, net.leader).send(number)
            await net.site.fabric.sleep(0.01)

    kill = {NodeId("Worker", 0): 0.015}
    done = run(
        "scheduler",
        {"leader": leader, "workers": worker},
        {"workers": 3},
        watched=["workers"],
        kill=kill,
    ).succeed()
    assert done.of("Leader")[3:] == [[1, 2], [1, 2]]


def test_a_process_that_is_killed_is_left_behind(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Worker=3) as on:
        options = ("--lost-after", "300")  # the kernel knows at once
        alice = on.start("Alice", "talk:census", *options)
        workers = [on.start("Worker", "talk:census", *options, member=i) for i in range(3)]
        assert alice.line() == "all speak"
        workers[1].process.kill()
        assert [workers[i].end()[0] for i in (0, 2)] == [0, 0]
        code, errors = alice.end()
        assert code == 0
        assert "Worker[1] is lost" in errors
        assert "the run goes on without it" in errors
        assert alice.report()["result"] == [
            [0, "joined"],
            [1, "joined"],
            [2, "joined"],
            [1, "left"],
        ]
        assert sorted(workers[0].report()["result"]) == [0, 2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_stopped_leaves_at_once(number: signal.Signals, tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1, Worker=3) as on:
        options = ("--lost-after", "60")
        alice = on.start("Alice", "talk:census", *options)
        workers = [on.start("Worker", "talk:census", *options, member=i) for i in range(3)]
        assert alice.line() == "all speak"
        workers[1].process.send_signal(number)
        assert workers[1].end() == (1, f"Worker[1]: stopped by {number.name}\n")
        assert [workers[i].end()[0] for i in (0, 2)] == [0, 0]
        line = "motet: Worker[1] is lost: it was stopped; the run goes on without it\n"
        assert alice.end() == (0, line)
        assert alice.report()["result"][3:] == [[1, "left"]]


def test_an_exception_of_a_watched_member_still_aborts(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        async for _ in StreamGather(net.site, X, net.workers):
            pass

    async def worker(net: Bare) -> None:
        if net.site.me == MemberId(1):
            raise ValueError("no")
        await Inbox(net.site, Y, net.leader).recv()

    codes = {"leader": leader, "workers": worker}
    done = run(way, codes, {"workers": 2}, folder=tmp_path, watched=["workers"])
    assert "Worker[1] aborted: ValueError: no" in str(done.errors[NodeId("Leader")])


def test_what_is_sent_to_who_is_gone_is_dropped_and_not_kept(tmp_path: Path) -> None:
    async def leader(net: Bare) -> tuple[bool, bool, int]:
        link = net.site.fabric.links[NodeId("Worker", 0)]  # type: ignore[attr-defined]
        everyone = StreamOutbox(net.site, X, net.workers)
        one = StreamOutbox(net.site.call("one"), X, net.workers[0])
        plain = Outbox(net.site, Y, net.workers)
        link.end = End.LOST
        link.detach()
        link.lose(PeerLost("Worker", 0, "for the test"))
        for _ in range(100):
            wanted = await everyone.send([b"x" * 100_000])
            assert not await one.send([1])
            await plain.send(b"y" * 100_000)
        await everyone.end()
        await one.end()
        with pytest.raises(PeerLost):
            await Inbox(net.site, Y, net.workers[0]).recv()
        late = StreamOutbox(net.site.call("late"), X, net.workers[0])
        return wanted, late.wanted, link.sent.position + sum(map(len, link.pending))

    async def worker(net: Bare) -> int:
        if net.site.me.index == 0:
            return 0
        count = 0
        inbox = StreamInbox(net.site, X, net.leader)
        for _ in range(100):
            count += len(await anext(inbox))
            await Inbox(net.site, Y, net.leader).recv()
        return count + len([batch async for batch in inbox])

    codes = {"leader": leader, "workers": worker}
    done = run("memory", codes, {"workers": 2}, watched=["workers"], lost_after=0.5).succeed()
    wanted, late, kept = done.of("Leader")
    assert (wanted, late) == (True, False)
    assert kept < 300_000  # the latest alone, not written yet
    assert done.seen[NodeId("Worker", 1)] == 100


def test_who_is_left_behind_may_still_acknowledge(caplog: pytest.LogCaptureFixture) -> None:
    """What it has received before arrives later than the word that it goes."""

    async def talk() -> Link:
        loop, settings = asyncio.get_running_loop(), Settings()
        peer = NodeId("Worker", 1)
        link = Link(peer, settings, loop, lambda _: None, lambda _: None, {}, dispensable=True)
        link.put_last(protocol.DONE)
        sent = link.sent.position
        pack = new_packer()
        link.read(pack([protocol.CONTROL, [protocol.LEAVE]]))
        await asyncio.sleep(0)
        assert link.deserted
        link.read(pack([protocol.CONTROL, [protocol.ACK, sent]]))
        return link

    link = asyncio.run(talk())
    assert "the run goes on without it" in caplog.text
    assert "broke the protocol" not in caplog.text
    assert link.deserted
