from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Signature

from motet.ports import Fabric, NodeId
from motet.wire.net import Net

Choreography = Callable[..., Awaitable[object]]

def signature_of(function: Callable[..., object]) -> Signature: ...

class EntryError(Exception): ...

@dataclass(frozen=True, slots=True)
class Role:
    location: str
    cluster: bool = ...

@dataclass(frozen=True, slots=True)
class Entry:
    function: Choreography
    net: Callable[..., Net]
    plays: str
    roles: Mapping[str, Role]
    watched: Sequence[str] = ()
    ports: Sequence[str] = ()
    apart: Sequence[str] = ()

    @property
    def dispensable(self) -> frozenset[str]: ...
    @property
    def parameters(self) -> tuple[str, ...]: ...
    @property
    def optional(self) -> frozenset[str]: ...
    @property
    def role(self) -> Role: ...
    @property
    def has_result(self) -> bool: ...
    def nodes(self, sizes: Mapping[str, int]) -> tuple[NodeId, ...]: ...
    def partners(self, nodes: Iterable[NodeId]) -> tuple[NodeId, ...]: ...

@dataclass(frozen=True, slots=True)
class Part:
    location: type
    entry: Entry

    def nodes(self, sizes: Mapping[str, int]) -> tuple[NodeId, ...]: ...

class PerMember(tuple[object, ...]):
    __slots__ = ()

class PerLocation(dict[str, object]):
    __slots__ = ()

def arguments_at(node: NodeId, arguments: Mapping[str, object]) -> dict[str, object]: ...
def cluster_size(role: str, sizes: Mapping[str, int]) -> int: ...
def check_arguments(entry: Entry, arguments: Mapping[str, object]) -> None: ...
async def perform(
    entry: Entry,
    location: type,
    fabric: Fabric,
    sizes: Mapping[str, int],
    arguments: Mapping[str, object],
) -> object: ...
def new_location(location: type, fabric: Fabric) -> object: ...
def new_net(entry: Entry, fabric: Fabric, sizes: Mapping[str, int]) -> Net: ...
