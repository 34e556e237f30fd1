"""How many messages a choreography sends, where its text says so: for `motet plan`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from motetc.ir.nodes import Comm, Each, For, If, Jump, Match, Return, Seat, Stmt, While
from motetc.ir.walk import root_operations, roots, statements


def static_counts(body: Sequence[Stmt], times: int | None = 1) -> Iterator[tuple[int, int | None]]:
    """How often each operation runs in a run, or in a session: loops over `range` of numbers, no choices."""
    for stmt in body:
        own = None if isinstance(stmt, (Match, While)) else times  # tested again; a guard, perhaps
        for root in roots(stmt):
            for op in root_operations(root):
                yield op.uid, own
        match stmt:
            case If():
                yield from static_counts((*stmt.then, *stmt.orelse), None)
            case While():
                yield from static_counts((*stmt.body, *stmt.orelse), None)
            case For():
                yield from _loop(stmt, times)
            case Match():
                for case in stmt.cases:
                    yield from static_counts(case.body, None)
            case Each():
                yield from static_counts(stmt.body, times)
        if _may_leave(stmt):
            times = None


def _loop(stmt: For, times: int | None) -> Iterator[tuple[int, int | None]]:
    turns = None if _jumps(stmt) else _turns(stmt.iter.expr)
    yield from static_counts(stmt.body, None if turns is None or times is None else turns * times)
    yield from static_counts(stmt.orelse, None if _jumps(stmt) else times)


def _may_leave(stmt: Stmt) -> bool:
    """Whether what follows a statement may be skipped: not because of a jump within a loop of its own."""
    if isinstance(stmt, (For, While)):
        return any(isinstance(s, Return) for s in statements([stmt]))
    return not isinstance(stmt, Each) and _jumps(stmt)


def _jumps(stmt: Stmt) -> bool:
    return any(isinstance(s, (Return, Jump)) for s in statements([stmt]))


def _turns(expr: cst.BaseExpression) -> int | None:
    match expr:
        case cst.Call(func=cst.Name(value="range"), args=args):
            bounds = [a.value.evaluated_value for a in args if isinstance(a.value, cst.Integer)]
            return len(range(*bounds)) if 0 < len(bounds) == len(args) else None
        case cst.Tuple() | cst.List():
            starred = any(isinstance(e, cst.StarredElement) for e in expr.elements)
            return None if starred else len(expr.elements)
        case _:
            return None


def sessions(body: Sequence[Stmt]) -> frozenset[int]:
    """The operations in the sessions of a cluster's members: they run once in each."""
    inside = (stmt.body for stmt in statements(body) if isinstance(stmt, Each))
    return frozenset(uid for held in inside for uid, _ in static_counts(held))


def _to_next(op: Comm) -> bool:
    """Whether a value goes to the member before or behind, and so to another one, if there is one."""
    match op.by.expr if op.by is not None else None:
        case None | cst.Integer(value="1"):
            return True
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer(value="1")):
            return True
    return False


def messages_each(op: Comm, receiver: Seat, session: bool) -> str:
    """How many messages an operation sends each time that it runs; n and m are sizes of clusters."""
    if op.kind in ("all_gather", "all_to_all"):
        return "n(n-1)"
    if op.kind == "all_reduce":
        return "2(n-1)"
    if op.kind in ("shift", "exchange"):
        return "n" if op.kind == "shift" and op.wrap and _to_next(op) else "up to n"
    wholes = [*filter(None, (op.sender.whole, receiver.whole, session))]
    if not session and len(wholes) == 1 and op.sender.role == receiver.role:
        return "n-1"  # to or from one of its own members
    return ("1", "n", "n*m", "n*m")[len(wholes)]
