"""Projection: what each role runs of a choreography, and the rule of knowledge of choice.

Runs after places. A role that knows a condition gets the `if`; one that does not must do the same in every arm, by
position and not by name, in which case it gets what is common and the arms' messages share their channels (Chorex's
plain equality instead of Choral's label merging). What follows an early `return`, `break` or `continue` belongs to the
other arm, so bystanders are not drawn in. Everyone else who acts is `unknown-choice`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Literal

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import exchange
from motetc.ir.live import Flow
from motetc.ir.nodes import (
    Block,
    Choreography,
    Comm,
    Concurrent,
    Each,
    Facts,
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
    Arm,
    Copied,
    Exit,
    Fork,
    Line,
    Loop,
    Piece,
    Projection,
    Sessions,
    Switch,
    Touch,
    lines_of,
)
from motetc.ir.place import OWN, Place
from motetc.ir.types import Type
from motetc.ir.walk import operations
from motetc.passes.captures import narrowed_captures
from motetc.passes.compare import Shapes, first_act
from motetc.passes.context import Context, Unified
from motetc.passes.deeds import Deeds, others
from motetc.passes.endpoints import Part, Writer, parenthesized
from motetc.passes.flow import (
    has_other_targets,
    indices_of,
    is_ellipsis,
    is_none,
    is_receive,
    leaves,
    partners,
    returns,
    sole_op,
    target_names,
    up_to_exit,
)
from motetc.passes.guards import merge_guards
from motetc.passes.localize import Localizer
from motetc.passes.project_flows import project_flow
from motetc.passes.prune import prune, prune_within, reads_of
from motetc.passes.trivia import (
    comment_of,
    if_trivia,
    lead,
    leading_of,
    suite,
    suite_comment,
    with_leading,
)
from motetc.passes.untold import Untold

TypeOf = Callable[[cst.CSTNode], Type | None]


def project(
    program: Program,
    choreography: Choreography,
    facts: Facts,
    type_of: TypeOf,
    findings: Findings,
) -> tuple[dict[str, Projection], Unified]:
    """Every role's projection; what a role would have to know and does not goes to `findings`."""
    unified = Unified()
    untold = Untold(program.modules[choreography.module], choreography, facts.root_place)
    found: dict[str, Projection] = {}
    for role in choreography.roles:
        projector = Projector(
            program, choreography, facts, role.name, type_of, findings, unified, untold
        )
        found[role.name] = projector.run()
    untold.report(findings)
    return found, unified


@dataclass(slots=True)
class Projector:
    """Projects one choreography at one role."""

    program: Program
    choreography: Choreography
    facts: Facts
    role: str
    type_of: TypeOf
    findings: Findings
    unified: Unified
    untold: Untold
    scopes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    merged: set[int] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    module: SourceModule = field(init=False)
    shapes: Shapes = field(init=False)
    deeds: Deeds = field(init=False)
    indices: dict[str, cst.BaseExpression] = field(default_factory=dict)
    net: str = "net"

    def run(self) -> Projection:
        """The whole function at this role."""
        self.module = self.program.modules[self.choreography.module]
        self.taken = (
            set(self.choreography.locals) | set(self.module.definitions) | set(self.module.imports)
        )
        self.net = self._fresh("net")
        ops = {op.uid: op for op in operations(self.choreography.body)}
        self.deeds = Deeds(self.choreography, self.facts, self.role)
        self.shapes = Shapes(self.module, ops, self.facts, self.role)
        self.indices = dict(indices_of(self.choreography.body))
        pieces = self.body(self.choreography.body, Context(self.net))
        return Projection(
            self.choreography.key,
            self.role,
            prune(pieces),
            self.net,
            self.scopes,
            frozenset(self.merged),
        )

    def _fresh(self, hint: str) -> str:
        name, number = hint, 2
        while name in self.taken:
            name, number = f"{hint}_{number}", number + 1
        self.taken.add(name)
        return name

    # Statement lists

    def body(self, stmts: Sequence[Stmt], ctx: Context) -> tuple[Piece, ...]:
        """The pieces of a statement list. A choice that we do not know decides over all that follows it."""
        pieces: list[Piece] = []
        for index, stmt in enumerate(stmts):
            rest = stmts[index + 1 :]
            inner = replace(ctx, after=ctx.after | self.deeds.modes(rest))
            if isinstance(stmt, (If, Match)) and not self._decides(stmt):
                if self._unknown(stmt, rest, pieces, ctx, inner):
                    break
                continue
            pieces.extend(self.statement(stmt, inner))
        return tuple(merge_guards(pieces))

    def takes_part(self, stmts: Sequence[Stmt]) -> bool:
        """Whether this role does anything in the statements that others would notice or that is its own doing."""
        return bool(self.deeds.modes(stmts))

    def _decides(self, stmt: If | Match) -> bool:
        root = stmt.test if isinstance(stmt, If) else stmt.subject
        return self.role in self.facts.root_place.get(id(root), Place())

    def _unknown(
        self,
        stmt: If | Match,
        rest: Sequence[Stmt],
        pieces: list[Piece],
        ctx: Context,
        inner: Context,
    ) -> bool:
        """A choice that others make. True if what follows it was projected along with its arms."""
        root = stmt.test if isinstance(stmt, If) else stmt.subject
        pieces.extend(self.effects(root, ctx))
        if isinstance(stmt, If):
            arms = [stmt.then, stmt.orelse]
        else:
            arms = [c.body for c in stmt.cases]
            if not any(c.irrefutable for c in stmt.cases) and not self._exhaustive(stmt):
                arms.append(())
        left_early = (any(returns(arm) for arm in arms) and bool(inner.after)) or (
            any(leaves(arm) for arm in arms) and bool(ctx.looping)
        )
        if not left_early and not any(self.takes_part(arm) for arm in arms):
            return False
        tails = [up_to_exit((*arm, *rest)) if left_early else tuple(arm) for arm in arms]
        tail_ctx = ctx if left_early else inner
        projected = [
            self._ended(prune_within(self.body(tail, tail_ctx)), tail_ctx) for tail in tails
        ]
        shapes = [self.shapes.of(p) for p in projected]
        if all(s.text == shapes[0].text for s in shapes):
            for other, same in zip(shapes[1:], projected[1:], strict=True):
                for left, right in zip(shapes[0].uids, other.uids, strict=True):
                    self.unified.join(left, right)
                self.merged.update(lines_of(same))
            pieces.extend(projected[0])
        else:
            self.untold.add(
                stmt,
                root,
                self.role,
                _span(next((a for p in projected if (a := first_act(p))), None)),
            )
        return left_early

    def _ended(self, pieces: tuple[Piece, ...], ctx: Context) -> tuple[Piece, ...]:
        """Without an exit at the end that leads where we would go anyway."""
        last = pieces[-1] if pieces else None
        if not isinstance(last, Exit) or last.value is not None:
            return pieces
        if (last.kind == "return" and not ctx.after and not ctx.looping) or last.kind == "continue":
            return pieces[:-1]
        return pieces

    def _exhaustive(self, stmt: Match) -> bool:
        return id(stmt) in self.facts.exhaustive

    # Statements

    def statement(self, stmt: Stmt, ctx: Context) -> list[Piece]:
        """The pieces of one statement."""
        match stmt:
            case Simple():
                return self._simple(stmt, ctx)
            case Block():
                return self._block(stmt, ctx)
            case Opaque():
                return self._opaque(stmt, ctx)
            case If():
                return self._if(stmt, ctx)
            case While() | For():
                return self._loop(stmt, ctx)
            case Match():
                return self._match(stmt, ctx)
            case Return():
                return self._return(stmt, ctx)
            case Jump():
                return [self._jump(stmt, ctx)]
            case Each():
                return self._each(stmt, ctx)
            case Flow():
                return project_flow(self, stmt, ctx)

    def _jump(self, stmt: Jump, ctx: Context) -> Exit:
        self._refuse_divergent_exit(stmt.span, ctx)
        kind: Literal["break", "continue"] = (
            "break" if isinstance(stmt.node, cst.Break) else "continue"
        )
        return Exit(kind, None, stmt.span, leading=leading_of(stmt), comment=comment_of(stmt))

    def _simple(self, stmt: Simple, ctx: Context) -> list[Piece]:
        place = self.facts.stmt_place.get(id(stmt), Place())
        if isinstance(stmt.node, cst.Pass) or is_ellipsis(stmt.node):
            return []
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
        apart = isinstance(op, Concurrent) and not self.facts.op_place.get(op.uid)
        if isinstance(op, Concurrent) and (apart or len(target_names(stmt)) != 1):
            return self._unpack(stmt, op, ctx)
        if isinstance(op, Invoke) and self._several(op):
            return self._unpack(stmt, op, ctx)
        mode = place.mode(self.role)
        if mode is None:
            found: list[Piece] = []
            for root in stmt.roots:
                found.extend(self.effects(root, ctx))
            return with_leading(found, leading_of(stmt), comment_of(stmt))
        writer = Writer(self, ctx)
        swaps = {id(root.expr): writer.value(root, mode) for root in stmt.roots}
        node = self._rewritten(stmt, swaps)
        if is_none(node) and not is_none(stmt.node):  # a call in which this role has no part
            return with_leading([*writer.before], leading_of(stmt), comment_of(stmt))
        line = self._line(stmt, node, writer)
        return [*writer.before, *self._guarded(mode, [line], ctx, stmt.span)]

    def _line(self, stmt: Simple, node: cst.BaseSmallStatement, writer: Writer) -> Line:
        names = names_of(node)
        annotate = None
        if (
            isinstance(stmt.node, cst.Assign)
            and len(stmt.node.targets) == 1
            and any(t.side in ("receive", "both") for t in writer.touches)
        ):
            target = stmt.node.targets[0].target
            if isinstance(target, cst.Name) and (stmt.scratch or is_receive(stmt)):
                annotate = self.type_of(target) or self.type_of(stmt.roots[0].expr)
        elif stmt.scratch:
            annotate = self.type_of(stmt.roots[0].expr)
        droppable = (
            self.facts.pure.get(id(stmt), False)
            and not writer.touches
            and bool(names.binds)
            and isinstance(
                stmt.node, (cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Import, cst.ImportFrom)
            )
            and not has_other_targets(stmt.node)
        )
        place = self.facts.stmt_place[id(stmt)]
        if place.is_single() and not stmt.scratch:
            droppable = False
        return Line(
            node,
            stmt.span,
            tuple(writer.touches),
            names.reads,
            names.binds,
            droppable,
            annotate,
            leading_of(stmt),
            comment_of(stmt),
        )

    def _rewritten(
        self, stmt: Simple, swaps: dict[int, cst.BaseExpression]
    ) -> cst.BaseSmallStatement:
        node = stmt.node
        if isinstance(node, cst.AnnAssign) and stmt.inner is not None:
            node = node.with_changes(annotation=node.annotation.with_changes(annotation=stmt.inner))
        return exchange(node, lambda found: swaps.get(id(found)))

    def _block(self, stmt: Block, ctx: Context) -> list[Piece]:
        seats = [s for s in stmt.seats if s.role == self.role]
        if not seats:
            return []
        localizer = self.localizer(ctx)
        pieces: list[Piece] = []
        statements = suite(stmt.node.body)
        for index, node in enumerate(statements):
            local = localizer.statement(node)
            if index == 0 and stmt.node.leading_lines:
                local = local.with_changes(leading_lines=[*stmt.node.leading_lines, *lead(local)])
            names = names_of(node)
            pieces.append(Copied(local, self.module.span(node), names.reads, names.binds))
        return list(self._guarded(seats[0].mode, pieces, ctx, stmt.span))

    def _opaque(self, stmt: Opaque, ctx: Context) -> list[Piece]:
        place = self.facts.stmt_place.get(id(stmt), Place())
        mode = place.mode(self.role)
        if mode is None:
            return []
        node = self.localizer(ctx).statement(stmt.node)
        droppable = not stmt.runs
        piece = Copied(node, stmt.span, frozenset(stmt.reads), frozenset(stmt.binds), droppable)
        return list(self._guarded(mode, [piece], ctx, stmt.span))

    def _if(self, stmt: If, ctx: Context) -> list[Piece]:
        mode = self._mode(stmt.test)
        self._tell_members(stmt, stmt.test, mode, (*stmt.then, *stmt.orelse), ctx)
        writer = Writer(self, ctx)
        test = writer.value(stmt.test, mode)
        inner = self.within(mode, stmt.span, ctx)
        then, orelse = self.body(stmt.then, inner), self.body(stmt.orelse, inner)
        leading, comment = if_trivia(stmt)
        names = names_of(test)
        fork = Fork(
            test,
            then,
            orelse,
            stmt.span,
            tuple(writer.touches),
            names.reads,
            self._pure(stmt.test, writer),
            leading,
            comment,
            binds=names.binds,
        )
        return [*writer.before, *self._guarded(mode, [fork], ctx, stmt.span)]

    def _tell_members(
        self, stmt: Stmt, root: Root, mode: str, body: Sequence[Stmt], ctx: Context
    ) -> None:
        """What one member alone knows decides over that member alone."""
        found = next((d for d in self.deeds.of(body) if others(frozenset({d.mode}), mode)), None)
        in_loop = isinstance(stmt, (While, For))
        left = (returns(body) and others(ctx.after, mode)) or (
            leaves(body, in_loop) and others(ctx.looping, mode)
        )
        if found is not None or left:
            self.untold.add(stmt, root, self.role, found.span if found is not None else None)

    def _pure(self, root: Root, writer: Writer) -> bool:
        return not writer.touches and self.facts.pure.get(id(root), False)

    def within(self, mode: str, span: Span, ctx: Context) -> Context:
        """Inside a choice that the members of a cluster may answer differently."""
        return replace(ctx, divergent=span) if mode == OWN and not self._is_session(ctx) else ctx

    def _is_session(self, ctx: Context) -> bool:
        return any(role == self.role for _, role in ctx.sessions)

    def _mode(self, root: Root) -> str:
        return self.facts.root_place[id(root)].mode(self.role) or ""

    def _loop(self, stmt: While | For, ctx: Context) -> list[Piece]:
        root = stmt.test if isinstance(stmt, While) else stmt.iter
        place = self.facts.root_place.get(id(root), Place())
        if self.role not in place:
            effects = self.effects(root, ctx)
            acting = self.takes_part((*stmt.body, *stmt.orelse)) or bool(
                effects and isinstance(stmt, While)
            )
            if acting or (returns(stmt.body) and ctx.after):
                first = self._first_act((*stmt.body, *stmt.orelse), ctx, effects)
                self.untold.add(stmt, root, self.role, _span(first))
            return effects if isinstance(stmt, For) else []
        mode = place.mode(self.role) or ""
        inner = self.within(mode, stmt.span, ctx)
        self._tell_members(stmt, root, mode, (*stmt.body, *stmt.orelse), ctx)
        writer = Writer(self, ctx)
        head = writer.value(root, mode)
        looping = self.deeds.modes((*stmt.body, *stmt.orelse))
        if writer.touches:
            looping |= {mode}
        if returns(stmt.body):
            looping |= ctx.after
        body, orelse = (
            self.body(stmt.body, replace(inner, looping=looping)),
            self.body(stmt.orelse, inner),
        )
        names = names_of(head)
        target = stmt.node.target if isinstance(stmt, For) else None
        binds = names.binds | (frozenset(stmt.binds) if isinstance(stmt, For) else frozenset())
        leading = tuple(stmt.node.leading_lines)
        comment = suite_comment(stmt.node.body)
        pure = self._pure(root, writer)
        if isinstance(stmt, While) and writer.before:
            stop = cst.UnaryOperation(cst.Not(), parenthesized(head))
            leave = Fork(
                stop,
                (Exit("break", None, stmt.span),),
                (),
                stmt.span,
                tuple(writer.touches),
                names.reads,
                pure,
            )
            turn = (*writer.before, leave, *body)
            return [
                Loop(
                    cst.Name("True"),
                    None,
                    turn,
                    orelse,
                    stmt.span,
                    leading=leading,
                    comment=comment,
                )
            ]
        loop = Loop(
            head,
            target,
            body,
            orelse,
            stmt.span,
            tuple(writer.touches),
            names.reads,
            binds,
            pure,
            leading,
            comment,
        )
        return [*writer.before, *self._guarded(mode, [loop], ctx, stmt.span)]

    def _first_act(self, stmts: Sequence[Stmt], ctx: Context, effects: list[Piece]) -> Piece | None:
        quiet = replace_quiet(self)
        return first_act(effects) or first_act(quiet.body(stmts, ctx))

    def _match(self, stmt: Match, ctx: Context) -> list[Piece]:
        mode = self._mode(stmt.subject)
        arms_of = tuple(s for c in stmt.cases for s in c.body)
        self._tell_members(stmt, stmt.subject, mode, arms_of, ctx)
        writer = Writer(self, ctx)
        subject = writer.value(stmt.subject, mode)
        inner = self.within(mode, stmt.span, ctx)
        localizer = self.localizer(ctx)
        arms = []
        for case in stmt.cases:
            guard = localizer.expression(case.guard.expr) if case.guard is not None else None
            body = self.body(case.body, inner)
            arms.append(Arm(case.node, guard, body, frozenset(case.binds), frozenset(case.reads)))
        pure = self._pure(stmt.subject, writer)
        leading = tuple(stmt.node.leading_lines)
        reads = names_of(subject).reads
        switch = Switch(
            subject, tuple(arms), stmt.span, tuple(writer.touches), reads, pure, leading
        )
        return [*writer.before, *self._guarded(mode, [switch], ctx, stmt.span)]

    def _return(self, stmt: Return, ctx: Context) -> list[Piece]:
        results = self.choreography.results
        self._refuse_divergent_exit(stmt.span, ctx)
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
                return [*pieces, Exit("return", None, stmt.span)]
            value = values[0] if len(values) == 1 else cst.Tuple([cst.Element(v) for v in values])
        touches = tuple(writer.touches)
        out = Exit("return", value, stmt.span, touches, names_of(value).reads, leading, comment)
        return [*writer.before, out]

    def _each(self, stmt: Each, ctx: Context) -> list[Piece]:
        session = self._fresh("session")
        inside = Context(
            session, (*ctx.scope, stmt.uid), (*ctx.sessions, (stmt.variable, stmt.role))
        )
        if stmt.role == self.role:
            body = self.body(stmt.body, inside)
            target = cst.parse_expression(f"{ctx.net}.__op{stmt.uid}__")
            node = cst.Assign([cst.AssignTarget(cst.Name(session))], target)
            touch = Touch(stmt.uid, "call", stmt.role)
            self.scopes[stmt.uid] = ctx.scope
            opened = Line(
                node,
                stmt.span,
                (touch,),
                frozenset({ctx.net}),
                frozenset({session}),
                droppable=True,
            )
            return [replace(opened, leading=tuple(stmt.node.leading_lines)), *body]
        body = prune_within(self.body(stmt.body, inside))
        if first_act(body) is None:
            return []
        self.scopes[stmt.uid] = ctx.scope
        name = self._fresh(f"{stmt.variable}_session")
        leading = tuple(stmt.node.leading_lines)
        reads = reads_of(body)
        narrowed = narrowed_captures(self.module, self.choreography, stmt, self.type_of)
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
            pieces.extend(self._guarded(mode, [line], ctx, op.span))
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

    def _unpack(self, stmt: Simple, op: Invoke | Concurrent, ctx: Context) -> list[Piece]:
        """`x, y = await f(…)` with results at different places: the names that are ours."""
        writer = Writer(self, ctx)
        parts = writer.parts(op)
        if not parts:
            return writer.before
        if len({p.mode for p in parts}) > 1:
            calls = [
                writer.alone(op, p, _kept_as(cst.Await(p.call), self._own_names(p, stmt, op)))
                for p in parts
            ]
            found = [*writer.before, *(piece for call in calls for piece in call)]
            return with_leading(found, leading_of(stmt), comment_of(stmt))
        kept = [self._own_names(p, stmt, op) for p in parts]
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
        return [*writer.before, *self._guarded(parts[0].mode, [line], ctx, stmt.span)]

    def _own_names(self, part: Part, stmt: Simple, op: Invoke | Concurrent) -> list[str]:
        """Of the names that a call's results are bound to, those of results that we get."""
        names = target_names(stmt)
        if isinstance(op, Concurrent):
            index = op.calls.index(part.op)
            name = names[index] if index < len(names) else ""
            names = [p.strip() for p in name.strip("()").split(",") if p.strip()]
        results = self.program.choreographies[part.op.callee].results
        return [n for n, r in zip(names, results, strict=False) if part.formal in r.place]

    def _several(self, op: Invoke) -> bool:
        return len(self.program.choreographies[op.callee].results) > 1

    # Members

    def _guarded(
        self, mode: str, pieces: Sequence[Piece], ctx: Context, span: Span
    ) -> Sequence[Piece]:
        """Pieces that one member of our cluster runs alone."""
        if not mode or mode[0] != "@" or not pieces:
            return pieces
        key = mode[1:].removeprefix(".")
        if any(variable == key and role == self.role for variable, role in ctx.sessions):
            return pieces
        index = self.localizer(ctx).expression(cst.parse_expression(key))
        text = cst.Module([]).code_for_node(index)
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
            f"agree first: `await {self.role}.all_reduce(…, f)`; or keep the branch local",
            (Related(span, "this communication is under the condition"),),
        )

    def _refuse_divergent_exit(self, span: Span, ctx: Context) -> None:
        if ctx.divergent is None:
            return
        if any(self.role in partners(op) for op in operations(self.choreography.body)):
            self.findings.error(
                "divergent-choice",
                ctx.divergent,
                f"each member of `{self.role}` answers this for itself, and some would leave while others go on",
                f"agree first: `await {self.role}.all_reduce(…, f)`",
                (Related(span, "this leaves"),),
            )


def _span(piece: Piece | None) -> Span | None:
    return piece.span if piece is not None else None


def _played(op: Invoke | Concurrent, role: str) -> list[tuple[str, Seat]]:
    calls = [op] if isinstance(op, Invoke) else op.calls
    return [part for call in calls for part in call.played(role)]


def _kept_as(expr: cst.BaseExpression, names: Sequence[str]) -> cst.BaseSmallStatement:
    """A statement that keeps what an expression gives under some names; `_` is for what nobody wants."""
    if not any(n != "_" for n in names):
        return cst.Expr(expr)
    target = cst.parse_expression(", ".join(names))
    assert isinstance(target, (cst.Name, cst.Tuple))
    return cst.Assign([cst.AssignTarget(target)], expr)


def _together(names: Sequence[str]) -> str:
    return f"({', '.join(names)})" if len(names) > 1 else names[0] if names else "_"


def replace_quiet(projector: Projector) -> Projector:
    """The same projector, with nowhere to report to: for finding out what would be done."""
    quiet = copy(projector)
    quiet.findings, quiet.unified, quiet.scopes = Findings(), Unified(), {}
    quiet.untold = Untold(projector.module, projector.choreography)
    return quiet
