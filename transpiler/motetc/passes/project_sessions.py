"""Sessions with the members of a cluster, at the cluster and at its partners."""

from __future__ import annotations

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
from motetc.passes.projector import Projector
from motetc.passes.prune import prune_within, reads_of


def project_each(projector: Projector, stmt: Each, ctx: Context) -> list[Piece]:
    """The body at the member that each session is with, in place; at others a function of its own."""
    session = projector.fresh("session")
    inside = Context(session, (*ctx.scope, stmt.uid), (*ctx.sessions, (stmt.variable, stmt.role)))
    body = projector.body(stmt.body, inside)
    if stmt.role == projector.role:
        return [_opened(projector, stmt, ctx, session, body), *body]
    body = prune_within(body)
    projector.taken.discard(session)  # it is a name of that function
    if first_act(body) is None:
        return []
    return [_sessions(projector, stmt, ctx, session, body)]


def _opened(
    projector: Projector, stmt: Each, ctx: Context, session: str, body: tuple[Piece, ...]
) -> Line:
    """Where a member's own session begins; it has no name if nothing reads that."""
    used = session in reads_of(prune_within(body))
    if not used:  # the next one may be called so
        projector.taken.discard(session)
    target = cst.parse_expression(f"{ctx.net}.__op{stmt.uid}__")
    projector.scopes[stmt.uid] = ctx.scope
    return Line(
        cst.Assign([cst.AssignTarget(cst.Name(session))], target),
        stmt.span,
        (Touch(stmt.uid, "call", stmt.role),),
        frozenset({ctx.net}),
        frozenset({session} if used else ()),
        droppable=True,
        leading=tuple(stmt.node.leading_lines),
    )


def _sessions(
    projector: Projector, stmt: Each, ctx: Context, session: str, body: tuple[Piece, ...]
) -> Sessions:
    """All sessions at a role that is with each member, and what their function is handed."""
    projector.scopes[stmt.uid] = ctx.scope
    name = projector.fresh(f"{stmt.variable}_session")
    reads = reads_of(body)
    narrowed = narrowed_captures(projector.module, projector.choreography, stmt, projector.type_of)
    return Sessions(
        stmt.uid,
        name,
        stmt.variable,
        stmt.role,
        ctx.net,
        session,
        body,
        stmt.span,
        tuple(stmt.node.leading_lines),
        {n: t for n, t in narrowed.items() if n in reads},
    )
