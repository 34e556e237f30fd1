from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from logging import Logger
from typing import Final

from motet.doors import Door
from motet.ports import Fabric
from motet.transport.addresses import Address
from motet.transport.ledger import Ledger
from motet.transport.settings import Settings

log: Logger
ANYWHERE: Final[Address]
EXHAUSTED: Final[set[int]]
RETRY: Final[float]

def keep_quiet(name: str, address: Address) -> None: ...
def print_port(name: str, address: Address) -> None: ...

@dataclass(frozen=True, slots=True)
class DoorPlan:
    addresses: Mapping[str, Address] = field(default_factory=dict)
    announce: Callable[[str, Address], None] = ...

class TcpDoor(Door):
    settings: Settings
    ledger: Ledger
    address: Address

    def __init__(
        self,
        fabric: Fabric,
        name: str,
        single: bool,
        plan: DoorPlan,
        settings: Settings,
        ledger: Ledger,
    ) -> None: ...
    def send(self, client: int, data: bytes) -> None: ...
    async def room(self) -> None: ...
    def refuse(self, client: int, reason: str) -> None: ...
    def asked(self, client: int, content: object, size: int) -> None: ...
    def waiting(self, client: int) -> int: ...
    def read(self) -> None: ...
    def left(self, client: int, reason: str | None) -> None: ...
    def stop(self) -> None: ...
    async def drain(self) -> None: ...
    def close(self) -> None: ...
