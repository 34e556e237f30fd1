"""What must hold of a located program after every pass; a breach is a bug of ours, never the user's."""

from __future__ import annotations

from collections.abc import Iterable

from motetc.ir.nodes import Choreography, Comm, Concurrent, Facts, Invoke
from motetc.ir.pieces import Projection
from motetc.ir.walk import operations, roots, statements


class BrokenProgram(Exception):
    """A pass left the located program in a state that the next one must not see."""


def verify(choreographies: Iterable[Choreography]) -> None:
    """After lowering: every operation is one operation, among roles that exist."""
    for choreography in choreographies:
        roles = {r.name for r in choreography.roles}
        seen: set[int] = set()
        for op in operations(choreography.body):
            _claim(op.uid in seen, f"operation {op.uid} appears twice in {choreography.key}")
            seen.add(op.uid)
            if isinstance(op, Comm):
                seats = {op.sender.role, *(s.role for s in op.receivers)}
                _claim(
                    not seats <= roles,
                    f"operation {op.uid} is between unknown roles {seats - roles}",
                )


def verify_places(choreography: Choreography, facts: Facts) -> None:
    """After places: every operation has a place, every communication a payload."""
    for op in operations(choreography.body):
        _claim(
            op.uid not in facts.op_place, f"operation {op.uid} of {choreography.key} has no place"
        )
        if isinstance(op, Comm):
            _claim(
                op.uid not in facts.payload,
                f"operation {op.uid} of {choreography.key} has no payload type",
            )
    for stmt in statements(choreography.body):
        for root in roots(stmt):
            _claim(
                id(root) not in facts.root_place,
                f"line {stmt.span.line} of {choreography.key} has no place",
            )


def verify_duality(
    choreography: Choreography,
    projections: Iterable[tuple[Projection, frozenset[tuple[int, str]]]],
    facts: Facts,
) -> None:
    """After projection: what one end sends the other receives; `projections` come with their (channel, side) pairs."""
    sides: dict[int, set[str]] = {}
    for _, touched in projections:
        for uid, side in touched:
            sides.setdefault(uid, set()).add(side)
    for op in operations(choreography.body):
        if isinstance(op, (Invoke, Concurrent)) or op.uid not in sides:
            continue
        told = [s for s in op.receivers if id(s) not in facts.elided]
        wanted = {"send", "receive"} if told else {"both"}
        _claim(
            sides[op.uid] != wanted,
            f"operation {op.uid} of {choreography.key} has ends {sides[op.uid]}",
        )


def _claim(broken: bool, message: str) -> None:
    if broken:
        raise BrokenProgram(message)
