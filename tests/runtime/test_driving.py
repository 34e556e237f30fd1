"""Coroutines driven from their seats are tasks like any other, for themselves and for whoever looks at them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

import pytest
from motet.transport.driving import drive
from motet.transport.waits import Wait

WORD: ContextVar[str] = ContextVar("word", default="nothing")


class Stage:
    """A task whose coroutine waits for `cue`, again and again; `given` are its cues, none of them too late."""

    def __init__(self) -> None:
        self.cue = Wait(asyncio.get_running_loop())
        self.log: list[object] = []

    def begin(self, play: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        async def driven() -> object:
            return await drive(play)

        return asyncio.create_task(driven())

    async def give(self) -> None:
        """Wake whoever waits from a callback, and return when it has run."""
        await call(self.cue.wake_now)


async def call(function: Callable[[], object]) -> None:
    """Call it where no task is running."""
    done = asyncio.Event()

    def run() -> None:
        function()
        done.set()

    asyncio.get_running_loop().call_soon(run)
    await done.wait()


def test_it_runs_on_the_spot_as_the_current_task_in_its_own_context():
    async def scene() -> None:
        stage = Stage()

        async def play() -> str:
            WORD.set("inside")
            for _ in range(3):
                await stage.cue
                stage.log.append((asyncio.current_task(), WORD.get()))
            return "done"

        task = stage.begin(play())
        await asyncio.sleep(0)
        for count in range(1, 4):

            def cue(expected: int = count) -> None:
                stage.cue.wake_now()
                assert len(stage.log) == expected  # not in another iteration
                assert asyncio.current_task() is None
                assert WORD.get() == "nothing"

            await call(cue)
        assert await task == "done"
        assert stage.log == [(task, "inside")] * 3
        assert task.cancelled() is False

    asyncio.run(scene())


def test_it_waits_for_whatever_a_task_can_wait_for():
    async def scene() -> None:
        stage = Stage()
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def inner() -> str:
            await stage.cue
            return "inner"

        async def play() -> None:
            stage.log.append(await future)
            await stage.cue
            await asyncio.sleep(0)
            stage.log.append(await asyncio.create_task(inner()))
            await asyncio.sleep(0.001)
            stage.log.append(await asyncio.to_thread(lambda: "thread"))
            stage.log.append(await drive(inner()))
            await stage.cue
            stage.log.append("end")

        task = stage.begin(play())
        await asyncio.sleep(0)
        future.set_result(1)
        while not task.done():
            await stage.give()
            await asyncio.sleep(0)
        await task
        assert stage.log == [1, "inner", "thread", "inner", "end"]

    asyncio.run(scene())


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), asyncio.CancelledError()])
def test_what_it_raises_is_what_the_task_raises(error: BaseException):
    async def scene() -> None:
        stage = Stage()

        async def play() -> None:
            await stage.cue
            raise error

        async def guarded() -> object:
            try:
                return await drive(play())
            except BaseException as raised:
                return raised

        task = asyncio.create_task(guarded())
        await asyncio.sleep(0)
        await stage.give()
        assert await task is error

    asyncio.run(scene())


def test_a_cancellation_is_raised_where_it_waits_and_can_be_caught():
    async def scene() -> None:
        stage = Stage()

        async def play() -> str:
            try:
                await stage.cue
            except asyncio.CancelledError:
                stage.log.append("caught")
            await stage.cue
            return "went on"

        task = stage.begin(play())
        await asyncio.sleep(0)
        task.cancel()
        assert not stage.cue.waiting  # a message that comes now runs nothing
        stage.cue.wake_now()
        await asyncio.sleep(0)
        assert stage.log == ["caught"]
        assert stage.cue.waiting
        await stage.give()
        assert await task == "went on"

    asyncio.run(scene())


@pytest.mark.parametrize("cues", [0, 1, 2])
def test_a_timeout_ends_the_waiting_of_a_resumed_coroutine(cues: int):
    async def scene() -> None:
        stage = Stage()

        async def play() -> str:
            try:
                async with asyncio.timeout(0.01):
                    while True:
                        await stage.cue
            except TimeoutError:
                return "late"

        task = stage.begin(play())
        await asyncio.sleep(0)
        for _ in range(cues):
            await stage.give()
        assert await task == "late"

    asyncio.run(scene())


def test_who_cancels_itself_hears_of_it_at_the_next_wait():
    async def scene(waits: Callable[[Stage], Any]) -> list[object]:
        stage = Stage()

        async def play() -> None:
            await stage.cue
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            stage.log.append("still here")
            await waits(stage)
            stage.log.append("too far")

        task = stage.begin(play())
        await asyncio.sleep(0)
        await stage.give()
        with pytest.raises(asyncio.CancelledError):
            await task
        return stage.log

    assert asyncio.run(scene(lambda stage: stage.cue)) == ["still here"]
    assert asyncio.run(scene(lambda stage: asyncio.sleep(1))) == ["still here"]


def test_who_cancels_itself_and_ends_is_cancelled():
    async def scene() -> None:
        stage = Stage()

        async def play() -> None:
            await stage.cue
            task = asyncio.current_task()
            assert task is not None
            task.cancel()

        task = stage.begin(play())
        await asyncio.sleep(0)
        await stage.give()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scene())


def test_a_future_that_is_waited_for_is_cancelled_with_the_task():
    async def scene() -> None:
        stage = Stage()
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def play() -> None:
            await stage.cue
            await future

        task = stage.begin(play())
        await asyncio.sleep(0)
        await stage.give()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert future.cancelled()

    asyncio.run(scene())


def test_closing_closes_the_coroutine():
    async def scene() -> None:
        stage = Stage()

        async def play() -> None:
            try:
                await stage.cue
            finally:
                stage.log.append("closed")

        driven = drive(play())
        driven.send(None)
        driven.close()
        assert stage.log == ["closed"]

    asyncio.run(scene())
