from collections.abc import Coroutine
from typing import Any, Final, Generic, TypeVar

from motet.members import MemberId
from motet.wire.channel import Channel
from motet.wire.places import Group, Peer, Site

Here = TypeVar("Here")
There = TypeVar("There")
T = TypeVar("T")

SENT: Final[Coroutine[Any, Any, None]]

class Outbox(Generic[Here, There, T]):
    __slots__ = ("_channel", "_encode", "_outlet")

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, T], to: Peer[There] | Group[There]
    ) -> None: ...
    def send(self, value: T) -> Coroutine[Any, Any, None]: ...
    async def share(self, value: T) -> T: ...

class Inbox(Generic[Here, There, T]):
    __slots__ = ("_channel", "_decode", "_inlet", "_items", "_source")

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, T], source: Peer[There]
    ) -> None: ...
    def recv(self) -> Coroutine[Any, Any, T]: ...

class Multicast(Generic[Here, T]):
    __slots__ = ("_outboxes",)

    def __init__(self, *outboxes: Outbox[Here, Any, T]) -> None: ...
    async def send(self, value: T) -> None: ...
    async def share(self, value: T) -> T: ...

class Outboxes(Generic[Here, There, T]):
    __slots__ = ("_boxes", "_channel", "_group", "_site")

    def __init__(
        self, site: Site[Here], channel: Channel[Here, There, T], group: Group[There]
    ) -> None: ...
    def __getitem__(self, member: int | MemberId[There]) -> Outbox[Here, There, T]: ...

class Inboxes(Generic[Here, There, T]):
    __slots__ = ("_boxes", "_channel", "_group", "_site")

    def __init__(
        self, site: Site[Here], channel: Channel[There, Here, T], group: Group[There]
    ) -> None: ...
    def __getitem__(self, member: int | MemberId[There]) -> Inbox[Here, There, T]: ...

class Multicasts(Generic[Here, T]):
    def __init__(self, *boxes: Outbox[Here, Any, T] | Outboxes[Here, Any, T]) -> None: ...
    def __getitem__(
        self, members: int | MemberId[Any] | tuple[int | MemberId[Any], ...]
    ) -> Multicast[Here, T]: ...
