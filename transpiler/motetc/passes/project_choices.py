"""Branches and loops at one role: those that it decides, and those that others decide over it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import replace

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Span
from motetc.frontend.comments import footer_of, suite_comment
from motetc.frontend.parentheses import negated
from motetc.frontend.scope import names_of
from motetc.ir.nodes import (
    For,
    If,
    Match,
    Root,
    Stmt,
    While,
)
from motetc.ir.pieces import (
    Arm,
    Exit,
    Fork,
    Fused,
    Loop,
    Otherwise,
    Piece,
    Switch,
    lines_of,
)
from motetc.ir.pieces import inner as pieces_in
from motetc.ir.place import Place
from motetc.passes.compare import first_act
from motetc.passes.context import Context, Unified
from motetc.passes.deeds import moved, others
from motetc.passes.endpoints import Writer
from motetc.passes.flow import (
    leaves,
    returns,
    up_to_exit,
)
from motetc.passes.projector import Projector
from motetc.passes.prune import prune_within
from motetc.passes.targets import bound_by
from motetc.passes.trivia import if_trivia, otherwise_of
from motetc.passes.untold import Untold


def project_if(projector: Projector, stmt: If, ctx: Context) -> list[Piece]:
    """A branch whose condition this role knows."""
    mode = _mode(projector, stmt.test)
    _tell_members(projector, stmt, stmt.test, mode, (*stmt.then, *stmt.orelse), ctx)
    writer = Writer(projector, ctx)
    test = writer.value(stmt.test, mode)
    inner = projector.within(mode, stmt.span, ctx)
    then, orelse = projector.body(stmt.then, inner), projector.body(stmt.orelse, inner)
    leading, comment = if_trivia(stmt)
    names = names_of(test)
    fork = Fork(
        test,
        then,
        orelse,
        stmt.span,
        tuple(writer.touches),
        names.reads,
        _pure(projector, stmt.test, writer),
        leading,
        comment,
        binds=names.binds,
        footer=footer_of(stmt.node.body) if stmt.node is not None else (),
        otherwise=otherwise_of(stmt.node),
    )
    return [*writer.before, *projector.guarded(mode, [fork], ctx, stmt.span)]


def project_loop(projector: Projector, stmt: While | For, ctx: Context) -> list[Piece]:
    """A loop, or of one that others run our ends of what its head communicates."""
    root = stmt.test if isinstance(stmt, While) else stmt.iter
    place = projector.facts.root_place.get(id(root), Place())
    if projector.role not in place:
        return _of_others(projector, stmt, root, ctx)
    mode = place.mode(projector.role) or ""
    inner = projector.within(mode, stmt.span, ctx)
    turns = (stmt,) if isinstance(stmt, While) else (*stmt.body, *stmt.orelse)
    _tell_members(projector, stmt, root, mode, turns, ctx)
    writer = Writer(projector, ctx)
    head = writer.value(root, mode)
    looping = projector.deeds.modes(turns) | (frozenset({mode}) if writer.touches else frozenset())
    if returns(stmt.body):
        looping |= ctx.after
    body = projector.body(stmt.body, turning(inner, looping, bound_by(stmt)))
    orelse = projector.body(stmt.orelse, inner)
    names = names_of(head)
    loop = Loop(
        head,
        stmt.node.target if isinstance(stmt, For) else None,
        body,
        orelse,
        stmt.span,
        tuple(writer.touches),
        names.reads,
        names.binds | (frozenset(stmt.binds) if isinstance(stmt, For) else frozenset()),
        _pure(projector, root, writer),
        tuple(stmt.node.leading_lines),
        suite_comment(stmt.node.body),
        footer_of(stmt.node.body),
        otherwise_of(stmt.node),
        isinstance(stmt, For) and projector.facts.pure.get(id(root), False),
    )
    if isinstance(stmt, While) and writer.before:
        if _leaves_around(orelse):
            text = f"`{projector.role}` both sends and receives here, in a `while … else` that leaves a loop around it"
            projector.findings.error("unsupported-syntax", stmt.span, text, "write `while True:`")
        loop, writer.before = _tested_inside(loop, writer.before), []
    return [*writer.before, *projector.guarded(mode, [loop], ctx, stmt.span)]


def turning(ctx: Context, looping: frozenset[str], bound: Collection[str]) -> Context:
    """In a turn of a loop, which binds some names in each: as whom we act in it, in other turns and after it."""
    return replace(
        ctx,
        looping=looping,
        turning=moved(looping, bound),
        after=moved(ctx.after, bound),
        rebound=frozenset(),
        rest=(),
    )


def _tested_inside(loop: Loop, before: Sequence[Piece]) -> Loop:
    """A `while` whose condition takes statements: they stand in an endless one, which it leaves, after its `else`."""
    stop = negated(loop.head)
    ends = bool(loop.orelse) and isinstance(loop.orelse[-1], Exit)
    out = Exit("break", None, loop.span, leading=loop.otherwise.footer)
    leave = Fork(
        stop,
        loop.orelse if ends else (*loop.orelse, out),
        (),
        loop.span,
        loop.touches,
        loop.reads,
        loop.pure,
        loop.otherwise.leading,
        loop.otherwise.comment,
        binds=loop.binds,
        footer=loop.otherwise.footer if ends else (),
    )
    return replace(
        loop,
        head=cst.Name("True"),
        body=(*before, leave, *loop.body),
        orelse=(),
        touches=(),
        reads=frozenset(),
        binds=frozenset(),
        pure=True,
        otherwise=Otherwise(),
    )


def _leaves_around(pieces: Sequence[Piece]) -> bool:
    """Whether a `break` or `continue` in them is that of a loop around them."""
    exits = (p.kind != "return" for p in pieces if isinstance(p, Exit))
    bodies = (pieces_in(p) for p in pieces if not isinstance(p, (Loop, Fused)))
    return any(exits) or any(map(_leaves_around, bodies))


def _of_others(projector: Projector, stmt: While | For, root: Root, ctx: Context) -> list[Piece]:
    effects = projector.effects(root, ctx)
    acting = projector.takes_part((*stmt.body, *stmt.orelse)) or bool(
        effects and isinstance(stmt, While)
    )
    if acting or (returns(stmt.body) and ctx.after):
        first = _first_act(projector, (*stmt.body, *stmt.orelse), ctx, effects)
        projector.untold.add(stmt, root, projector.role, _span(first))
    return effects if isinstance(stmt, For) else []


def project_match(projector: Projector, stmt: Match, ctx: Context) -> list[Piece]:
    """A choice between patterns whose subject this role knows."""
    mode = projector.facts.decided[id(stmt)].mode(projector.role) or ""
    arms_of = tuple(s for c in stmt.cases for s in c.body)
    asked = (stmt.subject, *(c.guard for c in stmt.cases if c.guard is not None))
    decisive = next((root for root in asked if _mode(projector, root) == mode), stmt.subject)
    _tell_members(projector, stmt, decisive, mode, arms_of, ctx)
    writer = Writer(projector, ctx)
    subject = writer.value(stmt.subject, mode)
    inner = projector.within(mode, projector.module.span(decisive.expr), ctx)
    localizer = projector.localizer(ctx)
    arms = []
    for case in stmt.cases:
        guard = localizer.expression(case.guard.expr) if case.guard is not None else None
        body = projector.body(case.body, inner)
        arms.append(Arm(case.node, guard, body, frozenset(case.binds), frozenset(case.reads)))
    pure = _pure(projector, stmt.subject, writer)
    leading = tuple(stmt.node.leading_lines)
    reads = names_of(subject).reads
    behind = stmt.node.whitespace_after_colon.comment
    switch = Switch(
        subject,
        tuple(arms),
        stmt.span,
        tuple(writer.touches),
        reads,
        pure,
        leading,
        behind.value if behind is not None else "",
    )
    return [*writer.before, *projector.guarded(mode, [switch], ctx, stmt.span)]


def _tell_members(
    projector: Projector, stmt: Stmt, root: Root, mode: str, body: Sequence[Stmt], ctx: Context
) -> None:
    """What one member alone knows decides over that member alone."""
    bound = bound_by(stmt)
    deeds = projector.deeds.of(body)
    found = next((d for d in deeds if others(moved(frozenset({d.mode}), bound), mode)), None)
    in_loop = isinstance(stmt, (While, For))
    left = (
        (returns(body) and others(ctx.after, mode))
        or (leaves(body, in_loop, cst.Break) and others(ctx.turning, mode))
        or (leaves(body, in_loop) and others(moved(ctx.looping, ctx.rebound), mode))
    )
    if found is not None or left:
        projector.untold.add(stmt, root, projector.role, found.span if found is not None else None)


def _pure(projector: Projector, root: Root, writer: Writer) -> bool:
    return not writer.touches and projector.facts.pure.get(id(root), False)


def _mode(projector: Projector, root: Root) -> str:
    return projector.facts.root_place[id(root)].mode(projector.role) or ""


def _first_act(
    projector: Projector, stmts: Sequence[Stmt], ctx: Context, effects: list[Piece]
) -> Piece | None:
    quiet = _quiet(projector)
    return first_act(effects) or first_act(quiet.body(stmts, ctx))


def decides(projector: Projector, stmt: If | Match) -> bool:
    """Whether this role knows what a choice depends on."""
    if isinstance(stmt, Match):
        return projector.role in projector.facts.decided.get(id(stmt), Place())
    return _knows(projector, stmt.test)


def _knows(projector: Projector, root: Root) -> bool:
    return projector.role in projector.facts.root_place.get(id(root), Place())


def _unknown(projector: Projector, stmt: If | Match) -> Root:
    """What this role does not know of a choice that it does not decide: the condition, the subject, a guard."""
    if isinstance(stmt, If):
        return stmt.test
    guards = [c.guard for c in stmt.cases if c.guard is not None]
    asked = (root for root in (stmt.subject, *guards) if not _knows(projector, root))
    return next(asked, stmt.subject)


def project_undecided(
    projector: Projector,
    stmt: If | Match,
    rest: Sequence[Stmt],
    pieces: list[Piece],
    ctx: Context,
    inner: Context,
) -> bool:
    """A choice that others make. True if what follows it was projected along with its arms."""
    root = stmt.test if isinstance(stmt, If) else stmt.subject
    pieces.extend(projector.effects(root, ctx))
    if isinstance(stmt, If):
        arms = [stmt.then, stmt.orelse]
    else:
        arms = [c.body for c in stmt.cases]
        if not any(c.irrefutable for c in stmt.cases) and not _exhaustive(projector, stmt):
            arms.append(())
    left_early = (any(returns(arm) for arm in arms) and bool(inner.after)) or (
        any(leaves(arm) for arm in arms) and bool(ctx.looping)
    )
    if not left_early and not any(projector.takes_part(arm) for arm in arms):
        return False
    tails = [up_to_exit((*arm, *rest)) if left_early else tuple(arm) for arm in arms]
    tail_ctx = replace(ctx if left_early else inner, undecided=True)
    projected = [
        _ended(projector, prune_within(projector.body(tail, tail_ctx)), tail_ctx) for tail in tails
    ]
    shapes = [projector.shapes.of(p) for p in projected]
    if all(s.text == shapes[0].text for s in shapes):
        for other, same in zip(shapes[1:], projected[1:], strict=True):
            for left, right in zip(shapes[0].uids, other.uids, strict=True):
                projector.unified.join(left, right)
            projector.merged.update(lines_of(same))
        pieces.extend(projected[0])
    else:
        projector.untold.add(
            stmt,
            _unknown(projector, stmt),
            projector.role,
            _span(next((a for p in projected if (a := first_act(p))), None))
            or next((d.span for d in projector.deeds.of(tail_ctx.rest)), None),
        )
        for pieces_of_arm in projected:  # so that a choice around this one is seen to matter, too
            pieces.extend(pieces_of_arm)
    return left_early


def _ended(projector: Projector, pieces: tuple[Piece, ...], ctx: Context) -> tuple[Piece, ...]:
    """Without an exit at the end that leads where we would go anyway."""
    last = pieces[-1] if pieces else None
    if not isinstance(last, Exit) or last.value is not None:
        return pieces
    match last.kind:
        case "return":
            same = not ctx.after and not ctx.looping
        case "continue":
            same = not projector.takes_part(ctx.rest)
        case _:
            same = False
    return pieces[:-1] if same else pieces


def _exhaustive(projector: Projector, stmt: Match) -> bool:
    return id(stmt) in projector.facts.exhaustive


def _quiet(projector: Projector) -> Projector:
    """The same projector, with nowhere to report to: for finding out what would be done."""
    quiet = copy(projector)
    quiet.findings, quiet.unified, quiet.scopes = Findings(), Unified(), {}
    quiet.untold = Untold(projector.module, projector.choreography, projector.type_of)
    return quiet


def _span(piece: Piece | None) -> Span | None:
    return piece.span if piece is not None else None
