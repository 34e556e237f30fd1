"""Walks over located programs: every statement, every operation, in source order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import libcst as cst

from motetc.ir.nodes import (
    Answer,
    Comm,
    Concurrent,
    Each,
    Flow,
    For,
    If,
    Invoke,
    Jump,
    Match,
    Op,
    Return,
    Root,
    Simple,
    Stmt,
    While,
)


def statements(body: Iterable[Stmt]) -> Iterator[Stmt]:
    """Every statement, outer before inner."""
    for stmt in body:
        yield stmt
        for inner in bodies(stmt):
            yield from statements(inner)


def reached(body: Iterable[Stmt]) -> Iterator[Stmt]:
    """Every statement that may be reached: not what follows a `return`, or a choice all of whose arms leave."""
    for stmt in body:
        yield stmt
        for inner in bodies(stmt):
            yield from reached(inner)
        if _ends(stmt):
            return


def _ends(stmt: Stmt) -> bool:
    """Whether nothing that follows in the same list is reached."""
    match stmt:
        case Return() | Jump():
            return True
        case Simple():
            return isinstance(stmt.node, cst.Raise)
        case If():
            return any(map(_ends, stmt.then)) and any(map(_ends, stmt.orelse))
        case Match():
            whole = any(case.irrefutable for case in stmt.cases)
            return whole and all(any(map(_ends, case.body)) for case in stmt.cases)
        case While():
            endless = isinstance(stmt.test.expr, cst.Name) and stmt.test.expr.value == "True"
            return endless and not any(isinstance(s, Jump) for s in statements(stmt.body))
        case _:
            return False


def bodies(stmt: Stmt) -> tuple[tuple[Stmt, ...], ...]:
    """The statement lists directly below a statement."""
    match stmt:
        case If():
            return (stmt.then, stmt.orelse)
        case While() | For():
            return (stmt.body, stmt.orelse)
        case Match():
            return tuple(c.body for c in stmt.cases)
        case Each():
            return (stmt.body,)
        case Flow():
            return (stmt.turns.body,) if stmt.turns is not None else ()
        case _:
            return ()


def roots(stmt: Stmt) -> tuple[Root, ...]:
    """The expressions that a statement itself evaluates."""
    match stmt:
        case Simple():
            return stmt.roots
        case Return():
            return stmt.values
        case If() | While():
            return (stmt.test,)
        case For():
            return (stmt.iter,)
        case Match():
            return (stmt.subject, *(c.guard for c in stmt.cases if c.guard is not None))
        case Flow():
            return (stmt.turns.root,) if stmt.turns is not None else ()
        case _:
            return ()


def operations(body: Iterable[Stmt]) -> Sequence[Op]:
    """Every operation, those in an argument before the one whose argument it is."""
    return _operations(tuple(body))


@lru_cache(maxsize=1024)
def _operations(body: tuple[Stmt, ...]) -> tuple[Op, ...]:
    """Every pass asks, for every role, and bodies do not change."""
    return tuple(_walked(body))


def _walked(body: tuple[Stmt, ...]) -> Iterator[Op]:
    for stmt in statements(body):
        if isinstance(stmt, Flow):
            yield from stmt.hops
            yield from stmt.ports
        for root in roots(stmt):
            yield from root_operations(root)


def root_operations(root: Root) -> Iterator[Op]:
    """The operations of one expression, in order of evaluation."""
    for op in root.ops:
        yield from nested(op)
        yield op


def acting_in(op: Op) -> Iterator[str]:
    """The roles that have a part in an operation."""
    match op:
        case Comm():
            yield from (seat.role for seat in (op.sender, *op.receivers))
        case Invoke():
            yield from (seat.role for _, seat in op.roles)
        case Concurrent():
            yield from (role for call in op.calls for role in acting_in(call))


def nested(op: Op) -> Iterator[Op]:
    """The operations in an operation's arguments."""
    match op:
        case Comm():
            for root in (op.value, op.function, op.at_least, op.by, op.partner):
                if root is not None:
                    yield from root_operations(root)
        case Answer():
            for root in op.given:
                yield from root_operations(root)
        case Invoke():
            for argument in op.arguments:
                yield from root_operations(argument.root)
        case Concurrent():
            for call in op.calls:
                yield from nested(call)
                yield call
