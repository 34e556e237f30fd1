"""Statements without others in them at one role: assignments, calls, `with` blocks, local code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from motetc.frontend.comments import footer_of, for_people
from motetc.frontend.scope import names_of
from motetc.frontend.tree import code_for, exchange
from motetc.ir.nodes import (
    Block,
    Concurrent,
    Invoke,
    Opaque,
    Simple,
)
from motetc.ir.pieces import (
    Copied,
    Fork,
    Line,
    Piece,
    partner_name,
)
from motetc.ir.place import Place, describe
from motetc.passes.annotations import annotation_of, sent_to
from motetc.passes.context import Context
from motetc.passes.deletions import deleted
from motetc.passes.endpoints import Part, Writer
from motetc.passes.flow import (
    has_other_targets,
    is_ellipsis,
    is_none,
    is_receive,
    sole_op,
    target_names,
)
from motetc.passes.projector import Projector
from motetc.passes.trivia import (
    block_leading,
    comment_of,
    lead,
    leading_of,
    suite,
    with_leading,
)


def project_simple(projector: Projector, stmt: Simple, ctx: Context) -> list[Piece]:
    """An assignment, an expression statement or another simple statement."""
    if id(stmt) in projector.facts.apart:
        return with_leading(_parts(projector, stmt.parts, ctx), leading_of(stmt), comment_of(stmt))
    place = projector.facts.stmt_place.get(id(stmt), Place())
    if isinstance(stmt.node, cst.Pass) or is_ellipsis(stmt.node):
        return []
    if isinstance(stmt.node, cst.Expr) and projector.findings.has("unplaced-call", stmt.span):
        return []  # where it is to run is not said, so nobody is known to act
    if isinstance(stmt.node, cst.Expr) and isinstance(
        stmt.node.value, (cst.SimpleString, cst.ConcatenatedString)
    ):
        return [
            Line(
                stmt.node,
                stmt.span,
                leading=leading_of(stmt),
                comment=comment_of(stmt),
                docstring=True,
            )
        ]
    op = sole_op(stmt)
    apart = isinstance(op, Concurrent) and not projector.facts.op_place.get(op.uid)
    if isinstance(op, Concurrent) and (apart or len(target_names(stmt)) != 1):
        return _unpack(projector, stmt, op, ctx)
    if isinstance(op, Invoke) and _several(projector, op):
        return _unpack(projector, stmt, op, ctx)
    mode = place.mode(projector.role)
    if mode is None:
        found: list[Piece] = []
        for root in stmt.roots:
            found.extend(projector.effects(root, ctx))
        found.extend(_parts(projector, projector.facts.wider.get(id(stmt), ()), ctx))
        found.extend(_failure(projector, stmt, place, ctx))
        return with_leading(found, leading_of(stmt), comment_of(stmt))
    writer = Writer(projector, ctx, _bound(stmt) if op is not None else "")
    swaps = {id(root.expr): writer.value(root, mode) for root in stmt.roots}
    node = _rewritten(stmt, swaps)
    if (is_none(node) and not is_none(stmt.node)) or _is_to_itself(node):
        # a call in which this role has no part, or a value that has its name already
        return with_leading([*writer.before], leading_of(stmt), comment_of(stmt))
    line = _line(projector, stmt, node, writer)
    guarded = projector.guarded(mode, [line], ctx, stmt.span)
    return [*writer.before, *_with_failure(projector, stmt, guarded, ctx)]


def _bound(stmt: Simple) -> str:
    """The name that an assignment binds, if it is one and nothing else."""
    match stmt.node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            return name
        case _:
            return ""


def _is_to_itself(node: cst.BaseSmallStatement) -> bool:
    match node:
        case cst.Assign(
            targets=[cst.AssignTarget(target=cst.Name(value=name))], value=cst.Name(value=value)
        ):
            return name == value
        case _:
            return False


def _failure(projector: Projector, stmt: Simple | Block, place: Place, ctx: Context) -> list[Piece]:
    """Whoever knows that another location fails here for good does not go on, and hears of it."""
    told = id(stmt) in projector.facts.fatal and not ctx.undecided
    if not told or place.everywhere or not place.modes:
        return []
    role, mode = next(iter(place.modes.items()))
    own = next((variable for variable, cluster in ctx.sessions if cluster == role), "")
    if own and role == projector.role:
        return []  # one of us fails in its own session
    group = "site.group" if role == projector.role else partner_name(role)
    peer = f"{ctx.net}.{group}"
    if own:
        peer = f"{peer}[{own}]"
    elif projector.choreography.role(role).cluster:
        index = cst.parse_expression(mode[1:].removeprefix(".") if mode[0] == "@" else "0")
        peer = f"{peer}[{code_for(projector.localizer(ctx).expression(index))}]"
    node = cst.Expr(cst.parse_expression(f"await {ctx.net}.aborted_by({peer})"))
    last = suite(stmt.node.body)[-1] if isinstance(stmt, Block) else stmt.node
    at = projector.module.span(last, stmt.node)
    comment = f"# ← {describe(role, mode)}, {at.path}:{at.line}"
    return [Line(node, stmt.span, reads=names_of(node).reads, comment=comment)]


def _with_failure(
    projector: Projector, stmt: Simple | Block, pieces: Sequence[Piece], ctx: Context
) -> Sequence[Piece]:
    """Where one member of our cluster fails for good, the others do not go on either."""
    match pieces:
        case [Fork(guard=True) as fork]:
            place = projector.facts.stmt_place[id(stmt)]
            return [replace(fork, orelse=tuple(_failure(projector, stmt, place, ctx)))]
        case _:
            return pieces


def _parts(projector: Projector, parts: Sequence[Simple], ctx: Context) -> list[Piece]:
    """An assignment for each value; one that was to wait for others, and has none to wait for here, does not."""
    pieces: list[Piece] = []
    for part in parts:
        for piece in project_simple(projector, part, ctx):
            at_once = _at_once(projector, pieces[-1], piece) if pieces else None
            if at_once is not None:
                pieces[-1] = at_once
            else:
                pieces.append(piece)
    return pieces


def _at_once(projector: Projector, first: Piece, second: Piece) -> Line | None:
    """`new_x = …`, `x = new_x` is `x = …`."""
    if not isinstance(first, Line) or not isinstance(second, Line):
        return None
    match first.node, second.node:
        case (
            cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))], value=value),
            cst.Assign(targets=[cst.AssignTarget(target=target)], value=cst.Name(passed)),
        ) if name == passed and name in projector.choreography.scratch:
            node = second.node.with_changes(value=value)
            reads = first.reads | (second.reads - first.binds)
            annotate = first.annotate if first.touches and isinstance(target, cst.Name) else None
            return replace(second, node=node, touches=first.touches, reads=reads, annotate=annotate)
    return None


def _line(projector: Projector, stmt: Simple, node: cst.BaseSmallStatement, writer: Writer) -> Line:
    names = names_of(node)
    annotate = annotation_of(projector, stmt, writer.touches)
    pure = (
        projector.facts.pure.get(id(stmt), False)
        and bool(names.binds)
        and isinstance(
            stmt.node, (cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Import, cst.ImportFrom)
        )
        and not has_other_targets(stmt.node)
    )
    place = projector.facts.stmt_place[id(stmt)]
    if place.is_single() and not stmt.scratch:
        pure = False
    if place.everywhere and projector.facts.supposed and not projector.facts.pure.get(id(stmt)):
        pure = True  # it reads what was refused, so nobody is known to act
    arrives = is_receive(stmt) and all(t.side == "receive" for t in writer.touches)
    return Line(
        node,
        stmt.span,
        tuple(writer.touches),
        names.reads - deleted(node),
        names.binds,
        pure and not writer.touches,
        annotate,
        leading_of(stmt),
        for_people(comment_of(stmt)) if arrives and writer.touches else comment_of(stmt),
        light=pure and bool(writer.touches),
        sent=sent_to(projector, stmt) if arrives else None,
    )


def _rewritten(stmt: Simple, swaps: dict[int, cst.BaseExpression]) -> cst.BaseSmallStatement:
    node = stmt.node
    if isinstance(node, cst.AnnAssign) and stmt.inner is not None:
        node = node.with_changes(annotation=node.annotation.with_changes(annotation=stmt.inner))
    return exchange(node, lambda found: swaps.get(id(found)))


def project_block(projector: Projector, stmt: Block, ctx: Context) -> list[Piece]:
    """The statements of a `with` block of ours, as they stand."""
    seats = [s for s in stmt.seats if s.role == projector.role]
    if not seats:
        return _failure(projector, stmt, projector.facts.stmt_place[id(stmt)], ctx)
    localizer = projector.localizer(ctx)
    pieces: list[Piece] = []
    statements = suite(stmt.node.body)
    for index, node in enumerate(statements):
        local = localizer.statement(node)
        if index == 0 and (above := block_leading(stmt.node)):
            local = local.with_changes(leading_lines=[*above, *lead(local)])
        names = names_of(node)
        after = footer_of(stmt.node.body) if index == len(statements) - 1 else ()
        span = projector.module.span(node)
        pieces.append(Copied(local, span, names.reads, names.binds, after=after))
    guarded = projector.guarded(seats[0].mode, pieces, ctx, stmt.span)
    return list(_with_failure(projector, stmt, guarded, ctx))


def project_opaque(projector: Projector, stmt: Opaque, ctx: Context) -> list[Piece]:
    """Local code that is copied whole."""
    place = projector.facts.stmt_place.get(id(stmt), Place())
    mode = place.mode(projector.role)
    if mode is None:
        return []
    node = projector.localizer(ctx).statement(stmt.node)
    droppable = not stmt.runs or projector.facts.is_idle(stmt)
    piece = Copied(node, stmt.span, frozenset(stmt.reads), frozenset(stmt.binds), droppable)
    return list(projector.guarded(mode, [piece], ctx, stmt.span))


def _unpack(
    projector: Projector, stmt: Simple, op: Invoke | Concurrent, ctx: Context
) -> list[Piece]:
    """`x, y = await f(…)` with results at different places: the names that are ours."""
    writer = Writer(projector, ctx)
    parts = writer.parts(op)
    if not parts:
        return writer.before
    if len({p.mode for p in parts}) > 1:
        calls = [
            writer.alone(op, p, _kept_as(cst.Await(p.call), _own_names(projector, p, stmt, op)))
            for p in parts
        ]
        found = [*writer.before, *(piece for call in calls for piece in call)]
        return with_leading(found, leading_of(stmt), comment_of(stmt))
    kept = [_own_names(projector, p, stmt, op) for p in parts]
    names = kept[0] if isinstance(op, Invoke) else [_together(k) for k in kept]
    node = _kept_as(writer.together(op, parts), names)
    found_names = names_of(node)
    line = Line(
        node,
        stmt.span,
        tuple(writer.touches),
        found_names.reads,
        found_names.binds,
        leading=leading_of(stmt),
        comment=comment_of(stmt),
    )
    return [*writer.before, *projector.guarded(parts[0].mode, [line], ctx, stmt.span)]


def _own_names(
    projector: Projector, part: Part, stmt: Simple, op: Invoke | Concurrent
) -> list[str]:
    """Of the names that a call's results are bound to, those of results that we get."""
    names = target_names(stmt)
    results = projector.program.choreographies[part.op.callee].results
    if isinstance(op, Concurrent):
        index = op.calls.index(part.op)
        name = names[index] if index < len(names) else ""
        if len(results) < 2:
            return [name] if name and any(part.formal in r.place for r in results) else []
        names = [p.strip() for p in name.strip("()").split(",") if p.strip()]
    return [n for n, r in zip(names, results, strict=False) if part.formal in r.place]


def _several(projector: Projector, op: Invoke) -> bool:
    return len(projector.program.choreographies[op.callee].results) > 1


def _kept_as(expr: cst.BaseExpression, names: Sequence[str]) -> cst.BaseSmallStatement:
    """A statement that keeps what an expression gives under some names; `_` is for what nobody wants."""
    if not any(n != "_" for n in names):
        return cst.Expr(expr)
    target = cst.parse_expression(", ".join(names))
    assert isinstance(target, (cst.Name, cst.Tuple))
    return cst.Assign([cst.AssignTarget(target)], expr)


def _together(names: Sequence[str]) -> str:
    return f"({', '.join(names)})" if len(names) > 1 else names[0] if names else "_"
