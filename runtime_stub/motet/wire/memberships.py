"""Who joins and leaves a cluster, as one location sees it."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from types import coroutine
from typing import Generic, Self, TypeVar

from motet.live.markers import MembershipEvent
from motet.members import MemberId
from motet.ports import Fabric
from motet.wire.places import Group

There = TypeVar("There")


class Membership(Generic[There]):
    """`async for member, events in membership`: all join at the start; who is lost, or has finished
    with its part, leaves. It has no end of its own."""

    __slots__ = ("_departures", "_location", "_news", "_seen", "_signal")

    def __init__(self, fabric: Fabric, group: Group[There]) -> None:
        self._departures = fabric.departures
        self._location = group.location
        self._news: deque[tuple[MemberId[There], MembershipEvent]] = deque(
            (member, MembershipEvent.JOINED) for member in group.members
        )
        self._seen = 0  # departures that have been looked at
        self._signal = fabric.signal(f"a member of {group.location} to leave")
        fabric.departures.watch(self._signal)

    def __aiter__(self) -> Self:
        return self

    @coroutine
    def __anext__(
        self,
    ) -> Generator[object, None, tuple[MemberId[There], list[MembershipEvent]]]:
        while not self._news:
            self._look()
            if not self._news:
                yield self._signal.wait()
        member, event = self._news.popleft()
        return member, [event]

    def _look(self) -> None:
        for node in self._departures.nodes[self._seen :]:
            self._seen += 1
            if node.location == self._location and node.member is not None:
                self._news.append((MemberId(node.member), MembershipEvent.LEFT))
