"""What a run opens and watches, in called choreographies too: ports, and clusters whose members may leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from motetc.ir.live import Port
from motetc.ir.nodes import Choreography, Flow
from motetc.ir.through_calls import through_calls
from motetc.ir.walk import operations, statements


class Openings:
    """What runs of all choreographies open and watch."""

    def __init__(self, known: Mapping[str, Choreography]) -> None:
        self._ports = through_calls(known, _ports)
        self._watched = through_calls(known, _watched)

    def ports_at(self, choreography: Choreography, role: str) -> tuple[Port, ...]:
        """The ports that a role opens."""
        return tuple(port for by, port in self._ports[choreography.key] if by == role)

    def watched_by(self, choreography: Choreography) -> tuple[str, ...]:
        """The clusters, by role, whose membership somebody looks at."""
        found = {role for role, _ in self._watched[choreography.key]}
        return tuple(r.name for r in choreography.roles if r.name in found)


def _ports(choreography: Choreography) -> Iterator[tuple[str, Port]]:
    for op in operations(choreography.body):
        if isinstance(op, Port):
            yield op.role, op


def _watched(choreography: Choreography) -> Iterator[tuple[str, None]]:
    for stmt in statements(choreography.body):
        if isinstance(stmt, Flow):
            yield from ((x.cluster, None) for x in stmt.lives if x.cluster)
