"""Projection: what each role runs of a choreography, and the rule of knowledge of choice.

Runs after places. A role that knows a condition gets the `if`; one that does not must do the same in every arm, by
position and not by name, in which case it gets what is common and the arms' messages share their channels (Chorex's
plain equality instead of Choral's label merging). What follows an early `return`, `break` or `continue` belongs to the
other arm, so bystanders are not drawn in. Everyone else who acts is `unknown-choice`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program
from motetc.frontend.scope import captured_by, names_of
from motetc.ir.answers import TypeOf
from motetc.ir.facts import Facts
from motetc.ir.nodes import (
    Block,
    Choreography,
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
    Opaque,
    Return,
    Root,
    Seat,
    Simple,
    Stmt,
    While,
)
from motetc.ir.pieces import Exit, Line, Piece, Projection, every
from motetc.ir.types import Declared
from motetc.ir.walk import operations
from motetc.passes.annotations import narrowed
from motetc.passes.at_once import received_at_once
from motetc.passes.compare import Shapes
from motetc.passes.context import Context, Unified
from motetc.passes.deeds import Deeds, moved
from motetc.passes.endpoints import Writer
from motetc.passes.flow import indices_of
from motetc.passes.guards import joined_guards, merge_guards
from motetc.passes.inner_comments import comments_of, with_comments
from motetc.passes.line_comments import rows_of, with_line_comments
from motetc.passes.nameless import nameless
from motetc.passes.own_names import named_at_once
from motetc.passes.paragraphs import with_paragraphs
from motetc.passes.project_choices import (
    decides,
    project_if,
    project_loop,
    project_match,
    project_undecided,
)
from motetc.passes.project_sessions import project_each
from motetc.passes.project_simple import project_block, project_opaque, project_simple
from motetc.passes.projector import Projector
from motetc.passes.prune import prune
from motetc.passes.rejoin import rejoined
from motetc.passes.renumbered import renumbered
from motetc.passes.same_exits import without_same_exits
from motetc.passes.taken import taken_names
from motetc.passes.targets import bound_by
from motetc.passes.trivia import comment_of, leading_of, with_leading
from motetc.passes.untold import Untold


def project(
    program: Program,
    choreography: Choreography,
    type_of: TypeOf,
    declared: Declared,
    facts: Facts,
    findings: Findings,
) -> tuple[dict[str, Projection], Unified, Untold]:
    """Every role's projection; what a role would have to know and does not goes to `findings`, and is given back."""
    unified = Unified()
    untold = Untold(program.modules[choreography.module], choreography, type_of, facts)
    found: dict[str, Projection] = {}
    taken = taken_names(program, choreography, facts)
    for role in choreography.roles:
        walk = _Walk(
            program,
            choreography,
            facts,
            role.name,
            type_of,
            declared,
            findings,
            unified,
            untold,
            taken.at(role.name),
        )
        found[role.name] = walk.run()
    untold.report(findings)
    return found, unified, untold


@dataclass(slots=True)
class _Walk(Projector):
    """Goes over the statements of one choreography for one role."""

    def run(self) -> Projection:
        """The whole function at this role."""
        self.module = self.program.modules[self.choreography.module]
        self.net = self.fresh("net")
        ops = {op.uid: op for op in operations(self.choreography.body)}
        self.deeds = Deeds(self.choreography, self.facts, self.role)
        captured = partial(captured_by, self.choreography.node)
        given = frozenset(p.name for p in self.choreography.parameters)
        self.shapes = Shapes(self.module, ops, self.facts, self.role, given, captured)
        self.indices = dict(indices_of(self.choreography.body))
        pieces = self.body(self.choreography.body, Context(self.net))
        kept = prune(pieces, given, captured, self._alike)
        while (left := without_same_exits(kept, self.module.written)) is not kept:
            kept = prune(left, given, captured, self._alike)
        kept = self._in_place(rejoined(kept, self.choreography.scratch), captured)
        kept = narrowed(named_at_once(kept, self.choreography.scratch, captured))
        kept = renumbered(kept, self.choreography.scratch, self.taken)
        rows = rows_of(self.module, self.choreography.node, ops.values())
        kept = with_line_comments(joined_guards(kept), rows)
        kept = with_paragraphs(kept, self.module, self.choreography.node)
        return Projection(
            self.choreography.key,
            self.role,
            with_comments(
                nameless(kept, self.choreography, {*self.module.definitions, *self.module.imports}),
                comments_of(self.module, [*ops.values()]),
            ),
            self.net,
            self.scopes,
            frozenset(self.merged),
        )

    def _in_place(
        self, pieces: tuple[Piece, ...], captured: Callable[[], frozenset[str]]
    ) -> tuple[Piece, ...]:
        """With what has a name of ours where it is read; one operand that is an expression again may make more so."""
        scratch = self.choreography.scratch
        found = rejoined(received_at_once(pieces, scratch, captured), scratch)
        fewer = len([*every(found)]) < len([*every(pieces)])
        return self._in_place(found, captured) if fewer else found

    def _alike(self, one: cst.BaseExpression, other: cst.BaseExpression) -> bool:
        """Whether two expressions have the same type, as far as that is known."""
        found = self.type_of(one)
        return found is not None and found == self.type_of(other)

    # Statement lists

    def body(self, stmts: Sequence[Stmt], ctx: Context) -> tuple[Piece, ...]:
        """The pieces of a statement list. A choice that we do not know decides over all that follows it."""
        pieces: list[Piece] = []
        for index, (stmt, after, later) in enumerate(
            zip(stmts, self.deeds.modes_after(stmts), self._bound_later(stmts), strict=False)
        ):
            after |= moved(ctx.after, later)
            turn = (*stmts[index + 1 :], *ctx.rest) if ctx.looping else ()
            inner = replace(ctx, after=after, rebound=ctx.rebound | later, rest=turn)
            if isinstance(stmt, (If, Match)) and not decides(self, stmt):
                rest = stmts[index + 1 :]
                if project_undecided(self, stmt, rest, pieces, ctx, inner):
                    break
                continue
            pieces.extend(self.statement(stmt, inner))
        return tuple(merge_guards(pieces))

    def _bound_later(self, stmts: Sequence[Stmt]) -> list[frozenset[str]]:
        """For each statement, what those behind it bind, where that may be what picks a member."""
        later = [frozenset[str]()]
        for stmt in reversed(stmts[1:]):
            later.append(later[-1] | bound_by(stmt) if self.indices else later[-1])
        return later[::-1]

    # Statements

    def statement(self, stmt: Stmt, ctx: Context) -> list[Piece]:
        """The pieces of one statement."""
        match stmt:
            case Simple():
                return project_simple(self, stmt, ctx)
            case Block():
                return project_block(self, stmt, ctx)
            case Opaque():
                return project_opaque(self, stmt, ctx)
            case If():
                return project_if(self, stmt, ctx)
            case While() | For():
                return project_loop(self, stmt, ctx)
            case Match():
                return project_match(self, stmt, ctx)
            case Return():
                return self._return(stmt, ctx)
            case Jump():
                return [self._jump(stmt, ctx)]
            case Each():
                return project_each(self, stmt, ctx)
            case Flow():
                from motetc.passes.project_flows import project_flow  # dear: all that fuses

                return project_flow(self, stmt, ctx)

    def _jump(self, stmt: Jump, ctx: Context) -> Exit:
        self.refuse_divergent_exit(stmt.span, ctx)
        kind: Literal["break", "continue"] = (
            "break" if isinstance(stmt.node, cst.Break) else "continue"
        )
        return Exit(kind, None, stmt.span, leading=leading_of(stmt), comment=comment_of(stmt))

    def _return(self, stmt: Return, ctx: Context) -> list[Piece]:
        results = self.choreography.results
        self.refuse_divergent_exit(stmt.span, ctx)
        leading, comment = leading_of(stmt), comment_of(stmt)
        mine = [i for i, r in enumerate(results) if self.role in r.place]
        writer = Writer(self, ctx)
        if len(stmt.values) == 1 and len(results) > 1:  # a call's results are passed on
            if not mine:
                writer.before.extend(self.effects(stmt.values[0], ctx))
                return [*writer.before, Exit("return", None, stmt.span)]
            value = writer.value(stmt.values[0], "")
        else:
            values = []
            for index, root in enumerate(stmt.values):
                if index in mine:
                    values.append(writer.value(root, results[index].place.modes[self.role]))
                else:
                    writer.before.extend(self.effects(root, ctx))
            if not values:
                pieces = with_leading(writer.before, leading, comment)
                return [*pieces, Exit("return", None, stmt.span, leading=() if pieces else leading)]
            value = values[0] if len(values) == 1 else _bare(values)
        touches = tuple(writer.touches)
        out = Exit("return", value, stmt.span, touches, names_of(value).reads, leading, comment)
        return [*writer.before, out]

    # Operations

    def effects(self, root: Root, ctx: Context) -> list[Piece]:
        """What we do for an expression whose value is elsewhere: our ends of the operations in it."""
        pieces: list[Piece] = []
        for op in root.ops:
            writer = Writer(self, ctx)
            expr = writer.effect(op)
            pieces.extend(writer.before)
            if expr is None:
                continue
            node = cst.Expr(expr)
            mode = self._seat_mode(op)
            line = Line(node, op.span, tuple(writer.touches), names_of(node).reads)
            pieces.extend(self.guarded(mode, [line], ctx, op.span))
        return pieces

    def _seat_mode(self, op: Op) -> str:
        """As which member we take part in an operation whose value is elsewhere."""
        if isinstance(op, (Invoke, Concurrent)):
            return next((s.mode for _, s in _played(op, self.role) if s.picked), "")
        if not isinstance(op, Comm):
            return ""
        if op.sender.role == self.role:
            return op.sender.mode if op.sender.key else ""
        seat = next((s for s in op.receivers if s.role == self.role), None)
        return seat.mode if seat is not None and seat.key else ""


def _played(op: Invoke | Concurrent, role: str) -> list[tuple[str, Seat]]:
    calls = [op] if isinstance(op, Invoke) else op.calls
    return [part for call in calls for part in call.played(role)]


def _bare(values: Sequence[cst.BaseExpression]) -> cst.Tuple:
    """`a, b`, as it is written behind `return`."""
    return cst.Tuple([cst.Element(value) for value in values], lpar=(), rpar=())
