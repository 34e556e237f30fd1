"""The hub of a node: its links to all peers, from the first connection to the last goodbye."""

from __future__ import annotations

import asyncio
import copy
import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from motet.errors import PeerAborted, PeerLost
from motet.loopback import LoopInlet
from motet.ports import Inlet, NodeId, Outlet
from motet.transport import protocol
from motet.transport.addresses import Address, address_of
from motet.transport.arrivals import any_arrival
from motet.transport.carriers import Carrier, Listener
from motet.transport.connection import Connection
from motet.transport.dialing import Dialer, watch_listener
from motet.transport.fans import LinkFan
from motet.transport.ledger import Ledger
from motet.transport.link import Link
from motet.transport.outlets import LinkOutlet
from motet.transport.protocol import End, Fingerprint, Hello, HelloRefused, ProtocolError
from motet.transport.samples import Sampler
from motet.transport.settings import Settings
from motet.transport.strangers import Strangers
from motet.transport.tcp_doors import DoorPlan, TcpDoor
from motet.transport.waiting import LoopFabric
from motet.transport.waits import Wait

log = logging.getLogger("motet")

ABORT_WITHIN: Final = 5.0
"""Seconds that telling peers about an exception may take."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a node is, and in which run of which program."""

    node: NodeId
    members: int = 1
    run: str = ""
    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    incarnation: str = field(default_factory=lambda: os.urandom(8).hex())


class Hub(LoopFabric):
    """One node's view of all the others, over connections."""

    def __init__(
        self,
        identity: Identity,
        peers: Sequence[NodeId],
        carrier: Carrier,
        settings: Settings | None = None,
        random: Random | None = None,
        dispensable: Collection[str] = (),
        doors: DoorPlan | None = None,
        sampler: Sampler | None = None,
    ) -> None:
        super().__init__()
        self.me = identity.node
        self.members = identity.members
        self.settings = settings or Settings()
        self.rounds = {}
        self.dispensable = identity.node.location in dispensable
        """Whether the run goes on without this node."""
        self.doors: dict[str, TcpDoor] = {}
        self._door_plan = doors or DoorPlan()
        self._ledger = Ledger(self.settings.client_memory)
        self.strangers = Strangers(len(peers))
        self._identity = identity
        self._carrier = carrier
        self._random = random or Random()
        self._news = asyncio.Event()
        self._leaving = False  # whether this node ends before the others do
        self._listening = False  # whether all peers have listened from the start
        self._listener: Listener | None = None
        self._dialers: list[asyncio.Task[None]] = []
        self._probes: dict[Link, asyncio.Task[None]] = {}
        self._deployment: Mapping[str, Sequence[Address]] = {}
        self._deadlines: dict[Link, asyncio.TimerHandle] = {}
        self._loops: dict[tuple[str, str], LoopInlet] = {}
        self._fans: dict[tuple[str, str], LinkFan] = {}
        self.links = {
            peer: Link(
                peer,
                self.settings,
                self._loop,
                self._changed,
                self._heard_abort,
                self._owing,
                peer.location in dispensable,
            )
            for peer in peers
            if peer != self.me
        }
        for link in self.links.values():
            link.sampler = sampler

    # From start to end.

    async def open(
        self,
        own: Address,
        deployment: Mapping[str, Sequence[Address]],
        listening: bool = False,
    ) -> None:
        """Listen, dial, and wait until all peers are there; `PeerLost` names one that is not.

        `listening`: at every address of this machine somebody listens already, for as long as the node lives.
        """
        self._deployment = deployment
        self._listening = listening
        self._listener = await self._carrier.listen(own, lambda: Connection(self))
        for link in self.links.values():
            self._set_deadline(link, self.settings.start_within)
            if precedes(self.me, link.peer):
                dialer = Dialer(self, link, self._carrier, address_of(link.peer, deployment))
                self._dialers.append(self._loop.create_task(dialer.run(self._random)))
            elif listening:
                self._probe(link)
        await self._until(lambda: all(x.incarnation or x.failure for x in self.links.values()))
        for link in self.links.values():
            if link.failure is not None and (link.incarnation is None or not link.deserted):
                raise copy.copy(link.failure)

    async def finish(self) -> None:
        """Say that this node is done, and wait until all are; raise if one never will be."""
        for link in self.links.values():
            link.put_last(protocol.DONE)
        await self._until(lambda: all(map(_is_over, self.links.values())))
        for link in self.links.values():
            if link.failure is not None and (link.used or self.failure) and not link.tolerated:
                raise copy.copy(link.failure)
        await self._drain_doors()

    async def _drain_doors(self) -> None:
        """Give clients a while to read their last replies."""
        try:
            async with asyncio.timeout(self.settings.lost_after):
                for door in self.doors.values():
                    door.stop()
                    await door.drain()
        except TimeoutError:
            log.warning("%s: some clients have not read their last replies", self.me)

    async def abort(self, cause: PeerAborted, unmet: bool = True) -> None:
        """Tell every peer that the choreography is over, and wait a while until they know.

        Without `unmet` there is no waiting for peers that have not been there yet.
        """
        content = cause.location, cause.member, cause.line, cause.reason
        await self._say_last(protocol.ABORT, *content, unmet=unmet)

    async def leave(self) -> None:
        """Tell every peer that nothing more comes from here, and wait a while until they know."""
        await self._say_last(protocol.LEAVE)

    async def _say_last(self, *content: object, unmet: bool = True) -> None:
        self._leaving = True
        for link in self.links.values():
            if link.end is None:
                link.put_last(*content)
        told = [link for link in self.links.values() if unmet or link.incarnation is not None]
        try:
            async with asyncio.timeout(min(ABORT_WITHIN, self.settings.lost_after)):
                await self._until(lambda: all(link.settled for link in told))
        except TimeoutError:
            pass

    async def close(self) -> None:
        """Let go of every connection."""
        if self._listener is not None:
            self._listener.close()
        for door in self.doors.values():
            door.close()
        for deadline in self._deadlines.values():
            deadline.cancel()
        tasks = [*self._dialers, *self._probes.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for link in self.links.values():
            link.close()
        await asyncio.sleep(0)

    def messages(self) -> dict[str, int]:
        """Payload messages sent, by class of destination."""
        counts: dict[str, int] = {}
        for peer, link in self.links.items():
            if link.messages:
                counts[peer.location] = counts.get(peer.location, 0) + link.messages
        return counts

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._news.clear()
            await self._news.wait()

    # What endpoints use.

    def inlet(self, peer: NodeId, path: str, channel: str) -> Inlet:
        """The inlet of a channel."""
        return (
            self._loop_inlet(path, channel)
            if peer == self.me
            else self.links[peer].inlet(path, channel)
        )

    def outlet(self, peer: NodeId, path: str, channel: str) -> Outlet:
        """The outlet of a channel."""
        if peer == self.me:
            return self._loop_inlet(path, channel).outlet
        return self.links[peer].outlet(path, channel)

    def outlets(self, peers: Sequence[NodeId], path: str, channel: str) -> list[Outlet]:
        """One outlet for all the others together, and one for oneself."""
        outlets = [self.outlet(peer, path, channel) for peer in peers]
        linked = [outlet for outlet in outlets if isinstance(outlet, LinkOutlet)]
        if len(linked) < 2:
            return outlets
        key = (path, channel)
        if key not in self._fans:
            self._fans[key] = LinkFan(self._loop, linked)
        return [self._fans[key], *(x for x in outlets if not isinstance(x, LinkOutlet))]

    def _loop_inlet(self, path: str, channel: str) -> LoopInlet:
        key = (path, channel)
        if key not in self._loops:
            self._loops[key] = LoopInlet(self, channel)
        return self._loops[key]

    async def any_arrival(self, inlets: Sequence[Inlet], needed: int) -> None:
        """Wait until one of them has a message, as long as enough of them still may."""
        await any_arrival(Wait(self._loop), inlets, needed)

    def door(self, name: str, single: bool) -> TcpDoor:
        """The door of a port."""
        if name not in self.doors:
            plan, settings = self._door_plan, self.settings
            self.doors[name] = TcpDoor(self, name, single, plan, settings, self._ledger)
        return self.doors[name]

    # What connections use.

    @property
    def hello_within(self) -> float:
        """Seconds a connection may take to say who it is."""
        return self.settings.hello_within

    def opening(self, connection: Connection) -> Hello | None:
        """Who dials speaks first."""
        return self._hello(connection.target) if isinstance(connection.target, Link) else None

    def greeted(self, connection: Connection, hello: Hello) -> None:
        """A peer has said who it is: give the connection to its link, or refuse it."""
        self._check_program(hello)
        link = self._link_of(connection, hello)
        link.incarnation = hello.incarnation
        link.detach()
        if connection.target is None:
            connection.say(self._hello(link).pack())
        link.attach(connection, hello.received)

    def rejected(self, connection: Connection, problem: ProtocolError) -> None:
        """A connection ended before it belonged to a link."""
        name = type(problem).__name__
        link = connection.target
        if not isinstance(link, Link):
            log.warning("%s: a connection was refused: %s: %s", self.me, name, problem)
            if isinstance(problem, protocol.OtherVersion) and problem.node is not None:
                self._await_another(problem.node, problem.run, f"it speaks {problem}")
            return
        link.problem = str(problem)
        if isinstance(problem, HelloRefused) and problem.fatal:
            how = "refuses to talk" if problem.heard else "is refused"
            log.error("%s: %s %s: %s", self.me, link.peer, how, problem)
            self._lose(link, f"it {how}: {problem}")

    def _hello(self, link: Link) -> Hello:
        who = self._identity
        return Hello(who.fingerprint, self.me, who.run, who.incarnation, link.received)

    def _check_program(self, hello: Hello) -> None:
        difference = self._identity.fingerprint.difference(hello.fingerprint)
        if difference is not None:
            reason = f"was built from another program: {difference}"
            self._await_another(hello.node, hello.run, f"it {reason}")
            raise HelloRefused(f"{hello.node} {reason}", fatal=True)
        if hello.run != self._identity.run:
            raise HelloRefused(f"{hello.node} is of run '{hello.run}', this is another one")

    def _await_another(self, node: NodeId, run: str, reason: str) -> None:
        """Who is refused hears of it and ends; another in its place has not as long as one that never came."""
        link, seconds = self.links.get(node), self.settings.lost_after
        if link is not None and link.incarnation is None and run == self._identity.run:
            log.error("%s: %s is refused: %s", self.me, node, reason)
            link.problem, deadline = reason, self._deadlines.get(link)
            if deadline is not None and deadline.when() > self._loop.time() + seconds:
                deadline.cancel()
                reason = f"{reason}; no other came within {seconds:g} s"
                self._deadlines[link] = self._loop.call_later(seconds, self._lose, link, reason)

    def _link_of(self, connection: Connection, hello: Hello) -> Link:
        dialed = connection.target
        if isinstance(dialed, Link) and dialed.peer != hello.node:
            reason = f"{self.me} dialed {dialed.peer}, and this is {hello.node}"
            # where the one dialed has been before, what is in between leads astray for a while
            raise HelloRefused(reason, fatal=dialed.incarnation is None)
        link = self.links.get(hello.node)
        if link is None:
            raise HelloRefused(f"{hello.node} has no part in this run of {self.me}")
        if link.end is not None:
            raise HelloRefused(f"{hello.node} is {link.end.value} for {self.me}", fatal=True)
        if link.incarnation not in (None, hello.incarnation):
            self._lose(link, "it was restarted and has lost its state")
            raise HelloRefused(
                f"{hello.node} was restarted: the run goes on without it", fatal=True
            )
        if link.incarnation is None and hello.received:
            reason = f"{self.me} was restarted and has lost its state"
            self._await_another(hello.node, hello.run, f"it has met another process: {reason}")
            raise HelloRefused(reason, fatal=True)
        link.sent.check(hello.received)
        return link

    # What links say.

    def _changed(self, link: Link) -> None:
        if link.peer_done or link.end is not None:
            self.departures.add(link.peer)
        if link.connection is not None:
            deadline = self._deadlines.pop(link, None)
            if deadline is not None:
                deadline.cancel()
            probe = self._probes.pop(link, None)
            if probe is not None:
                probe.cancel()
        elif link.end is None and link.incarnation is not None and link not in self._deadlines:
            self._set_deadline(link, self.settings.lost_after)
            if not (link.peer_done or precedes(self.me, link.peer)):
                self._probe(link)
        self._news.set()

    def _probe(self, link: Link) -> None:
        address = address_of(link.peer, self._deployment)
        proves = address.kind == "unix" or self._listening
        if proves and (link not in self._probes or self._probes[link].done()):
            self._probes[link] = self._loop.create_task(watch_listener(self, link, address))

    def _set_deadline(self, link: Link, seconds: float) -> None:
        self._deadlines[link] = self._loop.call_later(seconds, self._overdue, link, seconds)

    def _overdue(self, link: Link, seconds: float) -> None:
        self._deadlines.pop(link, None)
        longer = "start_within" if link.incarnation is None else "lost_after"
        self._lose(
            link,
            f"unreachable for {seconds:g} s ({link.problem}); the setting {longer} allows more",
        )

    def unreachable(self, link: Link) -> None:
        """Nobody listens where a peer was; if it was done, that is its end."""
        if link.peer_done and link.end is None:
            link.end = End.GONE
            self._news.set()

    def refused(self, link: Link, address: Address) -> None:
        """Nobody listens there. Where this proves that a peer's process has ended, there is no need to wait."""
        if self._leaving and link.settled:
            return  # it has heard of that, and has ended too
        if self._listening or (address.kind == "unix" and link.incarnation is not None):
            self._lose(link, "its process has ended")

    def _lose(self, link: Link, reason: str) -> None:
        if link.end is not None:
            return
        link.end = End.GONE if link.peer_done else End.LOST
        if not link.peer_done:
            link.lose(PeerLost(*link.peer, reason))
        self._news.set()

    def _heard_abort(self, content: list[Any]) -> None:
        match content:
            case [str(location), int() | None as member, str() | None as line, str(reason)]:
                cause = PeerAborted(location, member, line, reason)
            case _:
                cause = PeerAborted("a peer", None, None, "for an unknown reason")
        if self.failure is None:
            self.failure = cause
            for link in self.links.values():
                link.fail(cause, forget=True)
            self._wake_signals()


def precedes(node: NodeId, other: NodeId) -> bool:
    """Whether `node` dials `other`, and not the other way round."""
    return (node.location, node.member or 0) < (other.location, other.member or 0)


def _is_over(link: Link) -> bool:
    """Whether neither end needs the other any more; of an abort that has just come, the failure follows."""
    ended = link.end is not None and link.end is not End.ABORTED
    return link.failure is not None or (link.peer_done and link.settled) or ended
