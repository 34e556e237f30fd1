"""What a generated `__main__` says about a choreography, and how it is put together to run.

The same few steps serve every way of running: sockets (`motet.node`), one process
(`motet.local`) and the deterministic scheduler (`motet.schedule`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import Signature, signature
from typing import Any

from motet.locations import Cluster, identify
from motet.ports import Fabric, NodeId
from motet.wire.net import Net
from motet.wire.places import Group, Peer, Site

Choreography = Callable[..., Awaitable[object]]


@cache
def signature_of(function: Callable[..., object]) -> Signature:
    """The signature, which takes a while to find, found once."""
    return signature(function)


class EntryError(Exception):
    """A choreography was asked for something it does not have: an argument, a size, a member."""


@dataclass(frozen=True, slots=True)
class Role:
    """Who plays a role: a location class, and whether it is a cluster."""

    location: str
    cluster: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One location's part in one choreography.

    `function` is the projection, called as `function(location, net, **arguments)`; `plays` is the
    role it takes, `roles` are all roles by the name of their parameter.

    `watched` names the clusters whose membership the choreography, or one that it calls, looks at;
    every location's entry names the same ones. The run then goes on without a member of theirs
    that is lost or stopped: its streams have ended for everybody, what is sent to it is dropped,
    and a `StreamGather` goes on with the rest. What has to come from it alone (`recv`, a gather of
    all) still fails with `PeerLost`. A member that fails with an exception of its own still aborts
    the choreography.

    `ports` are the names of the ports that this location opens, in calls too.

    `apart` names the clusters with whose members a member of this one exchanges nothing, so that it
    does not connect to them: how the run ends it hears from the processes. Its own may be among
    them. Both sides name each other.
    """

    function: Choreography
    net: Callable[..., Net]
    plays: str
    roles: Mapping[str, Role]
    watched: Sequence[str] = ()
    ports: Sequence[str] = ()
    apart: Sequence[str] = ()

    @property
    def dispensable(self) -> frozenset[str]:
        """The location classes without whose members the run goes on."""
        return frozenset(self.roles[name].location for name in self.watched)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the located values this location must be given."""
        return tuple(signature_of(self.function).parameters)[2:]

    @property
    def optional(self) -> frozenset[str]:
        """The parameters that have a default."""
        given = signature_of(self.function).parameters
        return frozenset(p for p in self.parameters if given[p].default is not given[p].empty)

    @property
    def role(self) -> Role:
        """The role it takes."""
        return self.roles[self.plays]

    @property
    def has_result(self) -> bool:
        """Whether the projection returns something, by its annotation."""
        return signature_of(self.function).return_annotation not in (None, "None")

    def nodes(self, sizes: Mapping[str, int]) -> tuple[NodeId, ...]:
        """Every node that takes part, given the size of each cluster by its role."""
        found: list[NodeId] = []
        for name, role in self.roles.items():
            if not role.cluster:
                found.append(NodeId(role.location))
            else:
                found += [NodeId(role.location, i) for i in range(cluster_size(name, sizes))]
        return tuple(found)

    def partners(self, nodes: Iterable[NodeId]) -> tuple[NodeId, ...]:
        """Those of all nodes that a node of this location connects to."""
        apart = {self.roles[name].location for name in self.apart}
        return tuple(node for node in nodes if node.location not in apart)


@dataclass(frozen=True, slots=True)
class Part:
    """What one location brings to a run in one process: its class and its entry."""

    location: type
    entry: Entry

    def nodes(self, sizes: Mapping[str, int]) -> tuple[NodeId, ...]:
        """The nodes that play it, given the size of each cluster by its role."""
        role = self.entry.role
        if not role.cluster:
            return (NodeId(role.location),)
        return tuple(NodeId(role.location, i) for i in range(cluster_size(self.entry.plays, sizes)))


class PerMember(tuple[object, ...]):
    """An argument that is different at each member of a cluster: one value per member, in order."""

    __slots__ = ()


class PerLocation(dict[str, object]):
    """An argument by location class: a class of the program that each location has of its own."""

    __slots__ = ()


def arguments_at(node: NodeId, arguments: Mapping[str, object]) -> dict[str, object]:
    """The arguments of a run as one node gets them."""
    found: dict[str, object] = {}
    for name, value in arguments.items():
        if isinstance(value, PerLocation):
            if node.location not in value:
                continue
            value = value[node.location]
        found[name] = value[node.member or 0] if isinstance(value, PerMember) else value
    return found


def cluster_size(role: str, sizes: Mapping[str, int]) -> int:
    """The size of the cluster that plays a role."""
    size = sizes.get(role)
    if size is None:
        raise EntryError(f"how many members has '{role}'? give its size")
    if size < 1:
        raise EntryError(f"'{role}' needs at least one member, not {size}")
    return size


def check_arguments(entry: Entry, arguments: Mapping[str, object]) -> None:
    """Refuse to start a location without one of the values it must be given."""
    missing = [p for p in entry.parameters if p not in arguments and p not in entry.optional]
    if missing:
        raise EntryError(f"missing argument: {', '.join(missing)}")


async def perform(
    entry: Entry,
    location: type,
    fabric: Fabric,
    sizes: Mapping[str, int],
    arguments: Mapping[str, object],
) -> object:
    """Run one node's part: make its location, connect its net, give it its arguments."""
    return await entry.function(
        new_location(location, fabric),
        new_net(entry, fabric, sizes),
        **{name: arguments[name] for name in entry.parameters if name in arguments},
    )


def new_location(location: type, fabric: Fabric) -> object:
    """An instance of the location's class, which knows its place if it is a cluster."""
    instance: object = location()
    if isinstance(instance, Cluster):
        if fabric.me.member is None:
            raise EntryError(f"{location.__name__} is a cluster: say which member this is")
        identify(instance, fabric.me.member, fabric.members)
    return instance


def new_net(entry: Entry, fabric: Fabric, sizes: Mapping[str, int]) -> Net:
    """The net of an entry, with the other roles as peers and groups."""
    site: Site[Any] = Site(fabric)
    others: dict[str, object] = {}
    accepted = list(signature(entry.net).parameters)[1:]
    for name, role in entry.roles.items():
        taken = name if name in accepted else f"{name}_"  # a name that nets have themselves
        if name != entry.plays and taken in accepted:
            group = Group[Any](role.location, cluster_size(name, sizes)) if role.cluster else None
            others[taken] = group or Peer[Any](role.location)
    return entry.net(site, **others)
