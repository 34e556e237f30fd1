"""Pipelines at one role: the flow fused, with the protocol of an `async for` in it."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.frontend.tree import code_for
from motetc.ir.nodes import Flow, Turns
from motetc.ir.pieces import Exit, Fork, Line, Loop, Piece, Switch
from motetc.passes.context import Context
from motetc.passes.fuse.fusion import Fusion
from motetc.passes.fuse.registry import emitter
from motetc.passes.fuse.turns import Turn, is_loop
from motetc.passes.nameless import loop_target
from motetc.passes.project_choices import turning
from motetc.passes.projector import Projector
from motetc.passes.prune import breaks
from motetc.passes.targets import bound_by


def project_flow(projector: Projector, stmt: Flow, ctx: Context) -> list[Piece]:
    """What a role does of the pipelines."""
    turns = stmt.turns
    body = _body(projector, stmt, turns, ctx) if turns is not None else ()
    if projector.role not in stmt.roles or len(projector.findings):  # a broken graph is not fused
        return []
    for uid in (*(h.uid for h in stmt.hops), *(p.uid for p in stmt.ports)):
        projector.scopes[uid] = ctx.scope
    localizer = projector.localizer(ctx)
    fuser = Fusion(
        flow=stmt,
        role=projector.role,
        net=ctx.net,
        module=projector.module,
        type_of=projector.type_of,
        declared=projector.declared,
        localize=localizer.expression,
        localize_statement=localizer.statement,
        said=names_of(projector.choreography.node).reads,
        bound=projector.choreography.locals,
        is_cluster=lambda role: projector.choreography.role(role).cluster,
        emitter=emitter,
        taken=projector.taken,
        turn=_turn(projector, stmt, turns, body),
    )
    made = fuser.run()
    if fuser.turn is not None and fuser.turn.flag:
        body = _flagged(body, fuser.turn.flag)
    return [replace(made, body=body)]


def _turn(
    projector: Projector, stmt: Flow, turns: Turns | None, body: tuple[Piece, ...]
) -> Turn | None:
    if turns is None or projector.role not in turns.roles:
        return None
    sink = next(x for x in stmt.lives if is_loop(x) and x.role == projector.role)
    rebinds = _rebinds(projector, turns)
    said = code_for(loop_target(turns.node, body, projector.choreography)).strip()
    return Turn(projector.module, turns, sink, said, rebinds, not body, breaks(body))


def _flagged(pieces: tuple[Piece, ...], flag: str) -> tuple[Piece, ...]:
    """The pieces of a loop's body, which say that the loop is left before they leave it."""
    found: list[Piece] = []
    for piece in pieces:
        match piece:
            case Exit(kind="break"):
                node = cst.Assign([cst.AssignTarget(cst.Name(flag))], cst.Name("True"))
                found += [Line(node, piece.span, binds=frozenset({flag})), piece]
            case Fork():
                then, orelse = _flagged(piece.then, flag), _flagged(piece.orelse, flag)
                found.append(replace(piece, then=then, orelse=orelse))
            case Loop():
                found.append(replace(piece, orelse=_flagged(piece.orelse, flag)))
            case Switch():
                arms = tuple(replace(a, body=_flagged(a.body, flag)) for a in piece.arms)
                found.append(replace(piece, arms=arms))
            case _:
                found.append(piece)
    return tuple(found)


def _body(projector: Projector, stmt: Flow, turns: Turns | None, ctx: Context) -> tuple[Piece, ...]:
    """The body at this role; whoever acts in it must know the stream."""
    assert turns is not None
    if projector.role not in turns.roles:
        acting = next(projector.deeds.of(turns.body), None)
        if acting is not None:
            projector.untold.add(stmt, turns.root, projector.role, acting.span)
        return ()
    mode = projector.facts.root_place[id(turns.root)].mode(projector.role) or ""
    inner = projector.within(mode, turns.span, ctx)
    looping = projector.deeds.modes(turns.body)
    bound = {name for each in turns.body for name in bound_by(each)} | set(turns.binds)
    return projector.body(turns.body, turning(inner, looping, bound))


def _rebinds(projector: Projector, turns: Turns) -> frozenset[str]:
    """The names that are bound here before the loop, and bound anew in it."""
    before = projector.facts.known_before.get(id(turns), {})
    return frozenset(n for n, p in before.items() if p.everywhere or projector.role in p)
