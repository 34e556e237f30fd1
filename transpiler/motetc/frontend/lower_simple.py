"""Lowers simple statements, and takes the operations between locations out of their expressions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace as changed

import libcst as cst

from motetc.frontend.hoist import hint_of, is_still, replace
from motetc.frontend.located import read_located
from motetc.frontend.lower_base import Lowered
from motetc.frontend.parallel import pairs_of, taken_apart
from motetc.frontend.parentheses import negated
from motetc.frontend.scope import names_of
from motetc.frontend.tree import children
from motetc.ir.nodes import If, Jump, Return, Root, Simple, Stmt
from motetc.ir.place import Place
from motetc.ir.walk import acting_in, root_operations


class SimpleStatements(Lowered):
    """Assignments, returns, expressions and the like, one line of the source at a time."""

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
        if self._is_refused(node):
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
            return [self._local(line, node)]
        if isinstance(node, (cst.Pass, cst.Import, cst.ImportFrom)):
            return [Simple(node, line, (), span, binds=_binds(node))]
        help = "put it in a local function"
        if isinstance(node, cst.TypeAlias):
            help = "put it at the top level of the module"
        self._refuse(node, "this statement is not part of the language", help)
        return []

    def _is_refused(self, node: cst.BaseSmallStatement) -> bool:
        """Whether it is a statement that makes no sense in a choreography, whatever stands in it."""
        if isinstance(node, (cst.Global, cst.Nonlocal)):
            help = "keep it on a location: `seller.total`"
            text = f"`{self.module.code(node)}`: a choreography has no global state"
            self._refuse(node, text, help)
            return True
        value = node.value if isinstance(node, (cst.Assign, cst.AnnAssign)) else None
        if isinstance(node, cst.Assign) and isinstance(value, cst.Tuple):
            named = [(part, name) for part, name in pairs_of(node) if self._is_location(part)]
            for part, name in named:
                self._no_value(part, part, [name.value] if isinstance(name, cst.Name) else [])
            return bool(named)
        if value is None or not self._is_location(value):
            return False
        self._no_value(node, value, _binds(node))
        return True

    def _no_value(
        self, node: cst.CSTNode, value: cst.BaseExpression, names: Collection[str]
    ) -> None:
        """A location that is bound to names, which stand for it from here on, for the sake of other findings."""
        code = self.module.code(value)
        shown = " and ".join(f"`{name}`" for name in sorted(names))
        help = f"write `{code}` itself where {shown} is used"
        seat = self.operations.seat(value)
        if any(role.name in names for role in self.operations.choreography.roles):
            help = f"leave it out: {shown} is a location of the choreography already"
        if len(names) > 1 and seat is not None and seat.whole:
            help = f"the ids of its members are `{code}.members`, and a member is `{code}[i]`"
        if isinstance(value, cst.IfExp):
            help = "use the parameters themselves; a role of a choreography can be passed in a call"
        self._refuse(node, f"`{code}` is a location, and a location is no value", help)
        while isinstance(value, cst.IfExp):
            value = value.body
        taken = {role.name for role in self.operations.choreography.roles}
        for name in {*names} - taken:
            self.operations.aliases.setdefault(name, value)

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

    def _local(
        self, line: cst.SimpleStatementLine, node: cst.Assert | cst.Raise | cst.Del
    ) -> Simple:
        """What may receive first at most: a `raise` whose exception is made of what comes."""
        roots = tuple(self.operations.root(e) for e in _expressions(node))
        late: tuple[Root, ...] = roots if isinstance(node, cst.Del) else ()
        if isinstance(node, cst.Assert):
            late = roots[1:]
        for op in (op for root in late for op in root.ops):
            text = "communication inside this statement"
            self._refuse(op.node, text, "send the value in a statement before")
        return Simple(node, line, roots, self.module.span(node), binds=_binds(node))

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
        made = self._remade(node, value=value)
        assert isinstance(made, cst.Assign)
        apart = taken_apart(self.hoister, line, made)
        return [*before, apart or self._simple(line, made, (value, *targets))]

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
        """`total += await …` receives first, then adds: a statement before it gives the message a name.

        So has what the target receives, which comes before the value.
        """
        before, value = self.hoister.split(node.value)
        if self.operations.root(value).ops:
            name = self.hoister.fresh("received")
            before = [*before, self.hoister.bind(name, value, node.value)]
            value = self.hoister.name(name, node.value)
        first, target = self.hoister.received(node.target) if before else ([], node.target)
        made = self._remade(node, value=value, target=target)
        return [*first, *before, self._simple(line, made, (value, target))]

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
            if isinstance(node, cst.Expr) and isinstance(value, cst.Name) and value.value == "None":
                return ()  # `… if x else None`, for what the one arm does
            self.module.moved(node, value)
            bare = cst.SimpleStatementLine([node])
            self.module.moved(bare, value)
            *before, last = self._small(bare, node)
            return (*before, changed(last, arm=True) if isinstance(last, Simple) else last)

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
            opposite = negated(test)
            self.module.moved(opposite, test)
            test = opposite
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
            count = len(self.findings)
            if isinstance(value, cst.Tuple) and len(value.elements) == wanted:
                parts = [e.value for e in value.elements]
                earlier, swaps = self._in_turn(parts)
                before = [*before, *earlier]
                value = replace(self.module, value, swaps)
                assert isinstance(value, cst.Tuple)
                parts = [e.value for e in value.elements]
            elif not self.operations.root(value).ops or isinstance(value, cst.Tuple):
                if len(self.findings) > count:  # what would give them is refused
                    return []
                text = f"this choreography has {wanted} located results"
                self._refuse(node, text, f"return a tuple of {wanted}, one expression for each")
                return []
        roots = tuple(self.operations.root(p) for p in parts)
        made = node if value is node.value else node.with_changes(value=value)
        self.module.moved(made, node)
        return [*before, Return(made, line, roots, span)]

    def _in_turn(
        self, parts: Sequence[cst.BaseExpression]
    ) -> tuple[list[Stmt], dict[cst.CSTNode, cst.CSTNode]]:
        """Names for results whose location has a part in what is evaluated after them."""
        statements: list[Stmt] = []
        names: dict[cst.CSTNode, cst.CSTNode] = {}
        for index, part in enumerate(parts):
            place = self.choreography.results[index].place
            behind = parts[index + 1 :]
            later = (op for p in behind for op in root_operations(self.operations.root(p)))
            still = is_still(part) and not any(
                names_of(part).reads & names_of(p).binds for p in behind
            )
            if not still and any(role in place for op in later for role in acting_in(op)):
                name = self.hoister.fresh(hint_of(part))
                statements.append(changed(self.hoister.bind(name, part), place=place))
                names[part] = self.hoister.name(name, part)
        return statements, names

    def _jump(self, line: cst.SimpleStatementLine, node: cst.Break | cst.Continue) -> list[Stmt]:
        if self.in_each and not self.in_loop and isinstance(node, cst.Break):
            self._refuse(
                node,
                "nothing breaks out of an `each` session",
                "end this session alone: `continue`",
            )
            return []
        return [Jump(node, line, self.module.span(node))]

    def _remade(
        self, node: cst.BaseSmallStatement, **new: cst.BaseExpression
    ) -> cst.BaseSmallStatement:
        if all(getattr(node, field) is value for field, value in new.items()):
            return node
        made = node.with_changes(**new)
        self.module.moved(made, node)
        return made


def _binds(node: cst.BaseSmallStatement) -> tuple[str, ...]:
    return tuple(sorted(names_of(node).binds))


def _plain(targets: list[cst.BaseAssignTargetExpression]) -> bool:
    return len(targets) == 1 and isinstance(targets[0], cst.Name)


def _expressions(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    for child in children(node):
        if isinstance(child, cst.BaseExpression):
            yield child
        elif not isinstance(child, cst.BaseParenthesizableWhitespace):
            yield from _expressions(child)


def _placed_in_line(statement: Stmt, first: bool, last: bool) -> Stmt:
    if isinstance(statement, (Simple, Return, Jump)):
        return changed(statement, first=first, last=last)
    return statement
