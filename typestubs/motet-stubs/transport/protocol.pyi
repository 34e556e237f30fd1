from dataclasses import dataclass
from enum import Enum
from typing import Final

from motet.errors import MotetError
from motet.ports import NodeId

VERSION: Final[int]
MAGIC: Final[str]
REFUSED: Final[str]
CONTROL: Final[int]
OPEN: Final[int]
LOW: Final[int]
GRANT: Final[int]
ACK: Final[int]
DONE: Final[int]
ABORT: Final[int]
CLOSE: Final[int]
LEAVE: Final[int]
TRACE: Final[int]
HELLO_BYTES: Final[int]
HELLO_ITEMS: Final[int]
LINE: Final[int]

class End(Enum):
    LOST = "lost"
    ABORTED = "aborted"
    GONE = "gone"

class ProtocolError(MotetError):
    def __init__(self, reason: str) -> None: ...

class GarbageError(ProtocolError): ...
class OversizedFrame(ProtocolError): ...
class TruncatedFrame(ProtocolError): ...

class HelloRefused(ProtocolError):
    fatal: bool
    heard: bool

    def __init__(self, reason: str, *, fatal: bool = False, heard: bool = False) -> None: ...

class OtherVersion(HelloRefused):
    version: int
    node: NodeId | None
    run: str

    def __init__(self, version: int, node: NodeId | None = None, run: str = "") -> None: ...

class HelloTimeout(ProtocolError): ...
class Crowded(ProtocolError): ...

def one_line(text: str) -> str: ...

@dataclass(frozen=True, slots=True)
class Fingerprint:
    program: str = ...
    parts: tuple[tuple[str, str], ...] = ...

    def difference(self, other: Fingerprint) -> str | None: ...

@dataclass(frozen=True, slots=True)
class Hello:
    fingerprint: Fingerprint
    node: NodeId
    run: str
    incarnation: str
    received: int

    def pack(self) -> list[object]: ...

def read_hello(frame: object) -> Hello: ...
def read_refusal(data: bytes | memoryview) -> HelloRefused | None: ...
