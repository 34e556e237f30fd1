"""Runs small programs of the runtime's tests in every way there is, inside one process.

A program is a coroutine function for each location, called with a net that has nothing but the
site and the peers. What a node finds out it returns.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from motet import Cluster, Process
from motet.entries import Entry, Part, Role
from motet.errors import MotetError
from motet.hosting.manifests import NO_MANIFEST
from motet.hosting.session import Session, run_session
from motet.ports import NodeId
from motet.schedule import simulate
from motet.transport.addresses import Address, Deployment
from motet.transport.carriers import Carrier, SocketCarrier
from motet.transport.hub import Hub, Identity
from motet.transport.memory import MemoryCarrier
from motet.transport.settings import Settings
from motet.wire import Channel, Group, Net, Peer, Site

Code = Callable[["Bare"], Awaitable[Any]]
WAYS = ("scheduler", "memory", "sockets")


class Leader(Process):
    pass


class Helper(Process):
    pass


class Worker(Cluster):
    pass


class Client(Cluster):
    pass


ROLES = {
    "leader": Role("Leader"),
    "helper": Role("Helper"),
    "workers": Role("Worker", cluster=True),
    "clients": Role("Client", cluster=True),
}
CLASSES = {"leader": Leader, "helper": Helper, "workers": Worker, "clients": Client}


class Bare(Net):
    """A net without endpoints: tests make their own from the site."""

    def __init__(
        self,
        site: Site[Any],
        leader: Peer[Leader] | None = None,
        helper: Peer[Helper] | None = None,
        workers: Group[Worker] | None = None,
        clients: Group[Client] | None = None,
    ) -> None:
        super().__init__(site)
        self.leader: Any = leader
        self.helper: Any = helper
        self.workers: Any = workers
        self.clients: Any = clients


def channel(name: str, decode: Callable[[Any], Any] = lambda data: data) -> Channel[Any, Any, Any]:
    return Channel(name, lambda value: value, decode)


def whole(data: object) -> int:
    """Decode an int."""
    if type(data) is not int:
        raise ValueError(f"expected int, got {data!r}")
    return data


class Run:
    """What came of a program."""

    def __init__(self) -> None:
        self.seen: dict[NodeId, Any] = {}
        self.errors: dict[NodeId, BaseException] = {}
        self.messages: dict[tuple[str, str], int] = {}
        self.leftover: list[Any] = []
        self.deadlock: list[str] = []

    def of(self, location: str) -> Any:
        """What a process returned, or the members of a cluster in order."""
        if NodeId(location) in self.seen:
            return self.seen[NodeId(location)]
        return [self.seen[node] for node in sorted(self.seen) if node.location == location]

    def succeed(self) -> Run:
        assert not self.errors, self.errors
        assert not self.deadlock, self.deadlock
        return self


def run(
    way: str,
    codes: Mapping[str, Code],
    sizes: Mapping[str, int] | None = None,
    folder: Path | None = None,
    seed: int = 0,
    carrier: Carrier | None = None,
    watched: Sequence[str] = (),
    apart: Mapping[str, Sequence[str]] | None = None,
    kill: Mapping[NodeId, float] | None = None,
    **settings: Any,
) -> Run:
    """Run a program, given as code by role; `way` is one of WAYS. Only the scheduler can `kill`."""
    outcome = Run()
    parts = parts_of(codes, outcome, watched, apart)
    if way == "scheduler":
        by_class = {p.entry.role.location: p for p in parts}
        known = {name: settings[name] for name in ("window", "latency") if name in settings}
        simulated = simulate(by_class, sizes, seed=seed, kill=kill, **known)
        outcome.errors = dict(simulated.errors)
        outcome.messages = dict(simulated.messages)
        outcome.leftover = list(simulated.leftover)
        outcome.deadlock = list(simulated.deadlock)
        return outcome
    memory = carrier or MemoryCarrier()
    asyncio.run(_run_hubs(way, parts, sizes or {}, folder, outcome, Settings(**settings), memory))
    return outcome


def parts_of(
    codes: Mapping[str, Code],
    outcome: Run,
    watched: Sequence[str] = (),
    apart: Mapping[str, Sequence[str]] | None = None,
) -> list[Part]:
    """What each node runs, noting in `outcome` what it finds out."""
    roles = {name: ROLES[name] for name in codes}

    def part(name: str, code: Code) -> Part:
        async def function(location: object, net: Bare) -> None:
            me = net.site.fabric.me
            try:
                outcome.seen[me] = await code(net)
            except BaseException as error:
                outcome.errors[me] = error
                raise

        entry = Entry(function, Bare, name, roles, watched, apart=(apart or {}).get(name, ()))
        return Part(CLASSES[name], entry)

    return [part(name, code) for name, code in codes.items()]


async def _run_hubs(
    way: str,
    parts: list[Part],
    sizes: Mapping[str, int],
    folder: Path | None,
    outcome: Run,
    settings: Settings,
    memory: Carrier,
) -> None:
    nodes = {node: part for part in parts for node in part.nodes(sizes)}
    numbers = itertools.count()
    members: dict[str, tuple[Address, ...]] = {}
    for node in nodes:
        name = str(node) if way == "memory" else f"{folder}/{next(numbers)}.sock"
        address = Address("memory" if way == "memory" else "unix", name)
        members[node.location] = (*members.get(node.location, ()), address)
    deployment = Deployment(members)
    sessions = []
    for node, part in nodes.items():
        carrier = memory if way == "memory" else SocketCarrier()
        who = Identity(node, len(part.nodes(sizes)))
        dispensable = part.entry.dispensable
        hub = Hub(who, part.entry.partners(nodes), carrier, settings, dispensable=dispensable)
        own = members[node.location][node.member or 0]
        sessions.append(
            Session(part.location, part.entry, hub, own, deployment, sizes, {}, NO_MANIFEST)
        )
    endings = await asyncio.gather(*map(run_session, sessions))
    for node, ending in zip(nodes, endings, strict=True):
        for destination, count in ending.report.messages.items():
            key = (node.location, destination)
            outcome.messages[key] = outcome.messages.get(key, 0) + count
        if ending.report.error is not None and node not in outcome.errors:
            outcome.errors[node] = MotetError(ending.report.error.message)
