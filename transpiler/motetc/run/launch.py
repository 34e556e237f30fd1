"""Start every node of a run, watch them, and leave none behind.

A node runs in a session of its own, so Ctrl-C reaches the launcher alone, which then ends all: first politely, after a
while by force. When one fails, the others get a moment to hear of it from their peers and to end by themselves.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO, TypeAlias

from motetc.run.deploy import NodeName
from motetc.run.lines import Prefixer, forward
from motetc.run.outcome import Ended

Spared: TypeAlias = Callable[[NodeName, int], bool]
GRACE = 2.0  # seconds, for ending by oneself after a peer failed, and again after SIGTERM


@dataclass(frozen=True, slots=True)
class Command:
    """How to start one node. It takes over the listening socket: once it is gone, nobody answers there any more."""

    node: NodeName
    arguments: tuple[str, ...]
    listener: socket.socket | None = None


@dataclass(slots=True)
class Running:
    """A started node and the tasks that carry its output."""

    node: NodeName
    process: asyncio.subprocess.Process
    pumps: tuple[asyncio.Task[None], ...]
    stopped: bool = False

    def signal(self, number: signal.Signals) -> None:
        """To the node and to whatever it started."""
        self.stopped = True
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass


@dataclass(slots=True)
class Launch:
    """What a run ended with. `interrupted` is the signal that ended it, `timed_out` the nodes that were still busy."""

    ended: list[Ended] = field(default_factory=list)
    interrupted: signal.Signals | None = None
    timed_out: list[NodeName] = field(default_factory=list)


async def launch(
    commands: Sequence[Command],
    environment: Mapping[str, str],
    prefixer: Prefixer,
    out: TextIO,
    timeout: float | None,
    spared: Spared = lambda node, code: False,
) -> Launch:
    """Run all nodes to their end, one way or another. `spared` says whose failure does not end the others."""
    outcome, halt = Launch(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def interrupt(number: signal.Signals) -> None:
        outcome.interrupted = number
        halt.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt, number)
    running: list[Running] = []
    try:
        for command in commands:
            running.append(await _start(command, environment, prefixer, out))
        await _watch(running, halt, timeout, outcome, spared)
    finally:
        await _stop([item for item in running if item.process.returncode is None])
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    for item in running:
        await asyncio.gather(*item.pumps)
    outcome.ended = [Ended(x.node, x.process.returncode or 0, stopped=x.stopped) for x in running]
    return outcome


async def _start(
    command: Command, environment: Mapping[str, str], prefixer: Prefixer, out: TextIO
) -> Running:
    handles = () if command.listener is None else (command.listener.fileno(),)
    process = await asyncio.create_subprocess_exec(
        *command.arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        pass_fds=handles,
        start_new_session=True,
    )
    if command.listener is not None:
        command.listener.close()
    assert process.stdout is not None
    assert process.stderr is not None
    name = str(command.node)
    pumps = (
        asyncio.create_task(forward(process.stdout, prefixer.writer(name, out))),
        asyncio.create_task(forward(process.stderr, prefixer.writer(name, sys.stderr))),
    )
    return Running(command.node, process, pumps)


async def _watch(
    running: Sequence[Running],
    halt: asyncio.Event,
    timeout: float | None,
    outcome: Launch,
    spared: Spared,
) -> None:
    """Return when all have ended, or when those that have not are to be stopped."""
    nodes = {asyncio.create_task(item.process.wait()): item.node for item in running}
    halted = asyncio.create_task(halt.wait())
    loop = asyncio.get_running_loop()
    deadline = None if timeout is None else loop.time() + timeout
    limited = deadline  # moves closer when a node fails
    pending = set(nodes)
    try:
        while pending and not halt.is_set():
            left = None if limited is None else max(0.0, limited - loop.time())
            done, _ = await asyncio.wait(
                {*pending, halted}, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                if limited == deadline:
                    outcome.timed_out = [x.node for x in running if x.process.returncode is None]
                return
            codes = {nodes[task]: task.result() for task in done if task in nodes}
            failed = any(code and not spared(node, code) for node, code in codes.items())
            pending = {task for task in pending if not task.done()}
            if failed and limited == deadline:
                limited = (
                    loop.time() + GRACE if deadline is None else min(deadline, loop.time() + GRACE)
                )
    finally:
        for task in {*pending, halted}:
            task.cancel()
        await asyncio.gather(*pending, halted, return_exceptions=True)


async def _stop(running: Sequence[Running]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not running:
            return
        for item in running:
            item.signal(number)
        waits = [asyncio.create_task(item.process.wait()) for item in running]
        await asyncio.wait(waits, timeout=GRACE)
        running = [item for item in running if item.process.returncode is None]
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
