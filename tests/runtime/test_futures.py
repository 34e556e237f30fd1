"""Awaitables of a stream, many at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest
from motet.wire.futures import MOST, Futures
from runtime import harness
from runtime.harness import WAYS, Bare, run


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def alone(way: str, code: harness.Code, folder: Path) -> object:
    return run(way, {"leader": code}, folder=folder).succeed().of("Leader")


async def each(futures: Futures[int], found: list[int]) -> None:
    async for batch in futures:
        found.extend(batch)


@pytest.mark.parametrize("ordered", [False, True])
def test_many_are_under_way_and_come_in_order_if_they_shall(
    way: str, tmp_path: Path, ordered: bool
) -> None:
    async def leader(net: Bare) -> list[int]:
        futures: Futures[int] = net.futures(ordered)
        gate = net.site.fabric.signal()
        found: list[int] = []

        async def answer(n: int) -> int:
            if n == 0:
                await gate.awaited()  # opened by the last
            if n == 9:
                gate.wake()
            return n

        async def ask() -> None:
            for n in range(10):
                await futures.add(answer(n))
            futures.end()

        await net.concurrently(ask(), futures.run(), each(futures, found))
        return found

    found = alone(way, leader, tmp_path)
    assert isinstance(found, list)
    assert sorted(found) == list(range(10))
    assert found == list(range(10)) or not ordered
    assert ordered or found[-1] == 0


def test_so_many_at_a_time_and_no_more(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> tuple[int, int]:
        futures: Futures[int] = net.futures()
        made, most, taken = 0, 0, 0

        async def answer(n: int) -> int:
            return n

        async def ask() -> None:
            nonlocal made, most
            for n in range(5 * MOST):
                made += 1
                most = max(most, made - taken)
                await futures.add(answer(n))
            futures.end()

        async def take() -> None:
            nonlocal taken
            async for batch in futures:
                await net.site.fabric.sleep(0.001)
                taken += len(batch)

        await net.concurrently(take(), futures.run(), ask())
        return taken, most

    taken, most = alone(way, leader, tmp_path)  # type: ignore[misc]
    assert taken == 5 * MOST
    assert most <= 2 * MOST + 1  # those that the loop has taken are not under way any more


def test_what_nobody_wants_is_ended(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[str]:
        futures: Futures[int] = net.futures()
        told: list[str] = []

        async def answer(n: int) -> int:
            if n < 3:
                return n
            try:
                await net.site.fabric.signal().awaited()  # for ever
            finally:
                told.append("ended")
            return n

        async def ask() -> None:
            for n in range(2 * MOST):
                await futures.add(answer(n))
            told.append("asked")

        async def take() -> None:
            found: list[int] = []
            async for batch in futures:
                found += batch
                if len(found) == 3:
                    break
            futures.close()

        await net.concurrently(ask(), futures.run(), take())
        return told

    told = alone(way, leader, tmp_path)
    assert isinstance(told, list)
    assert set(told) <= {"asked", "ended"}
    assert "asked" in told


def test_what_the_loop_itself_adds(way: str, tmp_path: Path) -> None:
    """It may, past the end and past the bound: it cannot wait for itself."""

    async def leader(net: Bare) -> int:
        futures: Futures[int] = net.futures()
        count = 0

        async def answer(n: int) -> int:
            return n

        async def ask() -> None:
            await futures.add(answer(3))
            futures.end()

        async def take() -> None:
            nonlocal count
            async for batch in futures:
                count += len(batch)
                for n in batch:
                    await net.breathe()
                    for _ in range(n * 9):
                        await futures.add(answer(n - 1))

        await net.concurrently(ask(), futures.run(), take())
        return count

    assert alone(way, leader, tmp_path) == 1 + 27 + 27 * 18 + 27 * 18 * 9


def test_the_first_exception_is_raised_in_the_loop(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> str:
        futures: Futures[int] = net.futures(ordered=True)
        told = ""

        async def answer(n: int) -> int:
            if n == 2:
                raise ValueError("two")
            return n

        async def ask() -> None:
            for n in range(5):
                await futures.add(answer(n))
            futures.end()

        async def take() -> None:
            nonlocal told
            try:
                async for _ in futures:
                    pass
            except ValueError as error:
                told = str(error)
                futures.close()

        await net.concurrently(ask(), futures.run(), take())
        return told

    assert alone(way, leader, tmp_path) == "two"


def test_nothing_is_added(way: str, tmp_path: Path) -> None:
    async def leader(net: Bare) -> list[int]:
        futures: Futures[int] = net.futures()
        found: list[int] = []

        async def ask() -> None:
            futures.end()

        await net.concurrently(ask(), each(futures, found), futures.run())
        return found

    assert alone(way, leader, tmp_path) == []
