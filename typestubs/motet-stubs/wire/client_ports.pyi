from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from motet.clients import ClientId
from motet.live.markers import MembershipEvent
from motet.wire.places import Site

Here = TypeVar("Here")
Request = TypeVar("Request")
Reply = TypeVar("Reply")
Item_co = TypeVar("Item_co", covariant=True)

class Taken(Protocol[Item_co]):
    def __iter__(self) -> Iterator[Item_co]: ...
    def clear(self) -> None: ...

@dataclass(frozen=True)
class PortChannel(Generic[Here, Request, Reply]):
    name: str
    encode_request: Callable[[Request], object]
    decode_request: Callable[[object], Request]
    encode_reply: Callable[[Reply], object]
    decode_reply: Callable[[object], Reply]

class _Port(Generic[Here, Request, Reply]):
    __slots__ = ("_channel", "_door", "_encode", "_pack")

    def __init__(
        self, site: Site[Here], channel: PortChannel[Here, Request, Reply], single: bool
    ) -> None: ...

class ClientPort(_Port[Here, Request, Reply]):
    __slots__ = ()

    def __init__(self, site: Site[Here], channel: PortChannel[Here, Request, Reply]) -> None: ...
    @property
    def requests(self) -> AsyncIterator[tuple[ClientId, list[Request]]]: ...
    @property
    def membership(self) -> AsyncIterator[tuple[ClientId, list[MembershipEvent]]]: ...
    async def reply(self, batch: Taken[tuple[ClientId, Reply]]) -> None: ...
    async def send(self, reply: Reply, client: ClientId) -> None: ...

class SingleClientPort(_Port[Here, Request, Reply]):
    __slots__ = ("_turns",)

    def __init__(self, site: Site[Here], channel: PortChannel[Here, Request, Reply]) -> None: ...
    @property
    def requests(self) -> AsyncIterator[list[Request]]: ...
    async def reply(self, batch: Taken[Reply]) -> None: ...
    async def send(self, reply: Reply) -> None: ...
