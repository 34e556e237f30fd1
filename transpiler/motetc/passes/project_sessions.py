"""Sessions with the members of a cluster, at the cluster and at its partners."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from motetc.ir.nodes import (
    Each,
)
from motetc.ir.pieces import (
    Line,
    Piece,
    Sessions,
    Touch,
)
from motetc.passes.captures import narrowed_captures
from motetc.passes.compare import first_act
from motetc.passes.context import Context
from motetc.passes.prune import prune_within, reads_of

if TYPE_CHECKING:
    from motetc.passes.project import Projector


def project_each(projector: Projector, stmt: Each, ctx: Context) -> list[Piece]:
    """The body at the member that each session is with, in place; at others a function of its own."""
    session = projector.fresh("session")
    inside = Context(session, (*ctx.scope, stmt.uid), (*ctx.sessions, (stmt.variable, stmt.role)))
    if stmt.role == projector.role:
        body = projector.body(stmt.body, inside)
        used = session in reads_of(prune_within(body))
        if not used:  # the next one may be called so
            projector.taken.discard(session)
        target = cst.parse_expression(f"{ctx.net}.__op{stmt.uid}__")
        node = cst.Assign([cst.AssignTarget(cst.Name(session))], target)
        touch = Touch(stmt.uid, "call", stmt.role)
        projector.scopes[stmt.uid] = ctx.scope
        opened = Line(
            node,
            stmt.span,
            (touch,),
            frozenset({ctx.net}),
            frozenset({session} if used else ()),
            droppable=True,
        )
        return [replace(opened, leading=tuple(stmt.node.leading_lines)), *body]
    body = prune_within(projector.body(stmt.body, inside))
    projector.taken.discard(session)  # it is a name of that function
    if first_act(body) is None:
        return []
    projector.scopes[stmt.uid] = ctx.scope
    name = projector.fresh(f"{stmt.variable}_session")
    leading = tuple(stmt.node.leading_lines)
    reads = reads_of(body)
    narrowed = narrowed_captures(projector.module, projector.choreography, stmt, projector.type_of)
    handed = {n: t for n, t in narrowed.items() if n in reads}
    return [
        Sessions(
            stmt.uid,
            name,
            stmt.variable,
            stmt.role,
            ctx.net,
            session,
            body,
            stmt.span,
            leading,
            handed,
        )
    ]
