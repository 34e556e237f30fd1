"""Run all locations of a choreography under a deterministic scheduler.

The same coroutines as in deployment, driven with `coro.send` alone: no sockets, no asyncio. The
seed decides which message is delivered next (each pair of nodes is first in, first out) and which
concurrent task starts next; the same seed gives the same run. What is sent is packed and unpacked
as on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from motet.entries import Part, PerLocation, PerMember, arguments_at, check_arguments, perform
from motet.ports import NodeId
from motet.scheduling.doors import Caller, Disconnected, Visit
from motet.scheduling.nodes import UNLIMITED, SimulatedFabric
from motet.scheduling.world import World

__all__ = [
    "Caller",
    "Disconnected",
    "Leftover",
    "Outcome",
    "Part",
    "PerLocation",
    "PerMember",
    "Visit",
    "simulate",
]


@dataclass(frozen=True, slots=True)
class Leftover:
    """Messages that were sent and never received."""

    source: NodeId
    destination: NodeId
    path: str
    channel: str
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run ended.

    `results` holds what each location with a result returned, by class (a list in member order for
    a cluster; `None` for a node that was killed); `messages` counts what was sent, by source and
    destination class; `deadlock` says of each node that still waits what it waits for. `stopped`: a
    limit ended the run, not the program. `time` is how much virtual time has passed.
    """

    results: Mapping[str, Any]
    errors: Mapping[NodeId, BaseException]
    messages: Mapping[tuple[str, str], int]
    leftover: Sequence[Leftover]
    deadlock: Sequence[str]
    steps: int
    time: float = 0.0
    stopped: bool = False

    @property
    def ok(self) -> bool:
        """Every node finished and every message was received."""
        return not (self.errors or self.deadlock or self.leftover or self.stopped)


def simulate(
    parts: Mapping[str, Part],
    sizes: Mapping[str, int] | None = None,
    arguments: Mapping[str, object] | None = None,
    seed: int = 0,
    *,
    until: float | None = None,
    most_steps: int | None = None,
    kill: Mapping[NodeId, float] | None = None,
    clients: Sequence[Caller] = (),
    window: int | None = None,
    latency: float = 0.0,
) -> Outcome:
    """Run one choreography to its end, or until nothing can happen any more.

    `parts` are its locations by class name, `sizes` the clusters' sizes by role, `arguments` the
    located values by name (`PerMember` for a value that differs per member, `PerLocation` for one
    whose class every location has of its own). One that has no end is stopped after `until` seconds
    of virtual time, or `most_steps` steps. The nodes in `kill` die at a moment of virtual time,
    without a word. `clients` come through ports; the run is over when they and all nodes are done.
    With a `window`, whoever has sent so many messages on a channel that its receiver has not taken
    waits before the next, as for slow receivers over sockets. With a `latency`, messages may be on
    their way for up to so many seconds of virtual time, so that timers ring before they arrive.
    """
    dispensable = {name for part in parts.values() for name in part.entry.dispensable}
    world = World(Random(seed), dispensable, window or UNLIMITED, latency)
    nodes: list[tuple[Part, SimulatedFabric]] = []
    for part in parts.values():
        own_nodes = part.nodes(sizes or {})
        nodes += [(part, world.add(me, len(own_nodes))) for me in own_nodes]
    for part, fabric in nodes:
        own = arguments_at(fabric.me, arguments or {})
        check_arguments(part.entry, own)
        world.start(fabric, perform(part.entry, part.location, fabric, sizes or {}, own))
    for number, caller in enumerate(clients):
        world.call_on(NodeId(f"a client of '{caller.channel.name}'", number), caller)
    for me, moment in (kill or {}).items():
        world.kill_at(moment, me)
    world.run(until, most_steps)
    return _outcome(world, [(part, fabric.me) for part, fabric in nodes])


def _outcome(world: World, nodes: Sequence[tuple[Part, NodeId]]) -> Outcome:
    results: dict[str, Any] = {}
    for part, me in nodes:
        if not part.entry.has_result or me not in world.results.keys() | world.killed:
            continue
        if me.member is None:
            results[me.location] = world.results.get(me)
        else:
            results.setdefault(me.location, []).append(world.results.get(me))
    return Outcome(
        results=results,
        errors=world.errors,
        messages=world.messages(),
        leftover=tuple(Leftover(*row) for row in world.leftover()),
        deadlock=() if world.stopped else tuple(world.waiting()),
        steps=world.steps,
        time=world.clock.now,
        stopped=world.stopped,
    )
