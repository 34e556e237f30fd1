"""Projection: what each role runs of a choreography, and the rule of knowledge of choice.

Runs after places. A role that knows a condition gets the `if`; one that does not must do the same in every arm, by
position and not by name, in which case it gets what is common and the arms' messages share their channels (Chorex's
plain equality instead of Choral's label merging). What follows an early `return`, `break` or `continue` belongs to the
other arm, so bystanders are not drawn in. Everyone else who acts is `unknown-choice`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.naming import free_name
from motetc.frontend.program import Program
from motetc.frontend.scope import captured_by, names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import code_for
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
from motetc.ir.pieces import (
    Exit,
    Fork,
    Line,
    Piece,
    Projection,
)
from motetc.ir.place import OWN
from motetc.ir.types import Declared
from motetc.ir.walk import operations
from motetc.passes.agreed import agreed
from motetc.passes.annotations import narrowed
from motetc.passes.at_once import received_at_once
from motetc.passes.compare import Shapes
from motetc.passes.context import Context, Unified
from motetc.passes.deeds import Deeds, moved
from motetc.passes.endpoints import Writer
from motetc.passes.flow import (
    indices_of,
    partners,
)
from motetc.passes.guards import joined_guards, merge_guards
from motetc.passes.inner_comments import comments_of, with_comments
from motetc.passes.line_comments import rows_of, with_line_comments
from motetc.passes.localize import Localizer
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
from motetc.passes.prune import prune
from motetc.passes.rejoin import rejoined
from motetc.passes.renumbered import renumbered
from motetc.passes.same_exits import without_same_exits
from motetc.passes.taken import taken_names
from motetc.passes.targets import bound_by
from motetc.passes.trivia import (
    comment_of,
    leading_of,
    with_leading,
)
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
        projector = Projector(
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
        found[role.name] = projector.run()
    untold.report(findings)
    return found, unified, untold


@dataclass(slots=True)
class Projector:
    """Projects one choreography at one role."""

    program: Program
    choreography: Choreography
    facts: Facts
    role: str
    type_of: TypeOf
    declared: Declared
    findings: Findings
    unified: Unified
    untold: Untold
    taken: set[str]
    scopes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    merged: set[int] = field(default_factory=set)
    module: SourceModule = field(init=False)
    shapes: Shapes = field(init=False)
    deeds: Deeds = field(init=False)
    indices: dict[str, cst.BaseExpression] = field(default_factory=dict)
    net: str = "net"

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
        kept = rejoined(kept, self.choreography.scratch)
        kept = received_at_once(kept, self.choreography.scratch, captured)
        kept = rejoined(kept, self.choreography.scratch)
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

    def _alike(self, one: cst.BaseExpression, other: cst.BaseExpression) -> bool:
        """Whether two expressions have the same type, as far as that is known."""
        found = self.type_of(one)
        return found is not None and found == self.type_of(other)

    def fresh(self, hint: str) -> str:
        name = free_name(hint, self.taken.__contains__)
        self.taken.add(name)
        return name

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

    def takes_part(self, stmts: Sequence[Stmt]) -> bool:
        """Whether this role does anything in the statements that others would notice or that is its own doing."""
        return bool(self.deeds.modes(stmts))

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

    def within(self, mode: str, span: Span, ctx: Context) -> Context:
        """Inside a choice that the members of a cluster may answer differently."""
        return replace(ctx, divergent=span) if mode == OWN and not self.is_session(ctx) else ctx

    def is_session(self, ctx: Context) -> bool:
        return any(role == self.role for _, role in ctx.sessions)

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

    # Members

    def guarded(
        self, mode: str, pieces: Sequence[Piece], ctx: Context, span: Span
    ) -> Sequence[Piece]:
        """Pieces that one member of our cluster runs alone."""
        if not mode or mode[0] != "@" or not pieces:
            return pieces
        key = mode[1:].removeprefix(".")
        if any(variable == key and role == self.role for variable, role in ctx.sessions):
            return pieces
        index = self.localizer(ctx).expression(cst.parse_expression(key))
        text = code_for(index)
        member = text if self._is_member_id(key) else f"{self.role}.members[{text}]"
        test = cst.parse_expression(f"{self.role}.me == {member}")
        return [Fork(test, tuple(pieces), (), span, reads=names_of(test).reads, guard=True)]

    def _is_member_id(self, key: str) -> bool:
        """Whether an index is a `MemberId`, not a number."""
        found = self.type_of(self.indices[key]) if key in self.indices else None
        return found is not None and found.kind == "member"

    def localizer(self, ctx: Context) -> Localizer:
        return Localizer(
            self.module, self.choreography, self.role, ctx.net, dict(ctx.sessions), self.type_of
        )

    def check_divergent(self, op: Op, ctx: Context) -> None:
        """Members that may answer a condition differently must not communicate under it."""
        if ctx.divergent is None:
            return
        span = op.span
        self.findings.error(
            "divergent-choice",
            ctx.divergent,
            f"each member of `{self.role}` answers this for itself, and there is communication under it: members that "
            "disagree would wait for each other for ever",
            f"{agreed(self.module, ctx.divergent, self.role)}; or keep the branch local",
            (Related(span, "this communication is under the condition"),),
        )

    def refuse_divergent_exit(self, span: Span, ctx: Context) -> None:
        if ctx.divergent is None:
            return
        if any(self.role in partners(op) for op in operations(self.choreography.body)):
            self.findings.error(
                "divergent-choice",
                ctx.divergent,
                f"each member of `{self.role}` answers this for itself, and some would leave while others go on",
                agreed(self.module, ctx.divergent, self.role),
                (Related(span, "this leaves"),),
            )


def _played(op: Invoke | Concurrent, role: str) -> list[tuple[str, Seat]]:
    calls = [op] if isinstance(op, Invoke) else op.calls
    return [part for call in calls for part in call.played(role)]


def _bare(values: Sequence[cst.BaseExpression]) -> cst.Tuple:
    """`a, b`, as it is written behind `return`."""
    return cst.Tuple([cst.Element(value) for value in values], lpar=(), rpar=())
