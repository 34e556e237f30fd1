"""Start every node of a run, watch them, and leave none behind.

A node runs in a session of its own, so Ctrl-C reaches the launcher alone, which then ends all: first politely, after a
while by force. When one fails, the others get a moment to hear of it from their peers and to end by themselves;
when one cannot use what it was given, there is nothing to hear.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeAlias

from motetc.run.deploy import NodeName
from motetc.run.nodes import Command, Nodes
from motetc.run.outcome import Ended

Judge: TypeAlias = Callable[[NodeName, int], bool]
AT_ONCE = 64
"""Nodes that are ordered before it is heard that they are there: the starter waits for somebody to read its answers."""

GRACE = 2.0  # seconds, for ending by oneself after a peer failed, and again after SIGTERM


def _has_code(node: NodeName, code: int) -> bool:
    return code != 0


def _never(node: NodeName, code: int) -> bool:
    return False


@dataclass(slots=True)
class Launch:
    """What a run ended with. `interrupted` is the signal that ended it, `timed_out` the nodes that were still busy."""

    ended: list[Ended] = field(default_factory=list)
    interrupted: signal.Signals | None = None
    timed_out: list[NodeName] = field(default_factory=list)


def launch(
    nodes: Nodes,
    commands: Sequence[Command],
    timeout: float | None,
    failed: Judge = _has_code,
    misused: Judge = _never,
) -> Launch:
    """Run all nodes to their end, one way or another.

    `failed` says whose end is that of the others, `misused` who has not begun, so that nobody has.
    """
    outcome = Launch()
    with nodes.interruptible():
        outcome.timed_out = _watch(nodes, deque(commands), timeout, failed, misused)
        begun = not any(x.code and misused(x.node, x.code) for x in nodes.all)
        _stop(nodes, politely=begun)
    _read_the_rest(nodes)
    outcome.interrupted = nodes.interrupted
    outcome.ended = [Ended(x.node, x.code or 0, stopped=x.stopped) for x in nodes.all]
    return outcome


def _watch(
    nodes: Nodes, commands: deque[Command], timeout: float | None, failed: Judge, misused: Judge
) -> list[NodeName]:
    """Start all, and return when they have ended, or are to be stopped; those that took too long."""
    deadline = None if timeout is None else monotonic() + timeout
    limit = deadline  # moves closer when a node fails
    while (commands or nodes.busy) and nodes.interrupted is None:
        while commands and nodes.ordered < AT_ONCE:
            nodes.start(commands.popleft())
        ended = nodes.turn(limit) if nodes.busy else []
        if limit is not None and monotonic() >= limit:
            return [item.node for item in nodes.busy] if limit == deadline else []
        if any(x.code and misused(x.node, x.code) for x in ended):
            return []
        if limit == deadline and any(failed(x.node, x.code or 0) for x in ended):
            soon = monotonic() + GRACE
            limit = soon if deadline is None else min(deadline, soon)
    return []


def _stop(nodes: Nodes, politely: bool) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL) if politely else (signal.SIGKILL,):
        waiting = list(nodes.busy)
        until = monotonic() + GRACE
        while nodes.busy and (waiting or monotonic() < until):
            for item in [item for item in nodes.busy if item in waiting and item.pid]:
                item.signal(number)
                waiting.remove(item)
            waiting = [item for item in waiting if item.code is None]  # these are being started
            nodes.turn(until if not waiting else None)


def _read_the_rest(nodes: Nodes) -> None:
    """What is still in the pipes. Who holds one open for longer was started by a node, and ends with it."""
    for number in (signal.SIGTERM, signal.SIGKILL, None):
        until = monotonic() + GRACE
        while nodes.open and monotonic() < until:
            nodes.turn(until)
        if nodes.open and number is not None:
            for item in nodes.all:
                item.signal_others(number)
