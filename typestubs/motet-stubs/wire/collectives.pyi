from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from motet.members import MemberId
from motet.wire.channel import Channel
from motet.wire.places import Group, Site

Here = TypeVar("Here")
There = TypeVar("There")
T = TypeVar("T")

class Gather(Generic[Here, There, T]):
    __slots__ = ("_channel", "_group", "_inlets", "_site")

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, T], group: Group[There]
    ) -> None: ...
    async def gather(self) -> dict[MemberId[There], T]: ...
    async def first(self, at_least: int) -> dict[MemberId[There], T]: ...
    async def reduce(self, fold: Callable[[T, T], T]) -> T: ...

class Scatter(Generic[Here, There, T]):
    __slots__ = ("_channel", "_group", "_outboxes")

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, T], group: Group[There]
    ) -> None: ...
    async def scatter(self, values: Mapping[MemberId[There], T]) -> None: ...

def check_members(
    channel: str, group: Group[There], values: Mapping[MemberId[There], object]
) -> None: ...
