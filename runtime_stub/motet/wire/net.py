"""`Net`: everything one location sends and receives in one choreography."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, NoReturn, TypeVar, overload

from motet.members import MemberId
from motet.wire.futures import Futures
from motet.wire.memberships import Membership
from motet.wire.places import Group, Peer, Site
from motet.wire.sources import AsyncBatches, Batches, Every, Spin
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
    """The base of the generated nets, which add an endpoint for every message."""

    # Which location's site it is, the generated subclass says.
    def __init__(self, site: Site[Any]) -> None:
        self.site = site

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
        self,
        a: Awaitable[A],
        b: Awaitable[B],
        c: Awaitable[C],
        d: Awaitable[D],
        e: Awaitable[E],
        /,
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
    async def concurrently(self, *awaitables: Awaitable[object]) -> tuple[object, ...]:
        """Run all at the same time; the first exception ends the others and is raised."""
        result: tuple[object, ...] = await self.site.fabric.concurrently(awaitables)
        return result

    async def each(
        self, group: Group[There], session: Callable[[MemberId[There]], Awaitable[None]]
    ) -> None:
        """A concurrent session for every member; the first failure ends the others."""
        await self.site.fabric.concurrently([session(member) for member in group.members])

    async def aborted_by(self, peer: Peer[Any]) -> NoReturn:
        """Wait for the end of the choreography, of which `peer` is the cause: it is raised here, too."""
        inlet = self.site.fabric.inlet(peer.node, self.site.path, "aborted_by")
        while True:
            await inlet.arrival()

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        return self.site.fabric.now()

    def every(self, seconds: float) -> AsyncIterator[None]:
        """Comes round at fixed moments, the first one after `seconds`."""
        return Every(self.site.fabric, seconds)

    def spin(self) -> AsyncIterator[None]:
        """Comes round again and again, as often as others leave time for it."""
        return Spin(self.site.fabric)

    async def breathe(self) -> None:
        """Let others run, and what has arrived be received."""
        await self.site.fabric.breathe()

    def membership(self, group: Group[There]) -> Membership[There]:
        """Who joins a cluster and who leaves it: `async for member, events in …`."""
        return Membership(self.site.fabric, group)

    def batches(self, elements: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[list[T]]:
        """The elements of a source, in lists; others run when they have taken long."""
        if isinstance(elements, AsyncIterable):
            return AsyncBatches(self.site.fabric, elements)
        return Batches(self.site.fabric, elements)

    def futures(self, ordered: bool = False) -> Futures[Any]:
        """Awaitables of a stream, many at the same time; `ordered`: what they give is in order."""
        return Futures(self.site.fabric, ordered)

    def turns(self) -> Turns:
        """What only one of several tasks holds at a time: `async with …`."""
        return Turns(self.site.fabric)
