"""Names every channel, call and session of a choreography after what the source calls it.

Runs after projection, when it is known which operations share a channel. A channel is named after the name its value
is bound to, else after the argument, else after the function called; an unbound literal or condition after its
receiver (`to_left`), or after its sender (`from_root`) if it has several receivers. What is called like a channel to
others says to whom it goes (`total_to_left`), other repeats are numbered; in source order, so an edit further down
renames nothing above it. Where equal arms at one receiver make a channel of what others
hear in one arm only, the sender has an endpoint, and a name for it, for each set of receivers.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence

import libcst as cst

from motetc.frontend.naming import argument_name, free_name, parameter
from motetc.frontend.tree import children
from motetc.ir.facts import Facts
from motetc.ir.live import Hop, Port
from motetc.ir.nodes import Answer, Choreography, Comm, Concurrent, Each, Flow, Invoke, Op, Simple
from motetc.ir.pieces import NET_NAMES, call_name, partner_name
from motetc.ir.walk import operations, roots, statements
from motetc.passes.context import Unified

Told = tuple[tuple[str, str], ...]

_SAME = frozenset(
    {"bytes", "dict", "float", "frozenset", "int", "list", "set", "sorted", "str", "tuple"}
)


def name_channels(
    choreography: Choreography, facts: Facts, unified: Unified
) -> tuple[dict[int, str], dict[int, str]]:
    """The name of each operation and session, by uid; operations that share a channel share the name.

    And what is called otherwise at the sender.
    """
    bound = _bound_names(choreography)
    taken = {partner_name(r.name) for r in choreography.roles} | NET_NAMES
    taken |= {parameter(way, name) for way in ("encode", "decode") for name in choreography.free}
    formals = {
        op.uid: _formals(op) for op in operations(choreography.body) if isinstance(op, Invoke)
    }
    told = {
        op.uid: _told(op, facts) for op in operations(choreography.body) if isinstance(op, Comm)
    }
    whose = {
        op.uid: _receivers(op)
        for op in operations(choreography.body)
        if isinstance(op, (Comm, Hop))
    }
    owners: dict[str, tuple[str, ...]] = {}
    names: dict[int, str] = {}
    sent: dict[tuple[int, Told], str] = {}
    at_sender: dict[int, str] = {}
    for uid, hint in _hints(choreography, bound):
        leader = unified.find(uid)
        first = leader not in names
        if first:
            others = _telling(hint, whose.get(uid, ()), owners)
            names[leader] = _unique(hint, taken, formals.get(uid, ()), others)
            owners.setdefault(names[leader], whose.get(uid, ()))
        names[uid] = names[leader]
        if uid in told:
            key = leader, told[uid]
            if key not in sent:
                sent[key] = names[leader] if first else _unique(hint, taken)
            if sent[key] != names[uid]:
                at_sender[uid] = sent[key]
    answers = (op for op in operations(choreography.body) if isinstance(op, Answer))
    return names | {op.uid: names[op.port.uid] for op in answers}, at_sender


def _told(op: Comm, facts: Facts) -> Told:
    """Whom an endpoint of the sender has to reach."""
    told = [seat for seat in op.receivers if id(seat) not in facts.elided]
    return tuple((seat.role, seat.key if seat.session else str(seat.picked)) for seat in told)


def _hints(choreography: Choreography, bound: Mapping[int, str]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for stmt in statements(choreography.body):
        if isinstance(stmt, Each):
            found.append((stmt.uid, stmt.variable))
    hints = [
        (op.uid, _hint(op, bound))
        for op in operations(choreography.body)
        if not isinstance(op, (Answer, Concurrent, Port))
    ]
    ports = [(p.uid, _public(p.name)) for p in _ports(choreography)]
    return [*ports, *hints, *found]


def _ports(choreography: Choreography) -> list[Port]:
    """Ports come first: their names are not ours to change."""
    return [op for op in operations(choreography.body) if isinstance(op, Port)]


def _formals(op: Invoke) -> tuple[str, ...]:
    """The roles of a call by which its nets are told apart, where one location plays several."""
    seats = [seat.role for _, seat in op.roles]
    return tuple(formal for formal, _ in op.roles) if len(set(seats)) < len(seats) else ()


def _telling(hint: str, receivers: tuple[str, ...], owners: Mapping[str, tuple[str, ...]]) -> str:
    """What a channel may be called as well, after who is told: where another one of the name goes to others."""
    known = owners.get(hint)
    differs = known is not None and not {*known} & {*receivers}
    return f"{hint}_to_{receivers[0]}" if differs and len(receivers) == 1 else ""


def _unique(hint: str, taken: set[str], formals: tuple[str, ...] = (), other: str = "") -> str:
    def used(name: str) -> set[str]:
        return {name, *(call_name(name, f) for f in formals)}

    wished = other if other and taken & used(hint) else hint
    name = free_name(wished, lambda n: keyword.iskeyword(n) or bool(taken & used(n)))
    taken |= used(name)
    return name


def _bound_names(choreography: Choreography) -> dict[int, str]:
    """For operations that are all of a right-hand side: the name on the left."""
    found: dict[int, str] = {}
    for stmt in statements(choreography.body):
        if isinstance(stmt, Flow):
            found |= {hop.uid: stmt.name_of(hop) for hop in stmt.hops}
        for root in roots(stmt):
            if root.ops:
                _walrus(root.expr, root.ops, found)
        if isinstance(stmt, Simple):
            for simple in (stmt, *stmt.parts):
                _assigned(simple, found)
    return found


def _assigned(stmt: Simple, found: dict[int, str]) -> None:
    if stmt.roots and len(stmt.binds) == 1 and not stmt.scratch:
        root = stmt.roots[0]
        if len(root.ops) == 1 and root.ops[0].node is root.expr:
            found[root.ops[0].uid] = stmt.binds[0]


def _walrus(expr: cst.CSTNode, ops: tuple[Op, ...], found: dict[int, str]) -> None:
    if isinstance(expr, cst.NamedExpr) and isinstance(expr.target, cst.Name):
        for op in ops:
            if op.node is expr.value:
                found[op.uid] = expr.target.value
    for child in children(expr):
        _walrus(child, ops, found)


def _hint(op: Op, bound: Mapping[int, str]) -> str:
    if isinstance(op, Invoke):
        return op.callee.rpartition(".")[2]
    if isinstance(op, Hop):
        return _public(bound.get(op.uid) or _unbound(op.sender, op.receivers))
    assert isinstance(op, Comm)
    if op.uid in bound:
        return _public(bound[op.uid])
    named = argument_name(_unwrapped(op.value.expr))
    if named and named != "bool":  # a condition, whose words stand at the sender's
        return _public(named)
    if op.receivers:
        return _unbound(op.sender.role, _receivers(op))
    return op.kind


def _receivers(op: Comm | Hop) -> tuple[str, ...]:
    """Who is told: a member in its session as the session calls it, else the location."""
    if isinstance(op, Hop):
        return op.receivers
    return tuple(seat.key if seat.session else seat.role for seat in op.receivers)


def _unwrapped(expr: cst.BaseExpression) -> cst.BaseExpression:
    """`votes` for `tuple(votes)` and `price` for `str(price)`, which say the same, if that has a name."""
    match expr:
        case cst.Call(func=cst.Name(value=made), args=[cst.Arg(value=inner, star=""), *_]):
            if made in _SAME and argument_name(inner):
                return _unwrapped(inner)
    return expr


def _unbound(sender: str, receivers: Sequence[str]) -> str:
    """What has no name of its own: for several receivers the one who tells them is what they have in common."""
    return f"to_{receivers[0]}" if len(receivers) == 1 else f"from_{sender}"


def _public(name: str) -> str:
    return name.strip("_") or "value"
