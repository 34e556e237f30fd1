import asyncio
from collections import Counter
from collections.abc import Callable
from logging import Logger
from typing import Any

from motet.errors import MotetError, PeerLost
from motet.ports import NodeId
from motet.transport.connection import Connection
from motet.transport.inlets import LinkInlet
from motet.transport.outlets import LinkOutlet
from motet.transport.protocol import ProtocolError
from motet.transport.receiving import Receiving
from motet.transport.settings import Settings

log: Logger

class Link(Receiving):
    __slots__ = (
        "_changed",
        "_heard_abort",
        "_inlets",
        "_numbered",
        "_outlets",
        "_sent_in_life",
        "connections",
        "dispensable",
        "incarnation",
        "over",
        "peer_done",
        "problem",
        "tolerated",
    )

    incarnation: str | None
    problem: str
    connections: int
    peer_done: bool
    over: bool
    tolerated: bool
    dispensable: bool

    def __init__(
        self,
        peer: NodeId,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        changed: Callable[[Link], None],
        heard_abort: Callable[[list[Any]], None],
        owing: dict[LinkInlet, None],
        dispensable: bool = False,
    ) -> None: ...
    def inlet(self, path: str, name: str) -> LinkInlet: ...
    def outlet(self, path: str, name: str) -> LinkOutlet: ...
    def open_channel(self, outlet: LinkOutlet, path: str, name: str) -> int: ...
    @property
    def used(self) -> bool: ...
    @property
    def messages(self) -> int: ...
    def sent_by_channel(self) -> Counter[str]: ...
    def waiting_by_channel(self) -> Counter[str]: ...
    @property
    def gone(self) -> bool: ...
    def check_receiving(self) -> None: ...
    def attach(self, connection: Connection, received: int) -> None: ...
    def detach(self) -> None: ...
    def resumed_writing(self) -> None: ...
    def disconnected(self, connection: Connection, problem: ProtocolError) -> None: ...
    def fail(self, failure: MotetError, forget: bool = False) -> None: ...
    def lose(self, failure: PeerLost) -> None: ...
    def close(self) -> None: ...
