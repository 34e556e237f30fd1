from typing import Generic

from motet.clients import ClientId
from motet.live.keyed_streams import KeyedStream
from motet.live.markers import ExactlyOnce, MembershipEvent, NoOrder, Ordered, Unbounded
from motet.live.streams import Stream
from motet.live.variables import L, Reply, Request

class Port(Generic[Request, Reply, L]):
    @property
    def requests(self) -> KeyedStream[ClientId, Request, L, Ordered, ExactlyOnce, Unbounded]: ...
    @property
    def membership(
        self,
    ) -> KeyedStream[ClientId, MembershipEvent, L, Ordered, ExactlyOnce, Unbounded]: ...
    def reply(
        self, replies: KeyedStream[ClientId, Reply, L, NoOrder, ExactlyOnce, Unbounded], /
    ) -> None: ...
    async def send(self, reply: Reply, /, *, to: ClientId) -> None: ...

class SinglePort(Generic[Request, Reply, L]):
    @property
    def requests(self) -> Stream[Request, L, Ordered, ExactlyOnce, Unbounded]: ...
    def reply(self, replies: Stream[Reply, L, NoOrder, ExactlyOnce, Unbounded], /) -> None: ...
    async def send(self, reply: Reply, /) -> None: ...
