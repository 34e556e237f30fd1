"""Which locations' state and methods a choreography uses: where two run at once, that is a race."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import libcst as cst

from motetc.frontend.operation_forms import KINDS
from motetc.frontend.tree import children
from motetc.ir.nodes import (
    Block,
    Choreography,
    Each,
    Flow,
    For,
    If,
    Jump,
    Match,
    Opaque,
    Return,
    Simple,
    Stmt,
    While,
)
from motetc.ir.slices import SliceLive
from motetc.ir.through_calls import through_calls
from motetc.ir.walk import statements


def states_used(known: Mapping[str, Choreography]) -> dict[str, frozenset[str]]:
    """By choreography: the roles whose state or methods it uses, its callees' included."""
    found = through_calls(known, _own)
    return {key: frozenset(role for role, _ in pairs) for key, pairs in found.items()}


def _own(choreography: Choreography) -> Iterator[tuple[str, None]]:
    roles = {r.name: r.name for r in choreography.roles}
    sessions = (s for s in statements(choreography.body) if isinstance(s, Each))
    named = roles | {each.variable: each.role for each in sessions}
    for node in _local_code(choreography.body):
        touched = {named[name] for name in _roles_touched(node) if name in named}
        yield from ((role, None) for role in sorted(touched))


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


def _roles_touched(node: cst.CSTNode) -> set[str]:
    """Names read as `role.attribute` or `role[i].attribute`, other than the operations' own and the membership."""
    found: set[str] = set()
    if isinstance(node, cst.Attribute) and node.attr.value not in _NOT_STATE:
        location = node.value.value if isinstance(node.value, cst.Subscript) else node.value
        if isinstance(location, cst.Name):
            found.add(location.value)
    for child in children(node):
        found |= _roles_touched(child)
    return found


_NOT_STATE = KINDS.keys() | {"each", "members", "me", "attempt"}
