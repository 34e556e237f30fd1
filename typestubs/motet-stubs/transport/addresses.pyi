from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from motet.ports import NodeId

Kind: TypeAlias = Literal["unix", "tcp", "fd", "memory"]

class AddressError(ValueError): ...

@dataclass(frozen=True, slots=True)
class Address:
    kind: Kind
    name: str
    port: int = ...

    def __str__(self) -> str: ...

def parse_address(text: object) -> Address: ...
def parse_deployment(text: str) -> tuple[dict[str, tuple[Address, ...]], str]: ...
def address_of(node: NodeId, deployment: Mapping[str, Sequence[Address]]) -> Address: ...
