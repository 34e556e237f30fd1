from collections.abc import Awaitable
from typing import Generic, Self, TypeVar

from motet.members import MemberId
from motet.wire.channel import Channel
from motet.wire.places import Group, Peer, Site

Here = TypeVar("Here")
There = TypeVar("There")
T = TypeVar("T")

class StreamInbox(Generic[Here, There, T]):
    __slots__ = ("_channel", "_decode", "_inlet", "_over", "_source")

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, list[T]], source: Peer[There]
    ) -> None: ...
    def __aiter__(self) -> Self: ...
    def __anext__(self) -> Awaitable[list[T]]: ...
    def close(self) -> None: ...

class StreamGather(Generic[Here, There, T]):
    __slots__ = (
        "_channel",
        "_decode",
        "_inlets",
        "_members",
        "_nodes",
        "_open",
        "_ready",
        "_signal",
    )

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, list[T]], group: Group[There]
    ) -> None: ...
    def __aiter__(self) -> Self: ...
    def __anext__(self) -> Awaitable[tuple[MemberId[There], list[T]]]: ...
    def close(self) -> None: ...
