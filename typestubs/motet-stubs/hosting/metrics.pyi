from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from motet.transport.addresses import Address
from motet.transport.hub import Hub

class Collector:
    def __init__(self, hub: Hub) -> None: ...
    def collect(self) -> Iterator[Any]: ...

def served(hub: Hub, address: Address | None) -> AbstractContextManager[None]: ...
