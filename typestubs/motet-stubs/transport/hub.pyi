from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from logging import Logger
from random import Random
from typing import Final

from motet.errors import PeerAborted
from motet.ports import Inlet, NodeId, Outlet
from motet.transport.addresses import Address
from motet.transport.carriers import Carrier
from motet.transport.connection import Connection
from motet.transport.link import Link
from motet.transport.protocol import Fingerprint, Hello, ProtocolError
from motet.transport.samples import Sampler
from motet.transport.settings import Settings
from motet.transport.strangers import Strangers
from motet.transport.tcp_doors import DoorPlan, TcpDoor
from motet.transport.waiting import LoopFabric

log: Logger
ABORT_WITHIN: Final[float]

@dataclass(frozen=True, slots=True)
class Identity:
    node: NodeId
    members: int = ...
    run: str = ...
    fingerprint: Fingerprint = field(default_factory=Fingerprint)
    incarnation: str = ...

class Hub(LoopFabric):
    me: NodeId
    members: int
    settings: Settings
    dispensable: bool
    doors: dict[str, TcpDoor]
    strangers: Strangers
    links: dict[NodeId, Link]

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
    ) -> None: ...
    async def open(
        self,
        own: Address,
        deployment: Mapping[str, Sequence[Address]],
        listening: bool = False,
    ) -> None: ...
    async def finish(self) -> None: ...
    async def abort(self, cause: PeerAborted, unmet: bool = True) -> None: ...
    async def leave(self) -> None: ...
    async def close(self) -> None: ...
    def messages(self) -> dict[str, int]: ...
    def inlet(self, peer: NodeId, path: str, channel: str) -> Inlet: ...
    def outlet(self, peer: NodeId, path: str, channel: str) -> Outlet: ...
    def outlets(self, peers: Sequence[NodeId], path: str, channel: str) -> list[Outlet]: ...
    async def any_arrival(self, inlets: Sequence[Inlet], needed: int) -> None: ...
    def door(self, name: str, single: bool) -> TcpDoor: ...
    @property
    def hello_within(self) -> float: ...
    def opening(self, connection: Connection) -> Hello | None: ...
    def greeted(self, connection: Connection, hello: Hello) -> None: ...
    def rejected(self, connection: Connection, problem: ProtocolError) -> None: ...
    def unreachable(self, link: Link) -> None: ...
    def refused(self, link: Link, address: Address) -> None: ...

def precedes(node: NodeId, other: NodeId) -> bool: ...
