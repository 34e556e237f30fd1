from collections.abc import Awaitable
from typing import Generic, Self, TypeVar

from motet.live.markers import MembershipEvent
from motet.members import MemberId
from motet.ports import Fabric
from motet.wire.places import Group

There = TypeVar("There")

class Membership(Generic[There]):
    __slots__ = ("_departures", "_location", "_news", "_seen", "_signal")

    def __init__(self, fabric: Fabric, group: Group[There]) -> None: ...
    def __aiter__(self) -> Self: ...
    def __anext__(self) -> Awaitable[tuple[MemberId[There], list[MembershipEvent]]]: ...
