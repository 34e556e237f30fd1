from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from motet.members import MemberId
from motet.wire.channel import Channel
from motet.wire.places import Group, Peer, Site

Here = TypeVar("Here")
There = TypeVar("There")
T = TypeVar("T")

class StreamOutbox(Generic[Here, There, T]):
    __slots__ = ("_cutter", "_end", "_ended", "_outlets", "_turns")

    def __init__(
        self,
        site: Site[Here],
        channel: Channel[Here, There, list[T]],
        to: Peer[There] | Group[There],
    ) -> None: ...
    @property
    def wanted(self) -> bool: ...
    async def send(self, batch: list[T]) -> bool: ...
    async def end(self) -> None: ...

class _Members(Generic[Here, There, T]):
    __slots__ = ("_boxes", "_channel", "_group", "_parts")

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, list[T]], group: Group[There]
    ) -> None: ...
    @property
    def wanted(self) -> bool: ...
    async def end(self) -> None: ...

class StreamOutboxes(_Members[Here, There, T]):
    __slots__ = ()

    async def send(self, batch: list[tuple[MemberId[There], T]]) -> bool: ...

class RoundRobin(_Members[Here, There, T]):
    __slots__ = ("_next",)

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, list[T]], group: Group[There]
    ) -> None: ...
    async def send(self, batch: list[T]) -> bool: ...

class StreamMulticast(Generic[Here, T]):
    __slots__ = ("_outboxes", "_parts")

    def __init__(self, *outboxes: StreamOutbox[Here, Any, T]) -> None: ...
    @property
    def wanted(self) -> bool: ...
    async def send(self, batch: list[T]) -> bool: ...
    async def end(self) -> None: ...

def split(
    channel: str,
    group: Group[There],
    batch: Sequence[tuple[MemberId[There], T]],
    parts: Sequence[list[T]],
) -> None: ...
def deal(batch: Sequence[T], first: int, parts: Sequence[list[T]]) -> int: ...
