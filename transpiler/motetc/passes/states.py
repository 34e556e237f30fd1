"""Which locations' state and methods a choreography uses: where two run at once, that is a race."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from motetc.frontend.program import Program
from motetc.frontend.tree import children
from motetc.ir.live import Flow
from motetc.ir.nodes import (
    Block,
    Choreography,
    Each,
    For,
    If,
    Invoke,
    Jump,
    Match,
    Opaque,
    Return,
    Simple,
    Stmt,
    While,
)
from motetc.ir.slices import SliceLive
from motetc.ir.walk import operations


def states_used(program: Program, key: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """The roles of a choreography whose state or methods it uses, its callees' included."""
    if key in seen:
        return set()
    choreography = program.choreographies[key]
    found: set[str] = set()
    _collect_states(program, choreography, choreography.body, found, seen | {key})
    return found


def _collect_states(
    program: Program,
    choreography: Choreography,
    body: Sequence[Stmt],
    found: set[str],
    seen: frozenset[str],
) -> None:
    roles = {r.name for r in choreography.roles}
    for node in _local_code(body):
        found |= roles & _roles_touched(node)
    for op in operations(body):
        if isinstance(op, Invoke):
            inner = states_used(program, op.callee, seen)
            found |= {seat.role for formal, seat in op.roles if formal in inner}


def _local_code(body: Sequence[Stmt]) -> list[cst.CSTNode]:
    nodes: list[cst.CSTNode] = []
    for stmt in body:
        match stmt:
            case Simple() | Return():
                nodes.append(stmt.node)
            case Block():
                nodes.append(stmt.node.body)
            case Opaque():
                nodes.append(stmt.node)
            case If():
                nodes += [stmt.test.expr, *_local_code(stmt.then), *_local_code(stmt.orelse)]
            case While():
                nodes += [stmt.test.expr, *_local_code(stmt.body), *_local_code(stmt.orelse)]
            case For():
                nodes += [stmt.iter.expr, *_local_code(stmt.body), *_local_code(stmt.orelse)]
            case Match():
                nodes.append(stmt.subject.expr)
                for case in stmt.cases:
                    nodes += _local_code(case.body)
            case Each():
                nodes += _local_code(stmt.body)
            case Flow():
                nodes += [given.expr for _, given in stmt.given]
                nodes += [x.body.node.body for x in stmt.lives if isinstance(x, SliceLive)]
                nodes += _local_code(stmt.turns.body) if stmt.turns is not None else []
            case Jump():
                pass
    return nodes


def _roles_touched(node: cst.CSTNode, parent: cst.CSTNode | None = None) -> set[str]:
    """Names read as `role.attribute`, other than the operations' own and the membership."""
    found: set[str] = set()
    if (
        isinstance(node, cst.Attribute)
        and isinstance(node.value, cst.Name)
        and node.attr.value not in _NOT_STATE
    ):
        found.add(node.value.value)
    for child in children(node):
        found |= _roles_touched(child, node)
    return found


_NOT_STATE = frozenset(
    [
        "send",
        "share",
        "gather",
        "scatter",
        "reduce",
        "all_gather",
        "all_to_all",
        "all_reduce",
        "shift",
        "exchange",
        "each",
        "members",
        "me",
        "attempt",
    ]
)
