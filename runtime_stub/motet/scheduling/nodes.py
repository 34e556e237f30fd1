"""One node as its endpoints see it under the scheduler."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from motet.packing import new_packer
from motet.ports import Fabric, Inlet, LoopInlet, LoopOutlet, NodeId, Outlet
from motet.scheduling.tasks import Children, Task, Wait

if TYPE_CHECKING:
    from motet.scheduling.world import Pair, World

UNLIMITED = 1 << 62


class SimulatedInlet(Inlet):
    """Delivered messages of one channel; a task may wait for the next."""

    __slots__ = ("_discards", "_node", "items", "key", "source", "waiter")

    def __init__(self, node: SimulatedFabric, source: NodeId, key: tuple[str, str]) -> None:
        self.items: deque[object] = deque()
        self.key = key
        self.source = source
        self.waiter: Task | None = None
        self._node = node
        self._discards = 0

    def __str__(self) -> str:
        path, channel = self.key
        return f"'{channel}'{f' of {path}' if path else ''} from {self.source}"

    def wait(self) -> Wait:
        """What tells the scheduler to resume the task when a message has been delivered."""
        self._node.check()
        return Wait((self,))

    def deliver(self, data: object) -> None:
        """Take a message from the network and resume whoever waits for it."""
        if self._discards:
            self._discards -= 1
            return
        self.items.append(data)
        if self.waiter is not None:
            self.waiter.resume()

    def discard_next(self) -> None:
        """Drop one message, here or to come."""
        if self.items:
            self.items.popleft()
        else:
            self._discards += 1


class SimulatedOutlet(Outlet):
    """Packs messages into the queue of its pair of nodes."""

    __slots__ = ("_inlet", "_pair")

    def __init__(self, pair: Pair, inlet: SimulatedInlet, pack: Callable[[object], bytes]) -> None:
        super().__init__(pack)
        self.credit = UNLIMITED
        self._pair = pair
        self._inlet = inlet

    def put(self, data: object) -> None:
        """Queue a packed copy."""
        self._pair.append(self._inlet, self.pack(data))

    async def room(self) -> None:
        """There always is."""


class SimulatedFabric(Fabric):
    """The network as one node sees it."""

    def __init__(self, world: World, me: NodeId, members: int) -> None:
        self.me = me
        self.members = members
        self.rounds = {}
        self.failure: Exception | None = None
        self.inlets: dict[tuple[NodeId, str, str], SimulatedInlet] = {}
        self._outlets: dict[tuple[NodeId, str, str], Outlet] = {}
        self._world = world
        self._pack = new_packer()
        self._loops: dict[tuple[str, str], LoopInlet] = {}

    def check(self) -> None:
        """Raise if the choreography has been aborted."""
        if self.failure is not None:
            raise self.failure

    def abort(self, failure: Exception) -> None:
        """Raise at everything that waits here, now and later."""
        if self.failure is not None:
            return
        self.failure = failure
        for inlet in list(self.inlets.values()):
            inlet.items.clear()
            if inlet.waiter is not None:
                inlet.waiter.resume(failure)

    def inlet(self, peer: NodeId, path: str, channel: str) -> Inlet:
        """The inlet of a channel."""
        if peer == self.me:
            return self._loop(path, channel)
        key = (peer, path, channel)
        if key not in self.inlets:
            self.inlets[key] = SimulatedInlet(self, peer, (path, channel))
        return self.inlets[key]

    def outlet(self, peer: NodeId, path: str, channel: str) -> Outlet:
        """The outlet of a channel."""
        if peer == self.me:
            return LoopOutlet(self._loop(path, channel))
        key = (peer, path, channel)
        if key not in self._outlets:
            inlet = self._world.node(peer).inlet(self.me, path, channel)
            assert isinstance(inlet, SimulatedInlet)
            pair = self._world.pair(self.me, peer)
            self._outlets[key] = SimulatedOutlet(pair, inlet, self._pack)
        return self._outlets[key]

    def _loop(self, path: str, channel: str) -> LoopInlet:
        return self._loops.setdefault((path, channel), LoopInlet(channel))

    async def any_arrival(self, inlets: Sequence[Inlet], needed: int) -> None:
        """Wait until one of them has a message."""
        self.check()
        blockers = [inlet for inlet in inlets if isinstance(inlet, SimulatedInlet)]
        if not any(inlet.items for inlet in blockers):
            await Wait(blockers)

    async def concurrently(self, awaitables: Sequence[Awaitable[object]]) -> tuple[object, ...]:
        """Start them in an order that the seed decides; wait for all."""
        children = Children(self.me, awaitables)
        for task in children.tasks.values():
            self._world.spawn(task)
        while children.tasks:
            await Wait((children,))
        if children.error is not None:
            raise children.error
        return tuple(children.results)
