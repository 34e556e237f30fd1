from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar

from motet.ports import Outlet
from motet.wire.channel import Channel

T = TypeVar("T")

FULL: Final = 65536
MOST: Final = 4096

class Cutter(Generic[T]):
    __slots__ = ("_channel", "_encode", "_full", "_largest", "_most", "_pack", "count")
    count: int

    def __init__(self, channel: Channel[Any, Any, list[T]], outlet: Outlet) -> None: ...
    def frames(self, batch: list[T]) -> Iterator[bytes]: ...
    def pack(self, batch: list[T]) -> bytes | None: ...
