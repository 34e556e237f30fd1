from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Final

from motet.transport.addresses import Address
from motet.transport.hub import Hub

LIBRARY: Final = "prometheus_client"

class Collector:
    def __init__(self, hub: Hub) -> None: ...
    def collect(self) -> Iterator[Any]: ...

def served(hub: Hub, address: Address | None) -> AbstractContextManager[None]: ...
