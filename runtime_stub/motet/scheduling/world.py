"""The world of one simulated run: nodes, what is in flight between them, and the next step."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator
from random import Random
from typing import Any

from msgpack import unpackb

from motet.errors import PeerAborted
from motet.packing import unpack_extension
from motet.ports import NodeId
from motet.scheduling.nodes import SimulatedFabric, SimulatedInlet
from motet.scheduling.tasks import Task


class Pair:
    """Everything in flight from one node to another, in order."""

    __slots__ = ("_enable", "_queue", "count")

    def __init__(self, enable: Callable[[Pair], None]) -> None:
        self.count = 0
        self._enable = enable
        self._queue: deque[tuple[SimulatedInlet, bytes] | tuple[SimulatedFabric, Exception]] = (
            deque()
        )

    def append(self, inlet: SimulatedInlet, frame: bytes) -> None:
        """Put a message behind all others."""
        self.count += 1
        self._push((inlet, frame))

    def abort(self, node: SimulatedFabric, failure: Exception) -> None:
        """Tell the receiver that the choreography is over."""
        self._push((node, failure))

    def _push(self, item: tuple[SimulatedInlet, bytes] | tuple[SimulatedFabric, Exception]) -> None:
        self._queue.append(item)
        if len(self._queue) == 1:
            self._enable(self)

    def step(self) -> bool:
        """Deliver the oldest message; whether there are more."""
        target, content = self._queue.popleft()
        more = bool(self._queue)
        if isinstance(content, bytes):
            assert isinstance(target, SimulatedInlet)
            target.deliver(unpackb(content, ext_hook=unpack_extension))
        else:
            assert isinstance(target, SimulatedFabric)
            target.abort(content)
        return more


class World:
    """All nodes of a run, and the actions of which one is chosen at each step.

    An action is a pair with something in flight, or a task that has not started yet.
    """

    def __init__(self, random: Random) -> None:
        self.results: dict[NodeId, Any] = {}
        self.errors: dict[NodeId, BaseException] = {}
        self.steps = 0
        self._random = random
        self._nodes: dict[NodeId, SimulatedFabric] = {}
        self._pairs: dict[tuple[NodeId, NodeId], Pair] = {}
        self._actions: list[Pair | Task] = []
        self._live: dict[NodeId, Task] = {}

    def add(self, me: NodeId, members: int) -> SimulatedFabric:
        """A new node, member of a cluster of that size."""
        self._nodes[me] = SimulatedFabric(self, me, members)
        return self._nodes[me]

    def node(self, me: NodeId) -> SimulatedFabric:
        """A node; one that nobody plays is made here, and never receives."""
        return self._nodes.get(me) or self.add(me, 1)

    def pair(self, source: NodeId, destination: NodeId) -> Pair:
        """What is in flight between two nodes."""
        key = (source, destination)
        if key not in self._pairs:
            self._pairs[key] = Pair(self._actions.append)
        return self._pairs[key]

    def start(self, node: SimulatedFabric, awaitable: Awaitable[object]) -> None:
        """Let a node run its part."""

        def finish(result: object, error: BaseException | None) -> None:
            del self._live[node.me]
            if error is None:
                self.results[node.me] = result
            else:
                self._fail(node, error)

        task = Task(node.me, awaitable, finish)
        self._live[node.me] = task
        self.spawn(task)

    def spawn(self, task: Task) -> None:
        """A new task, to be started when the seed says so."""
        self._actions.append(task)

    def run(self) -> None:
        """Choose and do, until there is nothing to do."""
        actions, random = self._actions, self._random.random
        while actions:
            self.steps += 1
            index = int(random() * len(actions))
            action = actions[index]
            if isinstance(action, Pair) and action.step():
                continue
            # Actions are only ever appended meanwhile, so the index still holds.
            actions[index] = actions[-1]
            actions.pop()
            if isinstance(action, Task):
                action.resume()

    def _fail(self, node: SimulatedFabric, error: BaseException) -> None:
        self.errors[node.me] = error
        if node.failure is not None:
            return
        node.failure = PeerAborted(*node.me, None, f"{type(error).__name__}: {error}")
        for other in list(self._nodes.values()):
            if other is not node:
                self.pair(node.me, other.me).abort(other, node.failure)

    def messages(self) -> dict[tuple[str, str], int]:
        """How many messages were sent, by class of source and destination."""
        counts: Counter[tuple[str, str]] = Counter()
        for (source, destination), pair in self._pairs.items():
            if pair.count:
                counts[source.location, destination.location] += pair.count
        return dict(counts)

    def leftover(self) -> Iterator[tuple[NodeId, NodeId, str, str, int]]:
        """What was delivered and never received."""
        for node in self._nodes.values():
            for (source, path, channel), inlet in node.inlets.items():
                if inlet.items:
                    yield source, node.me, path, channel, len(inlet.items)

    def waiting(self) -> Iterator[str]:
        """Who still waits, and for what."""
        for me in self._live:
            blocked = [str(i) for i in self._nodes[me].inlets.values() if i.waiter is not None]
            yield f"{me} waits for {' and '.join(blocked) or 'nothing'}"
