"""What a run opens and watches, in called choreographies too: ports, and clusters whose members may leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from motetc.ir.live import Flow, Port
from motetc.ir.nodes import Choreography, Invoke
from motetc.ir.walk import operations, statements

Choreographies = Mapping[str, Choreography]


def ports_at(known: Choreographies, choreography: Choreography, role: str) -> tuple[Port, ...]:
    """The ports that a role opens."""
    return tuple(_ports(known, choreography, role, frozenset()))


def watched_by(known: Choreographies, choreography: Choreography) -> tuple[str, ...]:
    """The clusters, by role, whose membership somebody looks at."""
    found = _watched(known, choreography, frozenset())
    return tuple(r.name for r in choreography.roles if r.name in found)


def _ports(
    known: Choreographies, choreography: Choreography, role: str, above: frozenset[str]
) -> Iterator[Port]:
    for op in operations(choreography.body):
        if isinstance(op, Port) and op.role == role:
            yield op
    for callee, roles in _calls(known, choreography, above):
        for formal, actual in roles:
            if actual == role:
                yield from _ports(known, callee, formal, above | {choreography.key})


def _watched(known: Choreographies, choreography: Choreography, above: frozenset[str]) -> set[str]:
    flows = [s for s in statements(choreography.body) if isinstance(s, Flow)]
    found = {x.cluster for flow in flows for x in flow.lives if x.cluster}
    for callee, roles in _calls(known, choreography, above):
        inner = _watched(known, callee, above | {choreography.key})
        found |= {actual for formal, actual in roles if formal in inner}
    return found


def _calls(
    known: Choreographies, choreography: Choreography, above: frozenset[str]
) -> Iterator[tuple[Choreography, list[tuple[str, str]]]]:
    for op in operations(choreography.body):
        if isinstance(op, Invoke) and op.callee not in above and op.callee != choreography.key:
            yield known[op.callee], [(formal, seat.role) for formal, seat in op.roles]
