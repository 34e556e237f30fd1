from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar

from motet.ports import Fabric, Outlet
from motet.wire.channel import Channel
from motet.wire.turns import Turns

T = TypeVar("T")

FULL: Final = 65536
MOST: Final = 4096

class Cutter(Generic[T]):
    __slots__ = ("_channel", "_encode", "_full", "_largest", "_most", "_pack", "count")
    count: int

    def __init__(self, channel: Channel[Any, Any, list[T]], outlet: Outlet) -> None: ...
    def frames(self, batch: list[T]) -> Iterator[bytes]: ...
    def pack(self, batch: list[T]) -> bytes | None: ...

class Lane:
    __slots__ = ("outlet", "turns")
    outlet: Outlet
    turns: Turns

    def __init__(self, fabric: Fabric, outlet: Outlet) -> None: ...
    async def put(self, frame: bytes) -> None: ...
    async def end(self, frame: bytes) -> None: ...
