"""One node as its endpoints see it under the scheduler."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from motet.departures import Departures
from motet.errors import PeerLost
from motet.loopback import LoopInlet
from motet.packing import new_packer
from motet.ports import FOREVER, Fabric, Inlet, NodeId, Outlet, Streams
from motet.scheduling.clock import BREATH, Call, SimulatedSignal
from motet.scheduling.doors import SimulatedDoor
from motet.scheduling.tasks import RUNNING, Blocker, Children, Resumable, Wait, Watcher

if TYPE_CHECKING:
    from motet.scheduling.world import World

UNLIMITED: Final = 1 << 62


class SimulatedInlet(Inlet):
    """Delivered messages of one channel; a task may wait for the next."""

    __slots__ = (
        "_discards",
        "_node",
        "in_flight",
        "items",
        "keeps",
        "key",
        "source",
        "streams",
        "waiter",
    )

    def __init__(self, node: SimulatedFabric, source: NodeId, key: tuple[str, str]) -> None:
        self.items: deque[object] = deque()
        self.key = key
        self.source = source
        self.waiter: Resumable | None = None
        self.streams = Streams()
        self.in_flight = 0
        """Messages that have been sent and not delivered."""
        self.keeps = False
        self._node = node
        self._discards = 0

    def __str__(self) -> str:
        path, channel = self.key
        return f"'{channel}'{f' of {path}' if path else ''} from {self.source}"

    @property
    def gone(self) -> bool:
        """Whether the sender has left and the run goes on without it."""
        return self._node.failure is None and self._node.does_without(self.source)

    def wait(self) -> Wait:
        """What tells the scheduler to resume the task when a message has been delivered."""
        self._check()
        return Wait((self,))

    def _check(self) -> None:
        self._node.check()
        if self.source in self._node.departures.nodes:
            raise PeerLost(*self.source, "nothing more comes from it")

    def deliver(self, data: object) -> None:
        """Take a message from the network and resume whoever waits for it."""
        self.in_flight -= 1
        if self._node.dead:
            return
        if self._discards:
            self._discards -= 1
            return
        self.items.append(data)
        self.streams.drop_from(self.items)
        if self.items and self.waiter is not None:
            self.waiter.resume()

    def watch(self, arrived: Callable[[], None]) -> None:
        """Have `arrived` called by the next message."""
        self._check()
        if self.items:
            self._node.later(arrived)
        else:
            Watcher(self, arrived)

    def close(self) -> None:
        """Tell the sender that it may stop; drop what is there and what comes; resume who waits for more."""
        self._node.refuse_stream(self.source, self.key, self.streams.over)
        self.streams.close()
        self.streams.drop_from(self.items)
        if self.waiter is not None:
            self._node.later(self._wake)

    def _wake(self) -> None:
        """Resume who waits, to see that the stream was closed."""
        if self.waiter is not None:
            self.waiter.resume()

    def keep_all(self) -> None:
        """Let the sender send whatever it has."""
        self.keeps = True

    def discard_next(self) -> None:
        """Drop one message, here or to come."""
        if self.items:
            self.items.popleft()
        else:
            self._discards += 1


class SimulatedOutlet(Outlet):
    """Packs messages into the queue of its pair of nodes."""

    __slots__ = ("_inlet", "_node", "_pair", "_target", "_world")

    def __init__(
        self,
        world: World,
        node: SimulatedFabric,
        target: NodeId,
        inlet: SimulatedInlet,
        pack: Callable[[object], bytes],
    ) -> None:
        super().__init__(pack)
        self.credit = world.window
        self._world = world
        self._node = node
        self._target = target
        self._pair = world.pair(node.me, target)
        self._inlet = inlet

    def __str__(self) -> str:
        path, channel = self._inlet.key
        return f"room on '{channel}'{f' of {path}' if path else ''} to {self._target}"

    def put(self, data: object) -> None:
        """Queue a packed copy."""
        self.put_packed(self.pack(data))

    def put_packed(self, frame: bytes) -> None:
        """Queue it."""
        self.credit -= 1
        self._inlet.in_flight += 1
        self._pair.append(self._inlet, frame)

    async def room(self) -> None:
        """Wait until the receiver has taken enough of what was sent, or takes no more."""
        self._node.check()
        while not self.has_room():
            await self._world.room_at(self, self._node)

    def has_room(self) -> bool:
        """Whether something may be sent now."""
        if self._inlet.keeps or not self._world.is_live(self._target):
            self.credit = UNLIMITED
        else:
            self.credit = self._world.window - self._inlet.in_flight - len(self._inlet.items)
        return self.credit > 0 or not self.wanted


class SimulatedFabric(Fabric):
    """The network as one node sees it."""

    def __init__(
        self, world: World, me: NodeId, members: int, dispensable: Collection[str] = ()
    ) -> None:
        self.me = me
        self.members = members
        self.rounds = {}
        self.patience = 0.0
        self.departures = Departures()
        self.dead = False
        """Whether the node was killed."""
        self.groups: dict[Children, None] = {}
        """The concurrent tasks that run here."""
        self._dispensable = dispensable
        self.failure: Exception | None = None
        self.inlets: dict[tuple[NodeId, str, str], SimulatedInlet] = {}
        self._outlets: dict[tuple[NodeId, str, str], Outlet] = {}
        self._world = world
        self._pack = new_packer()
        self._loops: dict[tuple[str, str], LoopInlet] = {}
        self._doors: dict[str, SimulatedDoor] = {}
        self._numbers = count()
        self._signals: WeakValueDictionary[int, SimulatedSignal] = WeakValueDictionary()

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
        for signal in list(self._signals.values()):
            if signal.waiter is not None:
                signal.waiter.resume(failure)

    def does_without(self, peer: NodeId) -> bool:
        """Whether that peer has left, and nobody minds."""
        return peer.location in self._dispensable and peer in self.departures.nodes

    def departed(self, peer: NodeId) -> None:
        """Hear that a peer was lost, or has finished."""
        self.departures.add(peer)
        for (source, *_), inlet in list(self.inlets.items()):
            if source == peer and inlet.waiter is not None:
                inlet.waiter.resume()
        for (target, *_), outlet in self._outlets.items():
            if target == peer and self.does_without(peer):
                outlet.refuse_stream(FOREVER)

    def blockers(self) -> Iterator[str]:
        """What tasks of this node wait for."""
        blockers: list[Blocker] = [*self.inlets.values(), *self._signals.values()]
        for blocker in blockers:
            if blocker.waiter is not None and (name := str(blocker)):
                yield name

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
            return self._loop(path, channel).outlet
        key = (peer, path, channel)
        if key not in self._outlets:
            inlet = self._world.node(peer).inlet(self.me, path, channel)
            assert isinstance(inlet, SimulatedInlet)
            self._outlets[key] = SimulatedOutlet(self._world, self, peer, inlet, self._pack)
        return self._outlets[key]

    def _loop(self, path: str, channel: str) -> LoopInlet:
        key = (path, channel)
        if key not in self._loops:
            self._loops[key] = LoopInlet(self, channel)
        return self._loops[key]

    def refuse_stream(self, peer: NodeId, key: tuple[str, str], stream: int) -> None:
        """Tell the sender, behind what has been sent to it before."""
        outlet = self._world.node(peer).outlet(self.me, *key)
        self._world.pair(self.me, peer).call(lambda: outlet.refuse_stream(stream))

    async def any_arrival(self, inlets: Sequence[Inlet], needed: int) -> None:
        """Wait until one of them has a message."""
        self.check()
        blockers = [inlet for inlet in inlets if isinstance(inlet, SimulatedInlet)]
        if any(inlet.items for inlet in blockers):
            return
        lost = [x.source for x in blockers if x.source in self.departures.nodes]
        if lost and len(inlets) - len(lost) < needed:
            raise PeerLost(*lost[0], "nothing more comes from it")
        await Wait(blockers)

    async def concurrently(self, awaitables: Sequence[Awaitable[object]]) -> tuple[object, ...]:
        """Start them in an order that the seed decides; wait for all."""
        children = Children(self.me, awaitables)
        self.groups[children] = None
        for task in children.tasks.values():
            self._world.spawn(task)
        try:
            while children.tasks:
                await Wait((children,))
        finally:
            del self.groups[children]
            children.close()
        if children.error is not None:
            raise children.error
        return tuple(children.results)

    def door(self, name: str, single: bool | None) -> SimulatedDoor:
        """The door of a port; clients, who may come first, do not know whether it is a single one."""
        if name not in self._doors:
            self._doors[name] = SimulatedDoor(self, name, bool(single))
        elif single is not None:
            self._doors[name].opened(single)
        return self._doors[name]

    def now(self) -> float:
        """Virtual time."""
        return self._world.clock.now

    async def sleep(self, seconds: float) -> None:
        """Wait until that much virtual time has passed."""
        self.check()
        moment = self.now() + seconds
        signal = self.signal(f"a timer at {moment:g} s")
        self._world.clock.set(moment, signal)
        await signal.awaited()

    async def breathe(self) -> None:
        """Wait for one's turn; meanwhile some time passes."""
        signal = self.signal("its turn")
        signal.wake()
        await signal.awaited()
        self._world.clock.now += BREATH

    def signal(self, name: str = "another of its tasks") -> SimulatedSignal:
        """A place to wait at."""
        signal = SimulatedSignal(self, self._world.actions, name)
        self._signals[next(self._numbers)] = signal
        return signal

    def later(self, callback: Callable[[], None]) -> None:
        """Call back when the seed says so."""
        self._world.actions.append(Call(callback))

    def current(self) -> object:
        """The running task."""
        return RUNNING.get()
