import asyncio
from asyncio.events import AbstractEventLoop
from collections.abc import Callable

from motet.errors import MotetError
from motet.ports import NodeId
from motet.transport.connection import Connection
from motet.transport.inlets import LinkInlet
from motet.transport.outlets import LinkOutlet
from motet.transport.protocol import End
from motet.transport.resume import Sent
from motet.transport.samples import Sampler
from motet.transport.settings import Settings

def write_nothing(chunk: bytes) -> None: ...

class Sending:
    __slots__ = (
        "_keep",
        "_last",
        "_write",
        "blocked",
        "connection",
        "deserted",
        "end",
        "failure",
        "heavy",
        "loop",
        "owing",
        "pack",
        "peer",
        "pending",
        "sampler",
        "scheduled",
        "sent",
        "settings",
        "start",
        "writer",
    )

    peer: NodeId
    settings: Settings
    loop: AbstractEventLoop
    owing: dict[LinkInlet, None]
    connection: Connection | None
    failure: MotetError | None
    end: End | None
    deserted: bool
    pack: Callable[[object], bytes]
    pending: list[bytes]
    writer: LinkOutlet | None
    heavy: bool
    blocked: dict[LinkOutlet, None]
    sent: Sent
    start: int
    sampler: Sampler | None
    scheduled: bool

    def __init__(
        self,
        peer: NodeId,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        owing: dict[LinkInlet, None],
    ) -> None: ...
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
    def write(self, chunk: bytes) -> None: ...
    def flush(self) -> None: ...
