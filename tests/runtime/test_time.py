"""Time, and sources of streams: timers, spinning, the user's iterables."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from motet.schedule import Outcome, simulate
from motet.transport.waiting import ALONE, PATIENCE, LoopFabric
from motet.wire import Inbox, Outbox, StreamInbox, StreamOutbox
from runtime import harness
from runtime.harness import WAYS, Bare, Run, channel, run

X = channel("x")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def alone(way: str, code: harness.Code, folder: Path) -> object:
    return run(way, {"leader": code}, folder=folder).succeed().of("Leader")


def test_sleeping_takes_time_and_tasks_sleep_at_once(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[str]:
        order = []

        async def sleep(seconds: float, name: str) -> None:
            began = net.now()
            await net.site.fabric.sleep(seconds)
            assert net.now() - began >= seconds * 0.99
            order.append(name)

        await net.concurrently(sleep(0.06, "c"), sleep(0.02, "a"), sleep(0.04, "b"))
        return order

    assert alone(way, leader, tmp_path) == ["a", "b", "c"]


def test_every_comes_round_and_skips_what_it_missed(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[int]:
        rounds = []
        began = net.now()
        async for _ in net.every(0.02):
            rounds.append(round((net.now() - began) / 0.02 - 0.45))
            if len(rounds) == 2:
                await net.site.fabric.sleep(0.07)
            if len(rounds) == 4:
                return rounds
        raise AssertionError

    rounds = alone(way, leader, tmp_path)
    assert isinstance(rounds, list)
    if way == "scheduler":
        assert rounds == [1, 2, 5, 6]  # 5: the one due at 0.10 s, told at 0.11 s
    assert rounds[0] >= 1
    assert rounds[2] >= 5
    assert rounds == sorted(rounds)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_every_needs_a_positive_time(seconds: float, tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        with pytest.raises(ValueError, match="the time must be positive"):
            net.every(seconds)

    alone("memory", leader, tmp_path)


def test_spinning_lets_messages_and_timers_through(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[str]:
        seen: list[str] = []

        async def spin() -> None:
            async for _ in net.spin():
                if len(seen) == 2:
                    return

        async def hear() -> None:
            async for _ in StreamInbox(net.site, X, net.helper):
                seen.append("heard")

        async def tick() -> None:
            async for _ in net.every(0.01):
                seen.append("tick")
                return

        await net.concurrently(spin(), hear(), tick())
        return sorted(seen)

    async def helper(net: Bare) -> None:
        out = StreamOutbox(net.site, X, net.leader)
        await out.send([1])
        await out.end()

    done = run(way, {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Leader") == ["heard", "tick"]


def test_only_a_task_that_keeps_nobody_waiting_takes_longer_turns(tmp_path: Path) -> None:
    async def leader(net: Bare) -> None:
        fabric = net.site.fabric
        assert isinstance(fabric, LoopFabric)

        async def turn() -> float:
            return fabric.longest_turn

        assert await turn() == PATIENCE  # other nodes are in this process
        fabric.sole = True
        assert await turn() == ALONE
        assert await net.concurrently(turn(), turn()) == (PATIENCE, PATIENCE)
        assert await net.concurrently(turn()) == (ALONE,)

    alone("memory", leader, tmp_path)


@pytest.mark.parametrize("kind", [range, list, tuple, iter])
def test_batches_hold_all_elements_in_order(kind: Any, way: str, tmp_path: Path) -> None:
    elements = range(5000) if kind is range else kind(range(5000))

    async def leader(net: Bare) -> list[int]:
        batches = [batch async for batch in net.batches(elements)]
        assert {type(batch) for batch in batches} == {list}
        assert max(map(len, batches)) <= 1024
        return [element for batch in batches for element in batch]

    assert alone(way, leader, tmp_path) == list(range(5000))


def test_batches_are_copies_and_see_what_a_list_gets_meanwhile(tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[int]:
        elements = [0]
        async for batch in net.batches(elements):
            if elements[-1] < 9:
                elements.append(elements[-1] + 1)
            batch.clear()
        return elements

    assert alone("memory", leader, tmp_path) == list(range(10))


def test_elements_of_a_slow_iterable_do_not_wait_for_each_other(tmp_path: Path) -> None:
    def slow() -> Iterator[int]:
        for number in range(12):
            time.sleep(0.01)
            yield number

    async def leader(net: Bare) -> list[int]:
        return [len(batch) async for batch in net.batches(slow())]

    sizes = alone("memory", leader, tmp_path)
    assert isinstance(sizes, list)
    assert sum(sizes) == 12
    assert max(sizes) <= 2


def test_a_long_iterable_lets_others_run(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> bool:
        ticked = False

        async def tick() -> None:
            nonlocal ticked
            await net.site.fabric.sleep(0.005)
            ticked = True

        async def read() -> bool:
            async for _ in net.batches(iter(int, 1)):
                if ticked:
                    return True
            return False

        return (await net.concurrently(tick(), read()))[1]

    assert alone(way, leader, tmp_path) is True


def test_an_asynchronous_iterable_gives_each_element_as_it_comes(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[list[int]]:
        async def numbers() -> AsyncIterator[int]:
            for number in range(3):
                await net.site.fabric.sleep(0.001)
                yield number

        return [batch async for batch in net.batches(numbers())]

    assert alone(way, leader, tmp_path) == [[0], [1], [2]]


# The scheduler's own time.


def endless(seed: int, until: float | None = None, most_steps: int | None = None) -> Outcome:
    async def leader(net: Bare) -> None:
        seen.append("begin")

        async def tick(name: str) -> None:
            async for _ in net.every(1.0):
                seen.append(f"{name} {net.now():g}")

        await net.concurrently(tick("a"), tick("b"), tick("c"))

    seen: list[str] = []
    parts = harness.parts_of({"leader": leader}, Run())
    outcome = simulate({"Leader": parts[0]}, seed=seed, until=until, most_steps=most_steps)
    outcome.errors.update(seen=LookupError(seen))  # type: ignore[attr-defined]
    return outcome


def test_virtual_time_passes_at_once_and_stops_at_its_limit() -> None:
    outcome = endless(seed=1, until=3600.5)
    seen = outcome.errors["seen"].args[0]  # type: ignore[index]
    assert outcome.stopped
    assert not outcome.ok
    assert outcome.deadlock == ()
    assert len(seen) == 1 + 3 * 3600
    assert set(seen[-3:]) == {"a 3600", "b 3600", "c 3600"}


def test_the_seed_decides_among_timers_of_one_moment() -> None:
    runs = [tuple(endless(seed, until=2.0).errors["seen"].args[0]) for seed in range(20)]  # type: ignore[index]
    again = [tuple(endless(seed, until=2.0).errors["seen"].args[0]) for seed in range(20)]  # type: ignore[index]
    assert runs == again
    assert len(set(runs)) > 10


@pytest.mark.parametrize("latency", [0.0, 0.5, 2.0])
def test_a_message_may_take_longer_than_a_timer_and_no_longer_than_it_may(latency: float) -> None:
    async def leader(net: Bare) -> tuple[str, ...]:
        order = []

        async def sleep(seconds: float) -> None:
            await net.site.fabric.sleep(seconds)
            order.append("timer")

        async def hear() -> None:
            await Inbox(net.site, X, net.helper).recv()
            order.append("message")
            assert net.now() <= latency

        await net.concurrently(sleep(0.25), sleep(1.0), sleep(4.0), hear())
        return tuple(order)

    async def helper(net: Bare) -> None:
        await Outbox(net.site, X, net.leader).send("x")

    codes = {"leader": leader, "helper": helper}
    runs = [run("scheduler", codes, seed=seed, latency=latency) for seed in range(40)]
    late = {order.index("message") for order in (done.succeed().of("Leader") for done in runs)}
    assert late == {0.0: {0}, 0.5: {0, 1}, 2.0: {0, 1, 2}}[latency]


def test_a_run_ends_after_so_many_steps() -> None:
    outcome = endless(seed=0, most_steps=10)
    assert outcome.stopped
    assert outcome.steps == 10


def test_a_deadlock_names_timers_and_turns_too() -> None:
    async def leader(net: Bare) -> None:
        await net.site.fabric.signal().awaited()

    done = run("scheduler", {"leader": leader})
    assert done.deadlock == ["Leader waits for another of its tasks"]
