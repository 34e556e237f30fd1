"""Concurrent calls as asyncio tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence

from motet.transport.driving import drive


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
    return tuple(task.result() for task in failed[:1] or tasks)


async def _run(awaitable: Awaitable[object]) -> object:
    try:
        return await (drive(awaitable) if isinstance(awaitable, Coroutine) else awaitable)
    except SystemExit as exit_:
        # A task would stop the whole loop with it; here it ends the choreography like any error.
        raise RuntimeError(f"SystemExit: {exit_.code}") from exit_
