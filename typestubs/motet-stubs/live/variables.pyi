from dataclasses import Field
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Protocol
from uuid import UUID

from motet.live.markers import (
    AtLeastOnce,
    Atomic,
    ExactlyOnce,
    NoOrder,
    Ordered,
    Unbounded,
)
from motet.locations import Cluster, _Place, _Single
from typing_extensions import TypeVar

# What the five collections are made of. Elements and guarantees are covariant: a stronger guarantee
# fits wherever a weaker one will do. Locations and keys are not: what is at one is not at another.
T = TypeVar("T", covariant=True)
K = TypeVar("K")
V = TypeVar("V", covariant=True)
L = TypeVar("L", bound=_Place | _Single | Atomic[Any])
O = TypeVar("O", bound=NoOrder, covariant=True, default=Ordered)
R = TypeVar("R", bound=AtLeastOnce, covariant=True, default=ExactlyOnce)
B = TypeVar("B", bound=Unbounded, covariant=True, default=Unbounded)

# The same of a second collection.
T2 = TypeVar("T2")
K2 = TypeVar("K2")
V2 = TypeVar("V2")
O2 = TypeVar("O2", bound=NoOrder)
R2 = TypeVar("R2", bound=AtLeastOnce)
B2 = TypeVar("B2", bound=Unbounded)

# What functions give, and what they carry along.
U = TypeVar("U")
A = TypeVar("A")

# A plain value that a fold may start from: immutable, and never mistaken for a callable.
class Data(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    def __repr__(self) -> str: ...

I = TypeVar(
    "I",
    bound=float
    | complex
    | str
    | bytes
    | tuple[object, ...]
    | frozenset[object]
    | Enum
    | Decimal
    | UUID
    | date
    | time
    | timedelta
    | Data
    | None,
)

# Locations outside of every atomic section; the two kinds of them as receivers.
P = TypeVar("P", bound=_Place)
ThereT = TypeVar("ThereT", bound=_Single)
MembersT = TypeVar("MembersT", bound=Cluster)

# The ends of feedback channels and of ports: what goes in, and what comes out.
Sent = TypeVar("Sent", contravariant=True)
SentOrder = TypeVar("SentOrder", bound=NoOrder, contravariant=True, default=NoOrder)
Request = TypeVar("Request", covariant=True)
Reply = TypeVar("Reply", contravariant=True)
