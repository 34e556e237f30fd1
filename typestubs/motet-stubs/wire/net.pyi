from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, NoReturn, TypeVar, overload

from motet.members import MemberId
from motet.wire.futures import Futures
from motet.wire.memberships import Membership
from motet.wire.places import Group, Peer, Site
from motet.wire.turns import Turns

There = TypeVar("There")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
T = TypeVar("T")

class Net:
    site: Site[Any]

    def __init__(self, site: Site[Any]) -> None: ...
    @overload
    async def concurrently(self, a: Awaitable[A], b: Awaitable[B], /) -> tuple[A, B]: ...
    @overload
    async def concurrently(
        self, a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], /
    ) -> tuple[A, B, C]: ...
    @overload
    async def concurrently(
        self, a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], d: Awaitable[D], /
    ) -> tuple[A, B, C, D]: ...
    @overload
    async def concurrently(
        self, a: Awaitable[A], b: Awaitable[B], c: Awaitable[C], d: Awaitable[D], e: Awaitable[E], /
    ) -> tuple[A, B, C, D, E]: ...
    @overload
    async def concurrently(
        self,
        a: Awaitable[A],
        b: Awaitable[B],
        c: Awaitable[C],
        d: Awaitable[D],
        e: Awaitable[E],
        f: Awaitable[F],
        /,
    ) -> tuple[A, B, C, D, E, F]: ...
    @overload
    async def concurrently(self, *awaitables: Awaitable[A]) -> tuple[A, ...]: ...
    async def each(
        self, group: Group[There], session: Callable[[MemberId[There]], Awaitable[None]]
    ) -> None: ...
    async def aborted_by(self, peer: Peer[Any]) -> NoReturn: ...
    def now(self) -> float: ...
    def every(self, seconds: float) -> AsyncIterator[None]: ...
    def spin(self) -> AsyncIterator[None]: ...
    async def breathe(self) -> None: ...
    def membership(self, group: Group[There]) -> Membership[There]: ...
    def batches(self, elements: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[list[T]]: ...
    def futures(self, ordered: bool = False) -> Futures[Any]: ...
    def turns(self) -> Turns: ...
