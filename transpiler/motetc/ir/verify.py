"""What must hold of a located program after every pass; a breach is a bug of ours, never the user's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import libcst as cst

from motetc.ir.facts import Facts
from motetc.ir.live import Hop
from motetc.ir.nodes import Answer, Block, Choreography, Comm, Concurrent, Opaque, Simple
from motetc.ir.pieces import NET_NAMES, Touch
from motetc.ir.walk import operations, reached, roots, statements


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
    ends: Iterable[tuple[str, Touch]],
    leader: Callable[[int], int],
    facts: Facts,
) -> None:
    """After projection: what one end sends the other receives. `ends` are all roles, with what each takes part in."""
    ops = {op.uid: op for op in operations(choreography.body)}
    sides: dict[int, set[str]] = {}
    for role, touch in ends:
        sides.setdefault(leader(touch.uid), set()).add(touch.side)
        op = ops.get(touch.uid)
        _claim(
            isinstance(op, Answer | Comm | Hop) and role not in _who(op, touch.side),
            f"{role} has the wrong end of operation {touch.uid} of {choreography.key}",
        )
    for op in ops.values():
        if isinstance(op, Hop):
            found = sides.get(leader(op.uid), set())
            _claim(
                found != {"send", "receive"},
                f"stream {op.uid} of {choreography.key} has ends {found}",
            )
        if not isinstance(op, Comm) or leader(op.uid) not in sides:
            continue
        told = [s for s in op.receivers if id(s) not in facts.elided]
        wanted = {"send", "receive"} if told else {"both"}
        found = sides[leader(op.uid)]
        _claim(found != wanted, f"operation {op.uid} of {choreography.key} has ends {found}")


def _who(op: Answer | Comm | Hop, side: str) -> set[str]:
    """The roles that may have this end."""
    if isinstance(op, Answer):
        return {op.seat.role}
    if isinstance(op, Hop):
        sender, receivers = op.sender, {*op.receivers}
    else:
        sender, receivers = op.sender.role, {seat.role for seat in op.receivers}
    return {"send": {sender}, "receive": receivers}.get(side, {sender, *receivers})


def verify_completeness(choreography: Choreography, facts: Facts, lines: frozenset[int]) -> None:
    """After projection: whatever runs in the source runs somewhere; `lines` are the source lines that any role got."""
    for stmt in reached(choreography.body):
        runs = isinstance(stmt, Block) or (
            isinstance(stmt, Opaque) and stmt.runs and not facts.is_idle(stmt)
        )
        if isinstance(stmt, Simple) and not isinstance(stmt.node, cst.Pass):
            runs = not facts.pure.get(id(stmt), True) or _communicates(stmt, facts)
        if runs:
            found = lines & set(range(stmt.span.line, stmt.span.end_line + 1))
            _claim(not found, f"line {stmt.span.line} of {choreography.key} runs nowhere")


def verify_names(
    choreography: Choreography, names: Mapping[int, str], leader: Callable[[int], int]
) -> None:
    """After naming: everything has a name that a net can have, and no other channel, call or session has it."""
    owners: dict[str, int] = {}
    for op in operations(choreography.body):
        if isinstance(op, Concurrent):
            continue
        name = names.get(op.uid, "")
        _claim(
            not name.isidentifier() or name in NET_NAMES,
            f"operation {op.uid} of {choreography.key} is called {name!r}",
        )
        whose = leader(op.port.uid if isinstance(op, Answer) else op.uid)
        owner = owners.setdefault(name, whose)
        _claim(
            owner != whose,
            f"operations {owner} and {op.uid} of {choreography.key} are both called {name!r}",
        )


def _communicates(stmt: Simple, facts: Facts) -> bool:
    ops = [op for root in stmt.roots for op in root.ops]
    return any(
        not isinstance(op, Comm)
        or not op.receivers
        or any(id(s) not in facts.elided for s in op.receivers)
        for op in ops
    )


def _claim(broken: bool, message: str) -> None:
    if broken:
        raise BrokenProgram(message)
