"""Where an endpoint is and whom it talks to: `Site`, `Peer`, `Group`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from motet.members import MemberId
from motet.ports import Fabric, NodeId

Here = TypeVar("Here")
There = TypeVar("There")


class Peer(Generic[There]):
    """One other node."""

    __slots__ = ("node",)

    def __init__(self, location: str, member: int | None = None) -> None:
        self.node = NodeId(location, member)

    def __repr__(self) -> str:
        return f"Peer({self.node})"


class Group(Generic[There]):
    """All members of a cluster."""

    __slots__ = ("location", "members")

    def __init__(self, location: str, size: int) -> None:
        self.location = location
        self.members: tuple[MemberId[There], ...] = tuple(MemberId(i) for i in range(size))

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, member: int | MemberId[There]) -> Peer[There]:
        """One member, by id or by index (negative counts from the end)."""
        return Peer(self.location, self.index(member))

    def __iter__(self) -> Iterator[Peer[There]]:
        """The members in order."""
        return (Peer(self.location, member.index) for member in self.members)

    def __repr__(self) -> str:
        return f"Group({self.location}, {len(self.members)})"

    def index(self, member: int | MemberId[There]) -> int:
        """The index that `member` means; `IndexError` names what does not exist."""
        index = member if isinstance(member, int) else member.index
        size = len(self.members)
        if not -size <= index < size:
            raise IndexError(f"{self.location}[{index}]: the cluster has {size} members")
        return index % size


class Site(Generic[Here]):
    """This location inside one call of a choreography.

    The call path keeps concurrent calls apart: both ends of a message have the same one.
    """

    __slots__ = ("fabric", "path")

    def __init__(self, fabric: Fabric, path: str = "") -> None:
        self.fabric = fabric
        self.path = path

    def call(self, name: str) -> Site[Here]:
        """The site of a choreography that is called from here, at the call site `name`."""
        return Site(self.fabric, f"{self.path}/{name}")

    def member(self, member: MemberId[Any]) -> Site[Here]:
        """The site of the session that concerns one member (`each`)."""
        return Site(self.fabric, f"{self.path}[{member.index}]")

    @property
    def me(self) -> MemberId[Here]:
        """Which member of its cluster this node is."""
        index = self.fabric.me.member
        if index is None:
            raise TypeError(f"{self.fabric.me.location} is a process, it has no member id")
        return MemberId(index)

    @property
    def group(self) -> Group[Here]:
        """The cluster that this node belongs to."""
        if self.fabric.me.member is None:
            raise TypeError(f"{self.fabric.me.location} is a process, it has no members")
        return Group(self.fabric.me.location, self.fabric.members)
