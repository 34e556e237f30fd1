"""Lowers a choreography's body from LibCST to the located program.

What has no communication in it stays a piece of syntax; around it, statements say which operation happens where.
Every construct that the language does not have is refused here, with its position and a way out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace as changed

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.hoist import Hoister
from motetc.frontend.live_statements import LiveStatements
from motetc.frontend.locations import choreography_decorator
from motetc.frontend.operations import Operations
from motetc.frontend.program import Program
from motetc.frontend.scope import Names, locals_of, names_of, names_of_all
from motetc.frontend.signature import read_located
from motetc.frontend.tree import children
from motetc.ir.nodes import (
    Block,
    Case,
    Choreography,
    Each,
    For,
    If,
    Jump,
    Match,
    Opaque,
    Return,
    Root,
    Seat,
    Simple,
    Stmt,
    While,
)
from motetc.ir.place import Place


def lower(program: Program, choreography: Choreography, findings: Findings) -> Choreography:
    """The choreography with its body."""
    module = program.modules[choreography.module]
    shaped = changed(choreography, locals=locals_of(choreography.node))
    operations = Operations(program, module, shaped, findings)
    for default in _defaults(choreography.node):
        _refuse_in_default(operations, default)
    lowering = Lowering(operations)
    body = (*lowering.suite(choreography.node.body), *lowering.live.rest())
    return changed(shaped, body=body, scratch=lowering.hoister.made)


def _defaults(node: cst.FunctionDef) -> Iterator[cst.BaseExpression]:
    for param in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params):
        if param.default is not None:
            yield param.default


def _refuse_in_default(operations: Operations, default: cst.BaseExpression) -> None:
    inner = operations.contains(default)
    if inner is not None:
        text = "communication in a default argument has no statement to stand in"
        operations.findings.error(
            "unsupported-syntax", operations.module.span(inner), text, "move it into the body"
        )


class Lowering:
    """Statement by statement. Refusals go to the findings; the statement is then left out."""

    def __init__(self, operations: Operations) -> None:
        self.operations = operations
        self.module = operations.module
        self.choreography = operations.choreography
        self.findings = operations.findings
        self.hoister = Hoister(operations, self.module, set(self.choreography.locals))
        self.live = LiveStatements(operations, self.hoister)
        self.in_each = 0
        self.in_loop = 0

    def suite(self, suite: cst.BaseSuite) -> tuple[Stmt, ...]:
        """The statements of a function body, an arm or a loop body."""
        if isinstance(suite, cst.SimpleStatementSuite):
            line = cst.SimpleStatementLine(
                suite.body, trailing_whitespace=suite.trailing_whitespace
            )
            self.module.moved(line, suite)
            return tuple(self._line(line))
        statements: list[Stmt] = []
        self.live.depth += 1
        for statement in suite.body:
            if isinstance(statement, cst.BaseCompoundStatement) and not self._is_loop(statement):
                before, statement = self.live.header(statement)
                statements += before
            statements += self._statement(statement)
        self.live.depth -= 1
        return tuple(statements)

    def _is_loop(self, node: cst.CSTNode) -> bool:
        return isinstance(node, cst.For) and self.live.loops(node)

    def _statement(self, node: cst.CSTNode) -> list[Stmt]:
        if isinstance(node, cst.SimpleStatementLine):
            return list(self._line(node))
        if isinstance(node, cst.If):
            return self._if(node)
        if isinstance(node, cst.While):
            return self._while(node)
        if isinstance(node, cst.For):
            return self._for(node)
        if isinstance(node, cst.Match):
            return self._match(node)
        if isinstance(node, cst.With):
            if self.live.opens(node):
                return self._slice(node)
            seats = self._with_seats(node)
            if seats:
                return [self._block(node, seats)]
        assert isinstance(node, cst.BaseCompoundStatement)
        return self._opaque(node)

    # Simple statements

    def _line(self, line: cst.SimpleStatementLine) -> Iterator[Stmt]:
        last = len(line.body) - 1
        for index, small in enumerate(line.body):
            before = len(self.findings)
            statements = self._small(line, small)
            if len(self.findings) > before:  # refused: whoever reads what it binds is not to blame
                statements = [
                    Simple(cst.Pass(), line, (), self.module.span(small), binds=_binds(small))
                ]
            for statement in statements:
                yield _placed_in_line(statement, first=index == 0, last=index == last)

    def _small(self, line: cst.SimpleStatementLine, node: cst.BaseSmallStatement) -> list[Stmt]:
        span = self.module.span(node)
        if self.live.concerns(node):
            before, rest = self.live.small(line, node)
            return [*before, *(self._small(line, rest) if rest is not None else [])]
        before = self.live.before(node)
        if before:
            return [*before, *self._small(line, node)]
        if isinstance(node, cst.Return):
            return self._return(line, node)
        if isinstance(node, (cst.Break, cst.Continue)):
            return self._jump(line, node)
        if isinstance(node, (cst.Global, cst.Nonlocal)):
            self._refuse(
                node, "a choreography has no global state", "keep it on a location: `seller.total`"
            )
            return []
        if (
            isinstance(node, (cst.Assign, cst.AnnAssign))
            and node.value is not None
            and self._is_location(node.value)
        ):
            text = f"`{self.module.code(node.value)}` is a location, and a location is no value"
            self._refuse(
                node,
                text,
                "use the parameter itself; a role of a choreography can be passed in a call",
            )
            return []
        if isinstance(node, cst.Assign):
            return self._assign(line, node)
        if isinstance(node, cst.AnnAssign):
            return self._annotated(line, node)
        if isinstance(node, cst.AugAssign):
            return self._augmented(line, node)
        if isinstance(node, cst.Expr):
            return self._expression(line, node)
        if isinstance(node, cst.Assert) and self.operations.root(node.test).ops:
            return self._assert(line, node)
        if isinstance(node, (cst.Assert, cst.Raise, cst.Del)):
            roots = tuple(self.operations.root(e) for e in _expressions(node))
            late = (
                roots[1:]
                if isinstance(node, cst.Assert)
                else ()
                if isinstance(node, cst.Raise)
                else roots
            )
            for op in (op for root in late for op in root.ops):
                self._refuse(
                    op.node,
                    "communication inside this statement",
                    "send the value in a statement before",
                )
            return [Simple(node, line, roots, span, binds=_binds(node))]
        if isinstance(node, (cst.Pass, cst.Import, cst.ImportFrom)):
            return [Simple(node, line, (), span, binds=_binds(node))]
        self._refuse(
            node, "this statement is not part of the language", "put it in a local function"
        )
        return []

    def _is_location(self, expr: cst.BaseExpression) -> bool:
        if isinstance(expr, cst.IfExp):
            return self._is_location(expr.body) or self._is_location(expr.orelse)
        return self.operations.seat(expr) is not None

    def _assert(self, line: cst.SimpleStatementLine, node: cst.Assert) -> list[Stmt]:
        """What is communicated must be, under `python -O` too: a statement before it gives the condition a name."""
        if node.msg is not None and self.operations.contains(node.msg):
            self._refuse(
                node.msg, "communication in the message of an `assert`", "send the value before"
            )
            return []
        before, test = self.hoister.split(node.test)
        if not isinstance(test, cst.Name):
            name = self.hoister.fresh("holds")
            before = [*before, self.hoister.bind(name, test, node.test)]
            test = self.hoister.name(name, node.test)
        made = node.with_changes(test=test)
        self.module.moved(made, node)
        roots = tuple(self.operations.root(e) for e in _expressions(made))
        return [*before, Simple(made, line, roots, self.module.span(node))]

    def _expression(self, line: cst.SimpleStatementLine, node: cst.Expr) -> list[Stmt]:
        value = node.value
        if isinstance(value, cst.Yield):
            self._refuse(
                node,
                "a choreography is no generator",
                "return a value, or send what you would yield",
            )
            return []
        if isinstance(value, (cst.IfExp, cst.BooleanOperation)) and self.hoister.needs(value):
            return self._as_if(line, value, lambda e: node.with_changes(value=e))
        before, value = self.hoister.split(value)
        return [*before, self._simple(line, self._remade(node, value=value), (value,))]

    def _assign(self, line: cst.SimpleStatementLine, node: cst.Assign) -> list[Stmt]:
        targets = [t.target for t in node.targets]
        if isinstance(node.value, cst.IfExp) and self.hoister.needs(node.value) and _plain(targets):
            return self._as_if(line, node.value, lambda e: node.with_changes(value=e))
        before, value = self.hoister.split(node.value)
        return [*before, self._simple(line, self._remade(node, value=value), (value, *targets))]

    def _annotated(self, line: cst.SimpleStatementLine, node: cst.AnnAssign) -> list[Stmt]:
        located = self._located(node)
        place, inner = located if located else (None, None)
        if node.value is None:
            return [Simple(node, line, (), self.module.span(node), place=place, inner=inner)]
        before, value = self.hoister.split(node.value)
        simple = self._simple(line, self._remade(node, value=value), (value, node.target))
        return [*before, changed(simple, place=place, inner=inner)]

    def _located(self, node: cst.AnnAssign) -> tuple[Place, cst.BaseExpression] | None:
        annotation = node.annotation.annotation
        return read_located(
            self.operations.program, self.module, annotation, self.choreography.roles, self.findings
        )

    def _augmented(self, line: cst.SimpleStatementLine, node: cst.AugAssign) -> list[Stmt]:
        """`total += await …` receives first, then adds: a statement before it gives the message a name."""
        before, value = self.hoister.split(node.value)
        if self.operations.root(value).ops:
            name = self.hoister.fresh("received")
            before = [*before, self.hoister.bind(name, value, node.value)]
            value = self.hoister.name(name, node.value)
        return [*before, self._simple(line, self._remade(node, value=value), (value, node.target))]

    def _simple(
        self,
        line: cst.SimpleStatementLine,
        node: cst.BaseSmallStatement,
        parts: Sequence[cst.BaseExpression],
    ) -> Simple:
        roots = tuple(self.operations.root(p) for p in parts)
        return Simple(node, line, roots, self.module.span(node), binds=_binds(node))

    def _as_if(
        self, line: cst.SimpleStatementLine, expr: cst.BaseExpression, rebuild: object
    ) -> list[Stmt]:
        """A statement around a conditional expression, as an `if` statement."""

        def arm(value: cst.BaseExpression) -> tuple[Stmt, ...]:
            node = rebuild(value)  # type: ignore[operator]
            self.module.moved(node, value)
            bare = cst.SimpleStatementLine([node])
            self.module.moved(bare, value)
            return tuple(self._small(bare, node))

        if isinstance(expr, cst.IfExp):
            before, test = self.hoister.split(expr.test)
            choice = If(
                None,
                self.operations.root(test),
                arm(expr.body),
                arm(expr.orelse),
                self.module.span(expr.test),
                line,
            )
            return [*before, choice]
        assert isinstance(expr, cst.BooleanOperation)
        before, test = self.hoister.split(expr.left)
        if isinstance(expr.operator, cst.Or):
            negated = cst.UnaryOperation(cst.Not(), test)
            self.module.moved(negated, test)
            test = negated
        return [
            *before,
            If(
                None,
                self.operations.root(test),
                arm(expr.right),
                (),
                self.module.span(expr.left),
                line,
            ),
        ]

    def _return(self, line: cst.SimpleStatementLine, node: cst.Return) -> list[Stmt]:
        span = self.module.span(node)
        if self.in_each:
            self._refuse(
                node,
                "nothing returns out of an `each` session",
                "let the session end, and return after it",
            )
            return []
        if node.value is None:
            return [Return(node, line, (), span)]
        value = node.value
        if isinstance(value, cst.IfExp) and self.hoister.needs(value):
            return self._as_if(line, value, lambda e: node.with_changes(value=e))
        before, value = self.hoister.split(value)
        wanted = len(self.choreography.results)
        parts: list[cst.BaseExpression] = [value]
        if wanted > 1:
            if isinstance(value, cst.Tuple) and len(value.elements) == wanted:
                parts = [e.value for e in value.elements]
            elif not self.operations.root(value).ops or isinstance(value, cst.Tuple):
                text = f"this choreography has {wanted} located results"
                self._refuse(node, text, f"return a tuple of {wanted}, one expression for each")
                return []
        roots = tuple(self.operations.root(p) for p in parts)
        made = node if value is node.value else node.with_changes(value=value)
        self.module.moved(made, node)
        return [*before, Return(made, line, roots, span)]

    def _jump(self, line: cst.SimpleStatementLine, node: cst.Break | cst.Continue) -> list[Stmt]:
        if self.in_each and not self.in_loop:
            self._refuse(
                node, "nothing breaks out of an `each` session", "let the session end instead"
            )
            return []
        return [Jump(node, line, self.module.span(node))]

    # Compound statements

    def _condition(self, expr: cst.BaseExpression) -> tuple[list[Stmt], Root]:
        """A choice's expression; one that was refused counts as known to all, so that its arms are read still."""
        count = len(self.findings)
        self.live.findings.embedded(expr)
        before, test = self.hoister.split(expr)
        root = self.operations.root(test)
        if len(self.findings) > count:
            known = cst.Name("True")
            self.module.moved(known, expr)
            return [], Root(known)
        return before, root

    def _if(self, node: cst.If) -> list[Stmt]:
        both = node.test
        splits = isinstance(both, cst.BooleanOperation) and isinstance(both.operator, cst.And)
        if splits and node.orelse is None and self.hoister.needs(both):
            return self._both(node, both)
        before, test = self._condition(node.test)
        then = self.suite(node.body)
        orelse: tuple[Stmt, ...] = ()
        if isinstance(node.orelse, cst.If):
            orelse = tuple(self._if(node.orelse))
        elif isinstance(node.orelse, cst.Else):
            orelse = self.suite(node.orelse.body)
        return [*before, If(node, test, then, orelse, self.module.span(node.test))]

    def _both(self, node: cst.If, test: cst.BaseExpression) -> list[Stmt]:
        """`if a and await …:` is `if a:` around `if await …:`."""
        assert isinstance(test, cst.BooleanOperation)
        inner = node.with_changes(test=test.right, leading_lines=())
        self.module.moved(inner, node)
        before, left = self._condition(test.left)
        return [*before, If(node, left, tuple(self._if(inner)), (), self.module.span(test.left))]

    def _while(self, node: cst.While) -> list[Stmt]:
        before, test = self._condition(node.test)
        body = self._loop(node.body)
        orelse = self.suite(node.orelse.body) if node.orelse is not None else ()
        span = self.module.span(node.test)
        if not before:
            return [While(node, test, body, orelse, span)]
        if orelse:
            self._refuse(
                node.test,
                "communication under a condition in a `while … else`",
                "write `while True:`",
            )
            return []
        stop = cst.UnaryOperation(cst.Not(), test.expr)
        leave = cst.Break()
        line = cst.SimpleStatementLine([leave])
        always = cst.Name("True")
        for new in (stop, leave, line, always):
            self.module.moved(new, node.test)
        check = If(None, self.operations.root(stop), (Jump(leave, line, span),), (), span)
        return [While(node, self.operations.root(always), (*before, check, *body), (), span)]

    def _loop(self, suite: cst.BaseSuite) -> tuple[Stmt, ...]:
        self.in_loop += 1
        body = self.suite(suite)
        self.in_loop -= 1
        return body

    def _for(self, node: cst.For) -> list[Stmt]:
        if self._is_loop(node):
            return self._live_loop(node)
        if node.asynchronous is not None:
            return self._opaque(node)
        count = len(self.findings)
        session = self._session(node)
        if session is not None:
            return [session]
        if len(self.findings) > count:
            return []
        before, iterated = self._condition(node.iter)
        body = self._loop(node.body)
        orelse = self.suite(node.orelse.body) if node.orelse is not None else ()
        binds = tuple(sorted(names_of_target(node.target)))
        return [*before, For(node, iterated, body, orelse, self.module.span(node.iter), binds)]

    def _live_loop(self, node: cst.For) -> list[Stmt]:
        if self.live.depth > 1:
            self.live.findings.nested(node)
            return []
        count = len(self.findings)
        found = self.live.loop(node, self._loop)
        return found if len(self.findings) == count else [self._left_out(node, ())]

    def _session(self, node: cst.For) -> Each | None:
        call = node.iter
        if not (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Attribute)
            and call.func.attr.value == "each"
        ):
            return None
        seat = self.operations.seat(call.func.value)
        if seat is None:
            return None
        if seat.role in self.operations.sessions.values():
            self._refuse(
                node.iter,
                f"sessions of `{seat.role}` inside sessions of `{seat.role}`",
                "use a collective such as `all_to_all`",
            )
            return None
        if not seat.whole or not isinstance(node.target, cst.Name) or node.orelse is not None:
            self._refuse(node.iter, "`each` is written `for member in cluster.each():`", "")
            return None
        why = self.operations.reason(call.args[0].value) if call.args else ""
        variable = node.target.value
        self.operations.sessions[variable] = seat.role
        outer, self.in_loop = self.in_loop, 0
        self.in_each += 1
        body = self.suite(node.body)
        self.in_each -= 1
        self.in_loop = outer
        del self.operations.sessions[variable]
        uid = next(self.operations.counter)
        return Each(uid, node, variable, seat.role, body, self.module.span(node.iter), why)

    def _match(self, node: cst.Match) -> list[Stmt]:
        before, subject = self._condition(node.subject)
        cases = tuple(self._case(c) for c in node.cases)
        return [*before, Match(node, subject, cases, self.module.span(node.subject))]

    def _case(self, node: cst.MatchCase) -> Case:
        guard = self.operations.root(node.guard) if node.guard is not None else None
        if guard is not None:
            for op in guard.ops:
                self._refuse(
                    op.node,
                    "communication in a guard",
                    "match first, then test with `if` in the case",
                )
        names = names_of_pattern(node.pattern)
        irrefutable = (
            guard is None and isinstance(node.pattern, cst.MatchAs) and node.pattern.pattern is None
        )
        return Case(
            node,
            guard,
            self.suite(node.body),
            tuple(sorted(names.binds)),
            tuple(sorted(names.reads)),
            irrefutable,
        )

    # Local code

    def _with_seats(self, node: cst.With) -> tuple[Seat, ...]:
        if node.asynchronous is not None:
            if any(self.operations.seat(item.item) for item in node.items):
                self._refuse(
                    node.items[0],
                    "`async with` of a location",
                    "write `with`: a block is local code",
                )
            return ()
        seats = [self.operations.seat(item.item) for item in node.items]
        if not any(seats):
            return ()
        found = tuple(s for s in seats if s is not None)
        if len(found) != len(seats) or any(item.asname for item in node.items):
            self._refuse(
                node.items[0],
                "a `with` of locations names locations only",
                "nest an ordinary `with` inside",
            )
        return found

    def _block(self, node: cst.With, seats: tuple[Seat, ...]) -> Stmt:
        count = len(self.findings)
        block = self._local_block(node, seats)
        if len(self.findings) > count:  # refused: whoever reads what it binds is not to blame
            return self._left_out(node, block.binds)
        return block

    def _slice(self, node: cst.With) -> list[Stmt]:
        count = len(self.findings)
        before = self.live.slice(node)
        if len(self.findings) > count:  # refused: whoever reads what it binds is not to blame
            return [*before, self._left_out(node, tuple(sorted(names_of(node).binds)))]
        return [*before]

    def _left_out(self, node: cst.CSTNode, binds: tuple[str, ...]) -> Simple:
        """In place of a refused statement: it binds what that would have bound."""
        return Simple(
            cst.Pass(),
            cst.SimpleStatementLine([cst.Pass()]),
            (),
            self.module.span(node),
            binds=binds,
        )

    def _local_block(self, node: cst.With, seats: tuple[Seat, ...]) -> Block:
        inner = self.operations.contains(node.body)
        if inner is not None:
            text = "communication inside a `with` block of a location"
            self._refuse(inner, text, "a block is local code: end it before the communication")
        self.operations.refuse_values(node.body)
        self.live.findings.embedded(node.body)
        self._refuse_leaving(node.body, "a `with` block", loop=False)
        names = names_of_all(_suite_statements(node.body))
        return Block(
            node,
            seats,
            self.module.span(node),
            tuple(sorted(names.reads)),
            tuple(sorted(names.binds)),
        )

    def _opaque(self, node: cst.BaseCompoundStatement) -> list[Stmt]:
        inner = self.operations.contains(node)
        if isinstance(node, cst.FunctionDef) and choreography_decorator(
            self.operations.program, self.module, node
        ):
            return [self._left_out(node, (node.name.value,))]  # refused with the signatures
        if inner is not None:
            kind = _KEYWORDS.get(type(node), "this statement")
            if isinstance(node, (cst.Try, cst.TryStar)):
                self._refuse_try(node, inner)
            else:
                self._refuse_header(
                    node, f"communication inside {kind}", "move the communication out of it"
                )
            return [self._left_out(node, tuple(sorted(names_of(node).binds)))]
        self.operations.refuse_values(node)
        self.live.findings.embedded(node)
        definition = isinstance(node, (cst.FunctionDef, cst.ClassDef))
        if not definition:
            self._refuse_leaving(node, _KEYWORDS.get(type(node), "this statement"), loop=False)
        names = names_of(node)
        span = self.module.span(node)
        binds, reads = tuple(sorted(names.binds)), tuple(sorted(names.reads))
        return [Opaque(node, span, reads, binds, runs=not definition)]

    def _refuse_header(self, node: cst.BaseCompoundStatement, message: str, help: str) -> None:
        span = self.module.span(node)
        header = Span(span.path, span.line, span.column, span.line, span.column + 1)
        self.findings.error("unsupported-syntax", header, message, help)

    def _refuse_try(self, node: cst.BaseCompoundStatement, inner: cst.CSTNode) -> None:
        span = self.module.span(node)
        self.findings.error(
            "unsupported-syntax",
            Span(span.path, span.line, span.column, span.line, span.column + 3),
            "`try` around statements of several places: the others would not learn that one of them failed",
            "use `await location.attempt(f, x)` to turn the exception into a value, and communicate outside",
            (Related(self.module.span(inner), "this is between locations"),),
        )

    def _refuse_leaving(self, node: cst.CSTNode, what: str, loop: bool) -> None:
        """`return` anywhere, `break` and `continue` outside a loop of its own, and `yield`."""
        for child in children(node):
            if isinstance(child, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
                continue
            leaves = isinstance(child, cst.Return) or (
                isinstance(child, (cst.Break, cst.Continue)) and not loop
            )
            if leaves or isinstance(child, cst.Yield):
                word = type(child).__name__.lower()
                help = (
                    f"set a value in it, and `{word}` after it"
                    if leaves
                    else "a choreography is no generator"
                )
                self._refuse(child, f"`{word}` leaves {what}", help)
            inner = loop or isinstance(node, (cst.For, cst.While))
            self._refuse_leaving(child, what, inner)

    def _remade(
        self, node: cst.BaseSmallStatement, value: cst.BaseExpression
    ) -> cst.BaseSmallStatement:
        if node.value is value:  # type: ignore[attr-defined]
            return node
        new = node.with_changes(value=value)
        self.module.moved(new, node)
        return new

    def _refuse(self, node: cst.CSTNode, message: str, help: str) -> None:
        span = self.module.span(node)
        help = help or "see `motet explain unsupported-syntax`"
        self.findings.error("unsupported-syntax", span, message, help)


_KEYWORDS = {cst.Try: "`try`", cst.TryStar: "`try`", cst.With: "`with`", cst.For: "`async for`"}


def names_of_target(target: cst.BaseAssignTargetExpression) -> frozenset[str]:
    """The names that assigning to `target` binds."""
    line = cst.For(
        target, cst.Name("None"), cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])])
    )
    return names_of(line).binds


def names_of_pattern(pattern: cst.MatchPattern) -> Names:
    """What a `case` pattern reads (classes, values) and captures."""
    body = cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])])
    return names_of(cst.Match(cst.Name("None"), [cst.MatchCase(pattern, body)]))


def _binds(node: cst.BaseSmallStatement) -> tuple[str, ...]:
    if isinstance(node, cst.Del):
        return ()
    return tuple(sorted(names_of(node).binds))


def _plain(targets: list[cst.BaseAssignTargetExpression]) -> bool:
    return len(targets) == 1 and isinstance(targets[0], cst.Name)


def _expressions(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    for child in children(node):
        if isinstance(child, cst.BaseExpression):
            yield child
        elif not isinstance(child, cst.BaseParenthesizableWhitespace):
            yield from _expressions(child)


def _suite_statements(suite: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    return suite.body


def _placed_in_line(statement: Stmt, first: bool, last: bool) -> Stmt:
    if isinstance(statement, (Simple, Return, Jump)):
        return changed(statement, first=first, last=last)
    return statement
