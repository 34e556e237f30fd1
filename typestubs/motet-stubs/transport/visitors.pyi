import socket
from collections.abc import Callable
from typing import Final, Protocol

from motet.transport.ledger import Ledger
from motet.transport.settings import Settings

CHUNK: Final[int]
PIECE: Final[int]
AT_ONCE: Final = 16
SMALL: Final = 512
READER: Final[int]
LITTLE: Final[int]

class Visited(Protocol):
    settings: Settings
    ledger: Ledger

    def asked(self, client: int, requests: bytes) -> None: ...
    def waiting(self, client: int) -> int: ...
    def read(self) -> None: ...
    def left(self, client: int, reason: str | None) -> None: ...

class Visitor:
    __slots__ = (
        "_backlog",
        "_door",
        "_fed",
        "_gone",
        "_loop",
        "_part",
        "_partial",
        "_reading",
        "_replies",
        "_sent",
        "_socket",
        "_stalled",
        "_unpacker",
        "drained",
        "number",
        "peer",
    )
    number: int
    peer: str
    drained: Callable[[], None] | None

    def __init__(self, door: Visited, number: int, connected: socket.socket, peer: str) -> None: ...
    @property
    def held(self) -> int: ...
    @property
    def backlog(self) -> int: ...
    @property
    def stalled(self) -> float: ...
    def resume(self) -> None: ...
    def write(self, data: bytes) -> None: ...
    def evict(self, reason: str) -> None: ...
    def lose(self, problem: OSError) -> None: ...
    def close(self) -> None: ...

def not_messagepack(problem: Exception) -> str: ...
