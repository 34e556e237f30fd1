from typing import TypeVar

from motet.members import MemberId
from motet.wire.channel import Channel
from motet.wire.places import Site
from motet.wire.stream_inboxes import StreamGather

Here = TypeVar("Here")
T = TypeVar("T")

class StreamMesh(StreamGather[Here, Here, T]):
    __slots__ = ("_all", "_dealt", "_each")

    def __init__(self, site: Site[Here], channel: Channel[Here, Here, list[T]]) -> None: ...
    @property
    def wanted(self) -> bool: ...
    async def broadcast(self, batch: list[T]) -> bool: ...
    async def demux(self, batch: list[tuple[MemberId[Here], T]]) -> bool: ...
    async def deal(self, batch: list[T]) -> bool: ...
    async def end(self) -> None: ...
