"""Projection: what each role runs of a choreography, and the rule of knowledge of choice.

Runs after places. A role that knows a condition gets the `if`; one that does not must do the same in every arm, by
position and not by name, in which case it gets what is common and the arms' messages share their channels (Chorex's
plain equality instead of Choral's label merging). What follows an early `return`, `break` or `continue` belongs to the
other arm, so bystanders are not drawn in. Everyone else who acts is `unknown-choice`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
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
from motetc.ir.walk import operations, root_operations, roots, statements
from motetc.passes.compare import Shapes, first_act
from motetc.passes.localize import Localizer
from motetc.passes.prune import prune, prune_within
from motetc.passes.untold import Untold

TypeOf = Callable[[cst.CSTNode], Type | None]


@dataclass(slots=True)
class Unified:
    """Which operations share a channel: equal arms at one end leave it no way to tell them apart."""

    parent: dict[int, int] = field(default_factory=dict)

    def find(self, uid: int) -> int:
        while uid in self.parent:
            uid = self.parent[uid]
        return uid

    def join(self, left: int, right: int) -> None:
        first, second = sorted((self.find(left), self.find(right)))
        if first != second:
            self.parent[second] = first


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


@dataclass(frozen=True, slots=True)
class _Context:
    """Where in the choreography we are: the net's name, the sessions we are in, the member that we must be."""

    net: str
    scope: tuple[int, ...] = ()
    sessions: tuple[tuple[str, str], ...] = ()
    divergent: Span | None = None
    after: bool = False  # we act after the statement list that we are in
    looping: bool = False  # we act in the loop around us


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
        self.shapes = Shapes(self.module, ops, self.facts, self.role)
        self.indices = dict(_indices(self.choreography.body))
        pieces = self.body(self.choreography.body, _Context(self.net))
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

    def body(self, stmts: Sequence[Stmt], ctx: _Context) -> tuple[Piece, ...]:
        """The pieces of a statement list. A choice that we do not know decides over all that follows it."""
        pieces: list[Piece] = []
        for index, stmt in enumerate(stmts):
            rest = stmts[index + 1 :]
            inner = replace(ctx, after=ctx.after or self.takes_part(rest))
            if isinstance(stmt, (If, Match)) and not self._decides(stmt):
                if self._unknown(stmt, rest, pieces, ctx, inner):
                    break
                continue
            pieces.extend(self.statement(stmt, inner))
        return tuple(merge_guards(pieces))

    def takes_part(self, stmts: Sequence[Stmt]) -> bool:
        """Whether this role does anything in the statements that others would notice or that is its own doing."""
        return any(self._takes_part(s) for s in statements(stmts))

    def _takes_part(self, stmt: Stmt) -> bool:
        if any(self.role in _partners(op) for r in roots(stmt) for op in root_operations(r)):
            return True
        match stmt:
            case Simple():
                place = self.facts.stmt_place.get(id(stmt), Place())
                return place.is_single() and self.role in place
            case Block():
                return any(s.role == self.role for s in stmt.seats)
            case Opaque():
                return stmt.runs and self.role in self.facts.stmt_place.get(id(stmt), Place())
            case Return():
                return any(self.role in r.place for r in self.choreography.results)
            case _:
                return False

    def _decides(self, stmt: If | Match) -> bool:
        root = stmt.test if isinstance(stmt, If) else stmt.subject
        return self.role in self.facts.root_place.get(id(root), Place())

    def _unknown(
        self,
        stmt: If | Match,
        rest: Sequence[Stmt],
        pieces: list[Piece],
        ctx: _Context,
        inner: _Context,
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
        leaves = (any(_returns(arm) for arm in arms) and inner.after) or (
            any(_leaves(arm) for arm in arms) and ctx.looping
        )
        if not leaves and not any(self.takes_part(arm) for arm in arms):
            return False
        tails = [_up_to_exit((*arm, *rest)) if leaves else tuple(arm) for arm in arms]
        tail_ctx = ctx if leaves else inner
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
                stmt, root, self.role, next((a for p in projected if (a := first_act(p))), None)
            )
        return leaves

    def _ended(self, pieces: tuple[Piece, ...], ctx: _Context) -> tuple[Piece, ...]:
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

    def statement(self, stmt: Stmt, ctx: _Context) -> list[Piece]:
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
                kind = "break" if isinstance(stmt.node, cst.Break) else "continue"
                self._refuse_divergent_exit(stmt.span, ctx)
                return [Exit(kind, None, stmt.span, leading=_leading(stmt), comment=_comment(stmt))]  # type: ignore[arg-type]
            case Each():
                return self._each(stmt, ctx)

    def _simple(self, stmt: Simple, ctx: _Context) -> list[Piece]:
        place = self.facts.stmt_place.get(id(stmt), Place())
        if isinstance(stmt.node, cst.Pass) or _is_ellipsis(stmt.node):
            return []
        if isinstance(stmt.node, cst.Expr) and isinstance(
            stmt.node.value, (cst.SimpleString, cst.ConcatenatedString)
        ):
            return [
                Line(
                    stmt.node,
                    stmt.span,
                    leading=_leading(stmt),
                    comment=_comment(stmt),
                    docstring=True,
                )
            ]
        op = _sole_op(stmt)
        if isinstance(op, Concurrent) or (isinstance(op, Invoke) and self._several(op)):
            return self._unpack(stmt, op, ctx)
        mode = place.mode(self.role)
        if mode is None:
            found: list[Piece] = []
            for root in stmt.roots:
                found.extend(self.effects(root, ctx))
            return _with_leading(found, _leading(stmt), _comment(stmt))
        writer = _Writer(self, ctx)
        swaps = {id(root.expr): writer.value(root, mode) for root in stmt.roots}
        node = self._rewritten(stmt, swaps)
        line = self._line(stmt, node, writer)
        return [*writer.before, *self._guarded(mode, [line], ctx, stmt.span)]

    def _line(self, stmt: Simple, node: cst.BaseSmallStatement, writer: _Writer) -> Line:
        names = names_of(node)
        annotate = None
        if (
            isinstance(stmt.node, cst.Assign)
            and len(stmt.node.targets) == 1
            and any(t.side in ("receive", "both") for t in writer.touches)
        ):
            target = stmt.node.targets[0].target
            if isinstance(target, cst.Name) and (stmt.scratch or _is_receive(stmt)):
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
            and not _has_other_targets(stmt.node)
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
            _leading(stmt),
            _comment(stmt),
        )

    def _rewritten(
        self, stmt: Simple, swaps: dict[int, cst.BaseExpression]
    ) -> cst.BaseSmallStatement:
        node = stmt.node
        if isinstance(node, cst.AnnAssign) and stmt.inner is not None:
            node = node.with_changes(annotation=node.annotation.with_changes(annotation=stmt.inner))
        result = node.visit(_ById(swaps))
        assert isinstance(result, cst.BaseSmallStatement)
        return result

    def _block(self, stmt: Block, ctx: _Context) -> list[Piece]:
        seats = [s for s in stmt.seats if s.role == self.role]
        if not seats:
            return []
        localizer = self._localizer(ctx)
        pieces: list[Piece] = []
        statements = _suite(stmt.node.body)
        for index, node in enumerate(statements):
            local = localizer.statement(node)
            if index == 0 and stmt.node.leading_lines:
                local = local.with_changes(leading_lines=[*stmt.node.leading_lines, *_lead(local)])
            names = names_of(node)
            pieces.append(Copied(local, self.module.span(node), names.reads, names.binds))
        return list(self._guarded(seats[0].mode, pieces, ctx, stmt.span))

    def _opaque(self, stmt: Opaque, ctx: _Context) -> list[Piece]:
        place = self.facts.stmt_place.get(id(stmt), Place())
        mode = place.mode(self.role)
        if mode is None:
            return []
        node = self._localizer(ctx).statement(stmt.node)
        droppable = not stmt.runs
        piece = Copied(node, stmt.span, frozenset(stmt.reads), frozenset(stmt.binds), droppable)
        return list(self._guarded(mode, [piece], ctx, stmt.span))

    def _if(self, stmt: If, ctx: _Context) -> list[Piece]:
        mode = self._mode(stmt.test)
        writer = _Writer(self, ctx)
        test = writer.value(stmt.test, mode)
        inner = self._within(mode, stmt.span, ctx)
        then, orelse = self.body(stmt.then, inner), self.body(stmt.orelse, inner)
        leading, comment = _if_trivia(stmt)
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

    def _pure(self, root: Root, writer: _Writer) -> bool:
        return not writer.touches and not _calls(root.expr)

    def _within(self, mode: str, span: Span, ctx: _Context) -> _Context:
        """Inside a choice that the members of a cluster may answer differently."""
        return replace(ctx, divergent=span) if mode == OWN and not self._is_session(ctx) else ctx

    def _is_session(self, ctx: _Context) -> bool:
        return any(role == self.role for _, role in ctx.sessions)

    def _mode(self, root: Root) -> str:
        return self.facts.root_place[id(root)].mode(self.role) or ""

    def _loop(self, stmt: While | For, ctx: _Context) -> list[Piece]:
        root = stmt.test if isinstance(stmt, While) else stmt.iter
        place = self.facts.root_place.get(id(root), Place())
        if self.role not in place:
            effects = self.effects(root, ctx)
            acting = self.takes_part((*stmt.body, *stmt.orelse)) or bool(
                effects and isinstance(stmt, While)
            )
            if acting or (_returns(stmt.body) and ctx.after):
                self.untold.add(
                    stmt, root, self.role, self._first_act((*stmt.body, *stmt.orelse), ctx, effects)
                )
            return effects if isinstance(stmt, For) else []
        mode = place.mode(self.role) or ""
        inner = self._within(mode, stmt.span, ctx)
        writer = _Writer(self, ctx)
        head = writer.value(root, mode)
        looping = (
            bool(writer.touches)
            or self.takes_part((*stmt.body, *stmt.orelse))
            or (ctx.after and _returns(stmt.body))
        )
        body, orelse = (
            self.body(stmt.body, replace(inner, looping=looping)),
            self.body(stmt.orelse, inner),
        )
        names = names_of(head)
        target = stmt.node.target if isinstance(stmt, For) else None
        binds = names.binds | (frozenset(stmt.binds) if isinstance(stmt, For) else frozenset())
        leading = tuple(stmt.node.leading_lines)
        comment = _suite_comment(stmt.node.body)
        pure = self._pure(root, writer)
        if isinstance(stmt, While) and writer.before:
            stop = cst.UnaryOperation(cst.Not(), _parenthesized(head))
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

    def _first_act(
        self, stmts: Sequence[Stmt], ctx: _Context, effects: list[Piece]
    ) -> Piece | None:
        quiet = replace_quiet(self)
        return first_act(effects) or first_act(quiet.body(stmts, ctx))

    def _match(self, stmt: Match, ctx: _Context) -> list[Piece]:
        mode = self._mode(stmt.subject)
        writer = _Writer(self, ctx)
        subject = writer.value(stmt.subject, mode)
        inner = self._within(mode, stmt.span, ctx)
        localizer = self._localizer(ctx)
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

    def _return(self, stmt: Return, ctx: _Context) -> list[Piece]:
        results = self.choreography.results
        self._refuse_divergent_exit(stmt.span, ctx)
        leading, comment = _leading(stmt), _comment(stmt)
        mine = [i for i, r in enumerate(results) if self.role in r.place]
        writer = _Writer(self, ctx)
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
                pieces = _with_leading(writer.before, leading, comment)
                return [*pieces, Exit("return", None, stmt.span)]
            value = values[0] if len(values) == 1 else cst.Tuple([cst.Element(v) for v in values])
        touches = tuple(writer.touches)
        out = Exit("return", value, stmt.span, touches, names_of(value).reads, leading, comment)
        return [*writer.before, out]

    def _each(self, stmt: Each, ctx: _Context) -> list[Piece]:
        session = self._fresh("session")
        inside = _Context(
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
        return [
            Sessions(
                stmt.uid, name, stmt.variable, stmt.role, ctx.net, session, body, stmt.span, leading
            )
        ]

    # Operations

    def effects(self, root: Root, ctx: _Context) -> list[Piece]:
        """What we do for an expression whose value is elsewhere: our ends of the operations in it."""
        pieces: list[Piece] = []
        for op in root.ops:
            writer = _Writer(self, ctx)
            expr = writer.effect(op)
            pieces.extend(writer.before)
            if expr is None:
                continue
            node = cst.Expr(expr)
            mode = self._seat_mode(op)
            line = Line(node, _op_span(op), tuple(writer.touches), names_of(node).reads)
            pieces.extend(self._guarded(mode, [line], ctx, _op_span(op)))
        return pieces

    def _seat_mode(self, op: Op) -> str:
        """As which member we take part in an operation whose value is elsewhere."""
        if not isinstance(op, Comm):
            return ""
        if op.sender.role == self.role:
            return op.sender.mode if op.sender.key else ""
        seat = next((s for s in op.receivers if s.role == self.role), None)
        return seat.mode if seat is not None and seat.key else ""

    def _unpack(self, stmt: Simple, op: Invoke | Concurrent, ctx: _Context) -> list[Piece]:
        """`x, y = await f(…)` with results at different places: the names that are ours."""
        writer = _Writer(self, ctx)
        names = _target_names(stmt)
        if isinstance(op, Invoke):
            expr = writer.effect(op)
            kept = self._own_names(op, names)
        else:
            mine = [c for c in op.calls if any(s.role == self.role for _, s in c.roles)]
            expr = writer.effect(op)
            kept = self._concurrent_names(op, mine, names)
        if expr is None:
            return writer.before
        node: cst.BaseSmallStatement = cst.Expr(expr)
        if kept and any(k != "_" for k in kept):
            text = ", ".join(kept)
            target = cst.parse_expression(text)
            assert isinstance(target, (cst.Name, cst.Tuple))
            node = cst.Assign([cst.AssignTarget(target)], expr)
        found = names_of(node)
        line = Line(
            node,
            stmt.span,
            tuple(writer.touches),
            found.reads,
            found.binds,
            leading=_leading(stmt),
            comment=_comment(stmt),
        )
        return [*writer.before, line]

    def _concurrent_names(self, op: Concurrent, mine: list[Invoke], names: list[str]) -> list[str]:
        kept = []
        for call, name in zip(op.calls, names, strict=False):
            if call in mine:
                parts = (
                    [p.strip() for p in name.strip("()").split(",") if p.strip()]
                    if name.startswith("(")
                    else [name]
                )
                own = self._own_names(call, parts)
                kept.append(f"({', '.join(own)})" if len(own) > 1 else own[0] if own else "_")
        return kept

    def _own_names(self, op: Invoke, names: list[str]) -> list[str]:
        """Of the names that a call's results are bound to, those of results that we get."""
        return [n for n, p in zip(names, self._result_places(op), strict=False) if self.role in p]

    def _several(self, op: Invoke) -> bool:
        return len(self.program.choreographies[op.callee].results) > 1

    def _result_places(self, op: Invoke) -> list[Place]:
        actual = {formal: seat.role for formal, seat in op.roles}
        results = self.program.choreographies[op.callee].results
        return [
            Place({actual[r]: m for r, m in p.place.modes.items() if r in actual}) for p in results
        ]

    # Members

    def _guarded(
        self, mode: str, pieces: Sequence[Piece], ctx: _Context, span: Span
    ) -> Sequence[Piece]:
        """Pieces that one member of our cluster runs alone."""
        if not mode or mode[0] != "@" or not pieces:
            return pieces
        key = mode[1:]
        if any(variable == key and role == self.role for variable, role in ctx.sessions):
            return pieces
        index = self._localizer(ctx).expression(cst.parse_expression(key))
        text = cst.Module([]).code_for_node(index)
        member = text if self._is_member_id(key) else f"{self.role}.members[{text}]"
        test = cst.parse_expression(f"{self.role}.me == {member}")
        return [Fork(test, tuple(pieces), (), span, reads=names_of(test).reads, guard=True)]

    def _is_member_id(self, key: str) -> bool:
        """Whether an index is a `MemberId`, not a number."""
        found = self.type_of(self.indices[key]) if key in self.indices else None
        return found is not None and found.kind == "member"

    def _localizer(self, ctx: _Context) -> Localizer:
        return Localizer(
            self.module, self.choreography, self.role, ctx.net, dict(ctx.sessions), self.type_of
        )

    def check_divergent(self, op: Op, ctx: _Context) -> None:
        """Members that may answer a condition differently must not communicate under it."""
        if ctx.divergent is None:
            return
        span = _op_span(op)
        self.findings.error(
            "divergent-choice",
            ctx.divergent,
            f"each member of `{self.role}` answers this for itself, and there is communication under it: members that "
            "disagree would wait for each other for ever",
            f"agree first: `await {self.role}.all_reduce(…, f)`; or keep the branch local",
            (Related(span, "this communication is under the condition"),),
        )

    def _refuse_divergent_exit(self, span: Span, ctx: _Context) -> None:
        if ctx.divergent is None:
            return
        if any(self.role in _partners(op) for op in operations(self.choreography.body)):
            self.findings.error(
                "divergent-choice",
                ctx.divergent,
                f"each member of `{self.role}` answers this for itself, and some would leave while others go on",
                f"agree first: `await {self.role}.all_reduce(…, f)`",
                (Related(span, "this leaves"),),
            )


class _Writer:
    """Writes expressions for one statement at one role. `before`: statements that must come first."""

    def __init__(self, projector: Projector, ctx: _Context) -> None:
        self.projector = projector
        self.ctx = ctx
        self.role = projector.role
        self.facts = projector.facts
        self.before: list[Piece] = []
        self.touches: list[Touch] = []

    def value(self, root: Root, mode: str) -> cst.BaseExpression:
        """The expression here, each operation replaced by our end of it."""
        swaps = {id(op.node): self._op_value(op, mode) for op in root.ops}
        return self.projector._localizer(self.ctx).expression(root.expr, swaps)

    def effect(self, op: Op) -> cst.BaseExpression | None:
        """Our end of an operation whose value is not used here; None if we have none."""
        match op:
            case Comm():
                sends, receives = self._ends(op)
                if sends and receives and op.kind in ("send", "share"):
                    self._send_first(op)
                    return self._receive(op)
                if sends:
                    return self._send(op, keep=False)
                if receives:
                    self._argument_effects(op)
                    return self._receive(op)
                self._argument_effects(op)
                return None
            case Invoke():
                return self._invoke(op, awaited=True)
            case Concurrent():
                return self._concurrent(op)

    def _op_value(self, op: Op, mode: str) -> cst.BaseExpression:
        match op:
            case Comm():
                return self._comm_value(op, mode)
            case Invoke():
                return self._invoke(op, awaited=True) or cst.Name("None")
            case Concurrent():
                return self._concurrent(op) or cst.Name("None")

    def _comm_value(self, op: Comm, mode: str) -> cst.BaseExpression:
        sends, receives = self._ends(op)
        if op.kind not in ("send", "share"):
            return self._collective(op)
        if receives:
            if sends:
                self._send_first(op)
            else:
                self._argument_effects(op)
            return self._receive(op)
        if sends:
            if op.sender.key and not op.sender.session and mode != op.sender.mode:
                self._send_first(op)
                return self.value(op.value, mode)
            return self._send(op, keep=True)
        return self.value(op.value, mode)

    def _ends(self, op: Comm) -> tuple[bool, bool]:
        """Whether we send, and whether we receive."""
        receives = any(s.role == self.role and id(s) not in self.facts.elided for s in op.receivers)
        return op.sender.role == self.role, receives

    def _send_first(self, op: Comm) -> None:
        """We may be both ends: the sender's statement goes before."""
        writer = _Writer(self.projector, self.ctx)
        expr = writer._send(op, keep=False)
        node = cst.Expr(expr)
        line = Line(node, op.span, tuple(writer.touches), names_of(node).reads)
        self.before += [
            *writer.before,
            *self.projector._guarded(op.sender.mode, [line], self.ctx, op.span),
        ]

    def _argument_effects(self, op: Comm) -> None:
        for root in (op.value, op.function, op.at_least, op.by, op.partner):
            if root is not None:
                self.before.extend(self.projector.effects(root, self.ctx))

    def _endpoint(self, op: Op, side: str, peer: str) -> str:
        self.touches.append(Touch(op.uid, side, peer))  # type: ignore[arg-type]
        self.projector.scopes[op.uid] = self.ctx.scope
        self.projector.check_divergent(op, self.ctx)
        return f"{self.ctx.net}.__op{op.uid}__"

    def _send(self, op: Comm, keep: bool) -> cst.BaseExpression:
        if op.kind not in ("send", "share"):
            return self._collective(op)
        value = self.value(op.value, op.sender.mode)
        told = [s for s in op.receivers if id(s) not in self.facts.elided]
        if not told:
            return value
        endpoint = self._endpoint(op, "send", ", ".join(dict.fromkeys(str(s) for s in told)))
        if len(told) == 1 and told[0].role == self.role and told[0].whole:
            return _call(endpoint, "broadcast", value)
        if len(told) == 1 and told[0].key and not told[0].session:
            endpoint = f"{endpoint}[{self._index(told[0])}]"
        return _call(endpoint, "share" if keep and op.kind == "share" else "send", value)

    def _index(self, seat: Seat) -> str:
        assert seat.index is not None
        index = self.projector._localizer(self.ctx).expression(seat.index)
        return cst.Module([]).code_for_node(index)

    def _receive(self, op: Comm) -> cst.BaseExpression:
        if op.kind not in ("send", "share"):
            return self._collective(op)
        endpoint = self._endpoint(op, "receive", str(op.sender))
        if op.sender.key and not op.sender.session:
            endpoint = f"{endpoint}[{self._index(op.sender)}]"
        return _call(endpoint, "recv")

    def _collective(self, op: Comm) -> cst.BaseExpression:
        if op.sender.role == self.role:
            return self._collective_member(op)
        self._argument_effects_of_value(op)
        peer = str(op.sender)
        endpoint = self._endpoint(op, "receive", peer)
        seat = next(s for s in op.receivers if s.role == self.role)
        if op.kind == "gather" and op.at_least is not None:
            return _call(endpoint, "first", self.value(op.at_least, seat.mode))
        if op.kind == "reduce" and op.function is not None:
            return _call(endpoint, "reduce", self.value(op.function, seat.mode))
        if op.kind == "scatter" and not op.sender.whole:
            if op.sender.key and not op.sender.session:
                endpoint = f"{endpoint}[{self._index(op.sender)}]"
            return _call(endpoint, "recv")
        return _call(endpoint, "gather")

    def _argument_effects_of_value(self, op: Comm) -> None:
        self.before.extend(self.projector.effects(op.value, self.ctx))

    def _collective_member(self, op: Comm) -> cst.BaseExpression:
        mode = op.sender.mode
        value = self.value(op.value, mode)
        peer = ", ".join(str(s) for s in op.receivers) or op.sender.role
        if op.kind in ("gather", "reduce", "scatter"):
            endpoint = self._endpoint(op, "send", peer)
            receiver = op.receivers[0]
            if receiver.key and not receiver.session:
                endpoint = f"{endpoint}[{self._index(receiver)}]"
            return _call(endpoint, "scatter" if op.kind == "scatter" else "send", value)
        endpoint = self._endpoint(op, "both", peer)
        extra = [self.value(r, mode) for r in (op.function, op.by, op.partner) if r is not None]
        method = "shift_open" if op.kind == "shift" and not op.wrap else op.kind
        return _call(endpoint, method, value, *extra)

    def _invoke(self, op: Invoke, awaited: bool) -> cst.BaseExpression | None:
        formal = next((f for f, seat in op.roles if seat.role == self.role), None)
        callee = self.projector.program.choreographies[op.callee]
        places = {p.name: p.place for p in callee.parameters}
        args: list[cst.Arg] = []
        for argument in op.arguments:
            if formal is not None and formal in places.get(argument.parameter, Place()):
                mode = places[argument.parameter].modes[formal]
                args.append(
                    argument.node.with_changes(
                        value=self.value(argument.root, mode), comma=cst.MaybeSentinel.DEFAULT
                    )
                )
            else:
                self.before.extend(self.projector.effects(argument.root, self.ctx))
        if formal is None:
            return None
        endpoint = self._endpoint(op, "call", op.callee)
        lead = [cst.Arg(cst.Name(self.role)), cst.Arg(cst.parse_expression(endpoint))]
        call = cst.Call(cst.Name(f"__call{op.uid}__"), [*lead, *args])
        return cst.Await(call) if awaited else call

    def _concurrent(self, op: Concurrent) -> cst.BaseExpression | None:
        calls = [
            c for c in (self._invoke(call, awaited=False) for call in op.calls) if c is not None
        ]
        if not calls:
            return None
        if len(calls) == 1:
            return cst.Await(calls[0])
        function = cst.parse_expression(f"{self.ctx.net}.concurrently")
        return cst.Await(cst.Call(function, [cst.Arg(c) for c in calls]))


def merge_guards(pieces: list[Piece]) -> list[Piece]:
    """Neighbours that the same member runs share one `if`."""
    merged: list[Piece] = []
    empty = cst.Module([])
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, Fork) and piece.guard and isinstance(last, Fork) and last.guard:
            bound = frozenset().union(*(_binds(p) for p in last.then))
            same = empty.code_for_node(piece.test) == empty.code_for_node(last.test)
            if same and not bound & piece.reads:
                merged[-1] = replace(last, then=(*last.then, *piece.then))
                continue
        merged.append(piece)
    return merged


def _binds(piece: Piece) -> frozenset[str]:
    return piece.binds if isinstance(piece, (Line, Copied, Loop)) else frozenset()


def _call(endpoint: str, method: str, *args: cst.BaseExpression) -> cst.BaseExpression:
    function = cst.parse_expression(f"{endpoint}.{method}")
    return cst.Await(cst.Call(function, [cst.Arg(_unparenthesized(a)) for a in args]))


def _unparenthesized(expr: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(expr, (cst.GeneratorExp, cst.NamedExpr, cst.Tuple, cst.Yield)) or not expr.lpar:
        if isinstance(expr, cst.Tuple) and not expr.lpar:
            return expr.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return expr
    return expr.with_changes(lpar=expr.lpar[1:], rpar=expr.rpar[1:])


def _parenthesized(expr: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(expr, (cst.Name, cst.Call, cst.Attribute)) or expr.lpar:
        return expr
    return expr.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


class _ById(cst.CSTTransformer):
    def __init__(self, swaps: dict[int, cst.BaseExpression]) -> None:
        super().__init__()
        self.swaps = swaps

    def on_visit(self, node: cst.CSTNode) -> bool:
        return id(node) not in self.swaps

    def on_leave(self, original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        return self.swaps.get(id(original), updated)


def _leaves(body: Sequence[Stmt], in_loop: bool = False) -> bool:
    """Whether control may leave the statement list other than at its end."""
    for stmt in body:
        match stmt:
            case Return():
                return True
            case Jump() if not in_loop:
                return True
            case If():
                if _leaves(stmt.then, in_loop) or _leaves(stmt.orelse, in_loop):
                    return True
            case Match():
                if any(_leaves(c.body, in_loop) for c in stmt.cases):
                    return True
            case While() | For():
                if _leaves(stmt.body, True) or _leaves(stmt.orelse, in_loop):
                    return True
            case _:
                pass
    return False


def _indices(body: Sequence[Stmt]) -> Iterator[tuple[str, cst.BaseExpression]]:
    """The index expression of every picked member, by its text."""
    seats = [s for stmt in statements(body) if isinstance(stmt, Block) for s in stmt.seats]
    for op in operations(body):
        if isinstance(op, Comm):
            seats += [op.sender, *op.receivers]
    return ((s.key, s.index) for s in seats if s.index is not None and not s.session)


def _returns(body: Sequence[Stmt]) -> bool:
    return any(isinstance(s, Return) for s in statements(body))


def _up_to_exit(stmts: Sequence[Stmt]) -> tuple[Stmt, ...]:
    """What is reached: nothing follows a `return`, `break` or `continue` in the same list."""
    for index, stmt in enumerate(stmts):
        if isinstance(stmt, (Return, Jump)):
            return tuple(stmts[: index + 1])
    return tuple(stmts)


def replace_quiet(projector: Projector) -> Projector:
    """The same projector, with nowhere to report to: for finding out what would be done."""
    quiet = copy(projector)
    quiet.findings, quiet.unified, quiet.scopes = Findings(), Unified(), {}
    quiet.untold = Untold(projector.module, projector.choreography)
    return quiet


def _partners(op: Op) -> set[str]:
    match op:
        case Comm():
            return {op.sender.role, *(s.role for s in op.receivers)}
        case Invoke():
            return {seat.role for _, seat in op.roles}
        case Concurrent():
            return set().union(*(_partners(c) for c in op.calls))


def _sole_op(stmt: Simple) -> Op | None:
    if not stmt.roots or not isinstance(stmt.node, (cst.Assign, cst.Expr)):
        return None
    root = stmt.roots[0]
    return root.ops[0] if len(root.ops) == 1 and root.ops[0].node is root.expr else None


def _is_receive(stmt: Simple) -> bool:
    """The right-hand side is one communication and nothing else."""
    op = _sole_op(stmt)
    return isinstance(op, Comm)


def _target_names(stmt: Simple) -> list[str]:
    if not isinstance(stmt.node, cst.Assign):
        return []
    target = stmt.node.targets[0].target
    if isinstance(target, (cst.Tuple, cst.List)):
        return [cst.Module([]).code_for_node(e.value) for e in target.elements]
    return [target.value] if isinstance(target, cst.Name) else []


def _has_other_targets(node: cst.BaseSmallStatement) -> bool:
    targets = [t.target for t in node.targets] if isinstance(node, cst.Assign) else []
    if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        targets = [node.target]
    return any(isinstance(t, (cst.Attribute, cst.Subscript)) for t in targets)


def _op_span(op: Op) -> Span:
    return op.span


def _calls(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Call) or any(_calls(c) for c in node.children)


def _is_ellipsis(node: cst.BaseSmallStatement) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.Ellipsis)


def _suite(suite: cst.BaseSuite) -> list[cst.BaseStatement]:
    if isinstance(suite, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(suite.body, trailing_whitespace=suite.trailing_whitespace)]
    return [s for s in suite.body if isinstance(s, cst.BaseStatement)]


def _lead(node: cst.BaseStatement) -> Sequence[cst.EmptyLine]:
    return node.leading_lines  # type: ignore[attr-defined,no-any-return]


def _leading(stmt: Simple | Return | Jump) -> tuple[cst.EmptyLine, ...]:
    return tuple(stmt.line.leading_lines) if stmt.first else ()


def _comment(stmt: Simple | Return | Jump) -> str:
    comment = stmt.line.trailing_whitespace.comment
    return comment.value if stmt.last and comment is not None else ""


def _if_trivia(stmt: If) -> tuple[tuple[cst.EmptyLine, ...], str]:
    if stmt.node is not None:
        return tuple(stmt.node.leading_lines), _suite_comment(stmt.node.body)
    if isinstance(stmt.leading, cst.SimpleStatementLine):
        return tuple(stmt.leading.leading_lines), ""
    return (), ""


def _suite_comment(suite: cst.BaseSuite) -> str:
    if isinstance(suite, cst.IndentedBlock) and suite.header.comment is not None:
        return suite.header.comment.value
    return ""


def _with_leading(
    pieces: list[Piece], leading: tuple[cst.EmptyLine, ...], comment: str
) -> list[Piece]:
    """The comments of a statement go with what is left of it."""
    if not pieces or (not leading and not comment):
        return pieces
    first = pieces[0]
    if isinstance(first, Line):
        return [replace(first, leading=leading, comment=comment), *pieces[1:]]
    if isinstance(first, (Fork, Sessions)):
        return [replace(first, leading=leading), *pieces[1:]]
    return pieces
