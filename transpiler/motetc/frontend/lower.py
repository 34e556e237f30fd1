"""Lowers a choreography's body from LibCST to the located program.

What has no communication in it stays a piece of syntax; around it, statements say which operation happens where.
Every construct that the language does not have is refused here, with its position and a way out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as changed

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.code_names import Names
from motetc.frontend.lower_blocks import LocalCode
from motetc.frontend.operation_forms import EACH
from motetc.frontend.operations import Operations
from motetc.frontend.parentheses import negated
from motetc.frontend.program import Program
from motetc.frontend.scope import locals_of, names_of
from motetc.frontend.session_ends import ended
from motetc.frontend.tree import parameters, takes_all
from motetc.ir.nodes import (
    Case,
    Choreography,
    Each,
    For,
    If,
    Jump,
    Match,
    Return,
    Root,
    Stmt,
    While,
)
from motetc.ir.walk import statements


def lower(program: Program, choreography: Choreography, findings: Findings) -> Choreography:
    """The choreography with its body, if it is known who takes part in that."""
    if not choreography.understood:
        return choreography
    module = program.modules[choreography.module]
    shaped = changed(choreography, locals=locals_of(choreography.node))
    operations = Operations(program, module, shaped, findings)
    for default in _defaults(choreography.node):
        _refuse_in_default(operations, default)
    lowering = Lowering(operations)
    body = (*lowering.suite(choreography.node.body), *lowering.live.rest())
    idle = lowering.live.findings.idle()
    return changed(shaped, body=body, scratch=lowering.hoister.made, idle=idle)


def _defaults(node: cst.FunctionDef) -> Iterator[cst.BaseExpression]:
    for param in parameters(node.params):
        if param.default is not None:
            yield param.default


def _refuse_in_default(operations: Operations, default: cst.BaseExpression) -> None:
    inner = operations.contains(default)
    if inner is not None:
        text = "communication in a default argument has no statement to stand in"
        operations.findings.error(
            "unsupported-syntax", operations.module.span(inner), text, "move it into the body"
        )


class Lowering(LocalCode):
    """Statement by statement: what is a choice or a loop is one in the located program."""

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
        for index, statement in enumerate(suite.body):
            if self.live.depth == 1:
                self.live.following = suite.body[index + 1 :]
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
            count = len(self.findings)
            seats = self._with_seats(node)
            if seats:
                return [self._block(node, seats, count)]
            if len(self.findings) > count:
                return [self.hoister.left_out(node, tuple(sorted(names_of(node).binds)))]
        assert isinstance(node, cst.BaseCompoundStatement)
        return self._opaque(node)

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
        if orelse and isinstance(node.test, cst.Name) and node.test.value == "True":
            text = "`else` of `while True` never runs: such a loop is only left by `break`"
            self._refuse(node.orelse or node, text, "write what follows the loop behind it")
            return []
        if not before:
            return [While(node, test, body, orelse, span)]
        if any(isinstance(s, Jump) for s in statements(orelse)):
            self._refuse(
                node.test,
                "communication under a condition in a `while … else` that leaves a loop around it",
                "write `while True:`",
            )
            return []
        stop = negated(test.expr)
        leave = cst.Break()
        line = cst.SimpleStatementLine([leave])
        always = cst.Name("True")
        for new in (stop, leave, line, always):
            self.module.moved(new, node.test)
        returned = bool(orelse) and isinstance(orelse[-1], Return)
        left = orelse if returned else (*orelse, Jump(leave, line, span))
        said = " ".join(self.module.code(node.test).split())
        check = If(None, self.operations.root(stop), left, (), span, said=said)
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
        if not _binds_names(node.target):
            self._refuse(
                node.target,
                "a loop that several locations may take part in binds names",
                f"bind a name, and begin its body with `{self.module.code(node.target)} = …`; or write the loop in a "
                "block `with location:`",
            )
            return []
        if self._is_uncalled_each(node) or self._goes_through_none(node):
            return [self.hoister.left_out(node, tuple(sorted(names_of(node).binds)))]
        before, iterated = self._condition(node.iter)
        body = self._loop(node.body)
        orelse = self.suite(node.orelse.body) if node.orelse is not None else ()
        binds = tuple(sorted(names_of_target(node.target)))
        return [*before, For(node, iterated, body, orelse, self.module.span(node.iter), binds)]

    def _is_uncalled_each(self, node: cst.For) -> bool:
        """`for worker in workers.each:`, refused."""
        match node.iter:
            case cst.Attribute(attr=cst.Name(value="each")) as written if (
                self.operations.speaker(written) is not None
            ):
                code = self.module.code(node.iter)
                self._refuse(
                    written, f"`{code}` is not called, and opens no sessions", f"write `{code}()`"
                )
                return True
        return False

    def _goes_through_none(self, node: cst.For) -> bool:
        """`for place in (seller, bank):`, `for worker in workers:`, `for step in (ask, answer):` of choreographies:
        refused with all that the body says of one."""
        iterated = node.iter
        parts = [iterated]
        if isinstance(iterated, (cst.Tuple, cst.List, cst.Set)):
            parts = [e.value for e in iterated.elements]
        calls = [part for part in parts if self.operations.is_value(part)]
        for part in calls:
            self.operations.refuse_values(part)
        named = [(part, seat) for part in parts if (seat := self.operations.seat(part)) is not None]
        if named:
            part, seat = named[0]
            text = f"`{self.module.code(part)}` is a location, and a location is no value"
            help = "write a statement for each of them; one `share` may have several receivers, `to=(a, b)`"
            if seat.whole and part is iterated:
                target = self.module.code(node.target)
                text = f"`{seat.role}` is a cluster, and no sequence of its members"
                help = (
                    f"write `for {target} in {seat.role}.each():`, a session with each of them; "
                    f"their ids are `{seat.role}.members`"
                )
            self._refuse(iterated, text, help)
        return bool(named or calls)

    def _live_loop(self, node: cst.For) -> list[Stmt]:
        if self.live.depth > 1:
            self.live.findings.nested(node)
            return []
        count = len(self.findings)
        found = self.live.loop(node, self._loop)
        return found if len(self.findings) == count else [self.hoister.left_out(node, ())]

    def _session(self, node: cst.For) -> Each | None:
        call = node.iter
        if not (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Attribute)
            and call.func.attr.value == "each"
        ):
            return None
        seat = self.operations.speaker(call.func)
        if seat is None:
            return None
        if seat.role in self.operations.sessions.values():
            self._refuse(
                node.iter,
                f"sessions of `{seat.role}` inside sessions of `{seat.role}`",
                "use a collective such as `all_to_all`",
            )
            return None
        if not (
            seat.whole
            and next(r for r in self.operations.choreography.roles if r.name == seat.role).cluster
        ):
            text = (
                f"`each` opens a session with every member of a cluster, and `{seat}` is one node"
            )
            help = f"write what is done with `{seat}` without the loop, {self.operations.as_cluster(seat, 'each')}"
            self._refuse(node.iter, text, help)
            return None
        if not isinstance(node.target, cst.Name) or node.orelse is not None:
            self._refuse(node.iter, EACH, "write a session's body under it, and nothing else")
            return None
        why = self.operations.reason(call.args[0].value) if call.args else ""
        variable = node.target.value
        self.operations.sessions[variable] = seat.role
        outer, self.in_loop = self.in_loop, 0
        self.in_each += 1
        body = ended(self.suite(node.body), self._no_way_on)
        self.in_each -= 1
        self.in_loop = outer
        del self.operations.sessions[variable]
        uid = next(self.operations.counter)
        return Each(uid, node, variable, seat.role, body, self.module.span(node.iter), why)

    def _no_way_on(self, jump: Jump) -> None:
        """A `continue` that leaves more than one way to what follows it."""
        self._refuse(
            jump.node,
            "this ends the session, and what follows it is reached in more than one way",
            "put what follows under an `if`, and leave the `continue` out",
        )

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
        return Case(
            node,
            guard,
            self.suite(node.body),
            tuple(sorted(names.binds)),
            tuple(sorted(names.reads)),
            takes_all(node),
        )


def _binds_names(target: cst.BaseAssignTargetExpression | cst.BaseExpression) -> bool:
    """Whether a target changes no attribute or item."""
    if isinstance(target, (cst.Tuple, cst.List)):
        return all(_binds_names(e.value) for e in target.elements)
    return isinstance(target, cst.Name)


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
