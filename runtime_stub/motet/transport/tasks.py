"""Concurrent calls as asyncio tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence

from motet.transport.driving import drive


class _Ending(Exception):
    """Stands for an exception that asyncio would not take for the end of a task with an error, but for the end of the
    loop, or for a cancellation from outside. Here it ends the choreography like any.
    """

    def __init__(self, cause: BaseException) -> None:
        super().__init__(cause)
        self.cause = cause


async def run_concurrently(awaitables: Sequence[Awaitable[object]]) -> tuple[object, ...]:
    """Run all; the first exception cancels the others and is raised, when they have ended."""
    if not awaitables:
        return ()
    tasks = [asyncio.create_task(_run(awaitable)) for awaitable in awaitables]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    failed = [task for task in tasks if task in done and task.exception() is not None]
    try:
        return tuple(task.result() for task in failed[:1] or tasks)
    except _Ending as ending:
        raise ending.cause from None


async def _run(awaitable: Awaitable[object]) -> object:
    try:
        return await (drive(awaitable) if isinstance(awaitable, Coroutine) else awaitable)
    except (SystemExit, KeyboardInterrupt) as cause:
        raise _Ending(cause) from None
    except asyncio.CancelledError as cause:
        if is_cancelled():
            raise
        raise _Ending(cause) from None


def is_cancelled() -> bool:
    """Whether somebody wants this task to stop: a program may raise `CancelledError` as well."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
