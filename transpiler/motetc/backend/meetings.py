"""Who has anything to say to whom in a run, in called choreographies too: others need no connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from motetc.ir.facts import Facts
from motetc.ir.live import Hop
from motetc.ir.nodes import MESH_KINDS, Choreography, Comm, Flow
from motetc.ir.roles import Role
from motetc.ir.through_calls import pairs_through_calls
from motetc.ir.walk import operations, statements


class Meetings:
    """Which roles of each choreography exchange something, whoever sends it. `placed`: what was found in each."""

    def __init__(self, known: Mapping[str, Choreography], placed: Mapping[str, Facts]) -> None:
        self._pairs = pairs_through_calls(known, lambda c: _exchanging(c, placed[c.key]))

    def apart(self, choreography: Choreography, role: Role) -> tuple[str, ...]:
        """The clusters whose members a member of this cluster has nothing to do with, its own among them.

        A process is connected to everybody, so that it tells them how the run ends; where there is none, nobody is
        left out.
        """
        if not role.cluster or all(other.cluster for other in choreography.roles):
            return ()
        pairs = self._pairs[choreography.key]
        met = {a for a, b in pairs if b == role.name} | {b for a, b in pairs if a == role.name}
        return tuple(r.name for r in choreography.roles if r.cluster and r.name not in met)


def _exchanging(choreography: Choreography, facts: Facts) -> Iterator[tuple[str, str]]:
    """Pairs of roles with a message between them, in one direction or the other."""
    roles = [role.name for role in choreography.roles]
    if facts.fatal:  # all others wait to hear from whoever fails
        yield from product(roles, roles)
    for op in operations(choreography.body):
        match op:
            case Comm():
                yield from ((op.sender.role, seat.role) for seat in op.receivers)
                if op.kind in MESH_KINDS:
                    yield op.sender.role, op.sender.role
            case Hop():
                yield from ((op.sender, receiver) for receiver in op.receivers)
            case _:
                pass
    for stmt in statements(choreography.body):
        if isinstance(stmt, Flow):
            yield from ((live.role, live.cluster) for live in stmt.lives if live.cluster)
