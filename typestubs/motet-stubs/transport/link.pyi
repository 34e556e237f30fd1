import asyncio
from asyncio.events import AbstractEventLoop
from collections.abc import Callable
from enum import Enum
from logging import Logger
from typing import Any, Final

from motet.errors import MotetError, PeerLost
from motet.ports import NodeId
from motet.transport.connection import Connection
from motet.transport.inlets import LinkInlet
from motet.transport.outlets import LinkOutlet
from motet.transport.protocol import ProtocolError
from motet.transport.resume import Sent
from motet.transport.settings import Settings

log: Logger
GULP: Final[int]
MOST: Final = 128
ACK_SOON: Final[int]
ACK_NOW: Final[int]

class End(Enum):
    LOST = "lost"
    ABORTED = "aborted"
    GONE = "gone"

class Link:
    __slots__ = (
        "_acknowledged",
        "_announced",
        "_apart",
        "_changed",
        "_fed",
        "_heard_abort",
        "_inlets",
        "_keep",
        "_last",
        "_left",
        "_numbered",
        "_outlets",
        "_position",
        "_run",
        "_sent_in_life",
        "_unpacker",
        "_whole",
        "_write",
        "blocked",
        "connection",
        "deserted",
        "dispensable",
        "end",
        "failure",
        "heavy",
        "incarnation",
        "loop",
        "over",
        "owing",
        "pack",
        "peer",
        "peer_done",
        "pending",
        "problem",
        "scheduled",
        "sent",
        "settings",
        "start",
        "tolerated",
        "writer",
    )

    peer: NodeId
    settings: Settings
    loop: AbstractEventLoop
    connection: Connection | None
    incarnation: str | None
    problem: str
    failure: MotetError | None
    end: End | None
    peer_done: bool
    over: bool
    tolerated: bool
    dispensable: bool
    deserted: bool
    owing: dict[LinkInlet, None]
    pack: Callable[[object], bytes]
    pending: list[bytes]
    writer: LinkOutlet | None
    heavy: bool
    blocked: dict[LinkOutlet, None]
    sent: Sent
    @property
    def received(self) -> int: ...
    start: int
    scheduled: bool

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
    @property
    def writable(self) -> bool: ...
    @property
    def settled(self) -> bool: ...
    def check_sending(self) -> None: ...
    def end_run(self) -> None: ...
    def take_back(self) -> None: ...
    def put_control(self, *content: object) -> None: ...
    def put_last(self, *content: object) -> None: ...
    def ask_for_credit(self, number: int, sent: int, count: int) -> None: ...
    def refuse_stream(self, number: int, stream: int) -> None: ...
    def settle(self) -> None: ...
    def schedule(self) -> None: ...
    def flush(self) -> None: ...
    @property
    def gone(self) -> bool: ...
    def check_receiving(self) -> None: ...
    def read(self, data: Any) -> None: ...
    def attach(self, connection: Connection, received: int) -> None: ...
    def detach(self) -> None: ...
    def resumed_writing(self) -> None: ...
    def disconnected(self, connection: Connection, problem: ProtocolError) -> None: ...
    def fail(self, failure: MotetError, forget: bool = False) -> None: ...
    def lose(self, failure: PeerLost) -> None: ...
    def close(self) -> None: ...
