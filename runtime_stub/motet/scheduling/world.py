"""The world of one simulated run: nodes, what is in flight between them, and the next step."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Iterator
from functools import partial
from random import Random
from typing import Any

from msgpack import unpackb

from motet.errors import PeerAborted, text_of
from motet.packing import unpack_extension
from motet.ports import NodeId
from motet.scheduling.clock import Alarm, Clock, SimulatedSignal
from motet.scheduling.doors import Caller, Visit
from motet.scheduling.nodes import UNLIMITED, SimulatedFabric, SimulatedInlet, SimulatedOutlet
from motet.scheduling.tasks import Action, Task


class Pair:
    """Everything in flight from one node to another, in order."""

    __slots__ = ("_clock", "_enable", "_queue", "count")

    def __init__(self, enable: Callable[[Pair], None], clock: Clock) -> None:
        self.count = 0
        self._clock = clock
        self._enable = enable
        self._queue: deque[tuple[float, Callable[[], object]]] = (
            deque()
        )  # since when, and what then

    @property
    def since(self) -> float:
        """Since when the oldest has been on its way."""
        return self._queue[0][0] if self._queue else self._clock.now

    def append(self, inlet: SimulatedInlet, frame: bytes) -> None:
        """Put a message behind all others."""
        self.count += 1
        self.call(lambda: inlet.deliver(unpackb(frame, ext_hook=unpack_extension)))

    def call(self, arrive: Callable[[], object]) -> None:
        """Put something behind all others that is no message."""
        self._queue.append((self._clock.now, arrive))
        if len(self._queue) == 1:
            self._enable(self)

    def cut(self, kept: int) -> None:
        """Lose all but the oldest few."""
        while len(self._queue) > kept:
            self._queue.pop()

    def __len__(self) -> int:
        return len(self._queue)

    def step(self) -> bool:
        """Deliver the oldest; whether there are more."""
        if not self._queue:
            return False
        _, arrive = self._queue.popleft()
        more = bool(self._queue)
        arrive()
        return more


class World:
    """All nodes of a run, and the actions of which one is chosen at each step.

    An action is a pair with something in flight, a task that has not started yet, or one that is
    to be resumed. When there is none, time passes until somebody's timer.
    """

    def __init__(
        self,
        random: Random,
        dispensable: Collection[str] = (),
        window: int = UNLIMITED,
        latency: float = 0.0,
    ) -> None:
        self.window = window
        """Messages of a channel that its receiver may not have taken yet before its sender waits."""
        self.results: dict[NodeId, Any] = {}
        self.errors: dict[NodeId, BaseException] = {}
        self.killed: set[NodeId] = set()
        self.steps = 0
        self.stopped = False
        """Whether the run was ended before it had come to its end."""
        self.clock = Clock()
        self.actions: list[Action] = []
        self._latency = latency
        self._random = random
        self._dispensable = dispensable
        self._nodes: dict[NodeId, SimulatedFabric] = {}
        self._pairs: dict[tuple[NodeId, NodeId], Pair] = {}
        self._live: dict[NodeId, Task] = {}
        self._blocked: dict[SimulatedOutlet, SimulatedSignal] = {}

    def add(self, me: NodeId, members: int) -> SimulatedFabric:
        """A new node, member of a cluster of that size."""
        self._nodes[me] = SimulatedFabric(self, me, members, self._dispensable)
        return self._nodes[me]

    def node(self, me: NodeId) -> SimulatedFabric:
        """A node; one that nobody plays is made here, and never receives."""
        return self._nodes.get(me) or self.add(me, 1)

    def is_live(self, me: NodeId) -> bool:
        """Whether a node has neither ended nor been killed."""
        return me in self._live

    async def room_at(self, outlet: SimulatedOutlet, node: SimulatedFabric) -> None:
        """Wait until a receiver has taken something, or takes nothing any more."""
        self._blocked[outlet] = signal = node.signal(str(outlet))
        try:
            await signal.awaited()
        finally:
            self._blocked.pop(outlet, None)

    def pair(self, source: NodeId, destination: NodeId) -> Pair:
        """What is in flight between two nodes."""
        key = (source, destination)
        if key not in self._pairs:
            self._pairs[key] = Pair(self.actions.append, self.clock)
        return self._pairs[key]

    def start(self, node: SimulatedFabric, awaitable: Awaitable[object]) -> None:
        """Let a node run its part."""

        def finish(result: object, error: BaseException | None) -> None:
            del self._live[node.me]
            if error is None:
                self.results[node.me] = result
                if node.me.location in self._dispensable:
                    self._depart(node)
            else:
                self._fail(node, error)

        task = Task(node.me, awaitable, finish)
        self._live[node.me] = task
        self.spawn(task)

    def call_on(self, me: NodeId, caller: Caller) -> None:
        """Let a client come."""
        node = self.add(me, 1)

        async def visit() -> object:
            visit = Visit[Any, Any](self, node, caller)
            try:
                return await caller.script(visit)
            finally:
                visit.leave()

        self.start(node, visit())

    def kill(self, me: NodeId) -> None:
        """End a node where it is. Of what it has sent lately some is lost, as the seed decides."""
        node, task = self._nodes[me], self._live.pop(me, None)
        if task is None:
            return
        node.dead = True
        self.killed.add(me)
        for group in list(node.groups):
            group.close()
        task.close()
        for (source, _), pair in self._pairs.items():
            if source == me:
                pair.cut(int(self._random.random() * (len(pair) + 1)))
        self._depart(node)

    def kill_at(self, moment: float, me: NodeId) -> None:
        """The same, when it is time."""
        self.clock.set(moment, Alarm(self.actions, partial(self.kill, me)))

    def _depart(self, node: SimulatedFabric) -> None:
        for other in list(self._nodes.values()):
            if other is not node:
                self.pair(node.me, other.me).call(partial(other.departed, node.me))

    def spawn(self, task: Task) -> None:
        """A new task, to be started when the seed says so."""
        self.actions.append(task)

    def run(self, until: float | None = None, most_steps: int | None = None) -> None:
        """Choose and do, until there is nothing to do, or a limit is reached."""
        actions, clock, random = self.actions, self.clock, self._random.random
        while True:
            while actions:
                if self.steps == most_steps or (until is not None and clock.now > until):
                    self.stopped = True
                    return
                self.steps += 1
                if self._latency and self._lets_time_pass():
                    self._pass_time()
                    continue
                index = int(random() * len(actions))
                if not actions[index].step():
                    # Actions are only ever appended meanwhile, so the index still holds.
                    actions[index] = actions[-1]
                    actions.pop()
                clock.ring()
                for outlet, signal in self._blocked.items():
                    if outlet.has_room():
                        signal.wake()
            moment = clock.next
            if moment is None:
                return
            if until is not None and moment > until:
                self.stopped = True
                return
            self._pass_time()

    def _lets_time_pass(self) -> bool:
        """Whether all that could happen is on its way, and still is when the next timer rings: as the seed decides."""
        moment, actions = self.clock.next, self.actions
        pairs = [action for action in actions if isinstance(action, Pair)]
        if moment is None or len(pairs) < len(actions):
            return False
        at_once = self._random.random() * (len(pairs) + 1) >= 1
        return not at_once and moment <= min(pair.since for pair in pairs) + self._latency

    def _pass_time(self) -> None:
        """Until somebody's timer."""
        moment = self.clock.next
        assert moment is not None
        self.clock.now = max(self.clock.now, moment)
        self.clock.ring()

    def _fail(self, node: SimulatedFabric, error: BaseException) -> None:
        self.errors[node.me] = error
        if node.failure is not None:
            return
        node.failure = PeerAborted(*node.me, None, f"{type(error).__name__}: {text_of(error)}")
        for other in list(self._nodes.values()):
            if other is not node:
                self.pair(node.me, other.me).call(partial(other.abort, node.failure))

    def messages(self) -> dict[tuple[str, str], int]:
        """How many messages were sent, by class of source and destination."""
        counts: Counter[tuple[str, str]] = Counter()
        for (source, destination), pair in self._pairs.items():
            if pair.count:
                counts[source.location, destination.location] += pair.count
        return dict(counts)

    def leftover(self) -> Iterator[tuple[NodeId, NodeId, str, str, int]]:
        """What was delivered and never received, by nodes that lived."""
        for node in self._nodes.values():
            for (source, path, channel), inlet in node.inlets.items():
                if inlet.items and not node.dead:
                    yield source, node.me, path, channel, len(inlet.items)

    def waiting(self) -> Iterator[str]:
        """Who still waits, and for what."""
        for me in self._live:
            yield f"{me} waits for {' and '.join(self._nodes[me].blockers()) or 'nothing'}"
