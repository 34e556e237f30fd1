from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from motet.entries import Part, PerLocation, PerMember
from motet.ports import NodeId
from motet.scheduling.doors import Caller, Disconnected, Visit

__all__ = [
    "Caller",
    "Disconnected",
    "Leftover",
    "Outcome",
    "Part",
    "PerLocation",
    "PerMember",
    "Visit",
    "simulate",
]

@dataclass(frozen=True, slots=True)
class Leftover:
    source: NodeId
    destination: NodeId
    path: str
    channel: str
    count: int

@dataclass(frozen=True, slots=True)
class Outcome:
    results: Mapping[str, Any]
    errors: Mapping[NodeId, BaseException]
    messages: Mapping[tuple[str, str], int]
    leftover: Sequence[Leftover]
    deadlock: Sequence[str]
    steps: int
    time: float = 0.0
    stopped: bool = False

    @property
    def ok(self) -> bool: ...

def simulate(
    parts: Mapping[str, Part],
    sizes: Mapping[str, int] | None = None,
    arguments: Mapping[str, object] | None = None,
    seed: int = 0,
    *,
    until: float | None = None,
    most_steps: int | None = None,
    kill: Mapping[NodeId, float] | None = None,
    clients: Sequence[Caller] = (),
    window: int | None = None,
    latency: float = 0.0,
) -> Outcome: ...
