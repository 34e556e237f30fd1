from collections import deque
from collections.abc import Callable
from typing import Final

from motet.ports import Fabric, Inlet, Outlet, Streams

BACKLOG: Final = 64

class LoopInlet(Inlet):
    __slots__ = (
        "_arrived",
        "_blocked",
        "_fabric",
        "_name",
        "_reader",
        "items",
        "outlet",
        "streams",
    )
    items: deque[object]
    streams: Streams
    outlet: LoopOutlet

    def __init__(self, fabric: Fabric, name: str) -> None: ...
    @property
    def gone(self) -> bool: ...
    def wait(self) -> object: ...
    def watch(self, arrived: Callable[[], None]) -> None: ...
    def append(self, content: object) -> None: ...
    def close(self) -> None: ...
    async def room(self) -> None: ...
    def discard_next(self) -> None: ...

class LoopOutlet(Outlet):
    __slots__ = ("_inlet",)

    def __init__(self, inlet: LoopInlet) -> None: ...
    def put(self, data: object) -> None: ...
    def put_packed(self, frame: bytes) -> None: ...
    async def room(self) -> None: ...
