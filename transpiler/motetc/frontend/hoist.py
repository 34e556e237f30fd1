"""Gives communication under `and`, `or` and conditional expressions a statement of its own.

Python evaluates such an operand only if the other one says so, which makes it a choice. `x = a and await …` becomes
`chosen = a`, `if chosen: chosen = await …`, `x = chosen`; what was evaluated before keeps its turn. A conditional
expression that is a whole right-hand side becomes a plain `if` without a name of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.operations import Operations, in_order
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.ir.nodes import If, Simple, Stmt

_TRIVIAL = (cst.Name, cst.BaseNumber, cst.SimpleString, cst.ConcatenatedString)


@dataclass(slots=True)
class Hoister:
    """Splits one choreography's expressions. `taken` grows by every name made up."""

    operations: Operations
    module: SourceModule
    taken: set[str] = field(default_factory=set)

    def fresh(self, hint: str) -> str:
        """A name that the function does not use yet."""
        name, number = hint, 2
        while name in self.taken or name in self.module.definitions or name in self.module.imports:
            name, number = f"{hint}_{number}", number + 1
        self.taken.add(name)
        return name

    def needs(self, expr: cst.CSTNode) -> bool:
        """Whether an operation in `expr` is evaluated only under a condition."""
        if isinstance(expr, (cst.Lambda, cst.BaseComp)):
            return False
        late = _late_operands(expr)
        if any(self.operations.contains(o) for o in late):
            return True
        return any(self.needs(c) for c in expr.children)

    def split(self, expr: cst.BaseExpression) -> tuple[list[Stmt], cst.BaseExpression]:
        """Statements to run first, and what is left of the expression."""
        if not self.needs(expr):
            return [], expr
        if isinstance(expr, cst.IfExp):
            return self._conditional(expr)
        if isinstance(expr, cst.BooleanOperation) and self.operations.contains(expr.right):
            return self._boolean(expr)
        return self._generic(expr)

    def bind(
        self, name: str, value: cst.BaseExpression, typed: cst.BaseExpression | None = None
    ) -> Simple:
        """`name = value` as a statement of ours at the value's position; `typed` is what its annotation describes."""
        target = cst.Name(name)
        node = cst.Assign([cst.AssignTarget(target)], value)
        line = cst.SimpleStatementLine([node])
        for new in (target, node, line):
            self.module.moved(new, typed or value)
        roots = (self.operations.root(value),)
        binds = tuple(sorted(names_of(node).binds))
        return Simple(node, line, roots, self.module.span(value), binds=binds, scratch=True)

    def name(self, name: str, at: cst.CSTNode) -> cst.Name:
        """A read of `name`, standing at `at`."""
        node = cst.Name(name)
        self.module.moved(node, at)
        return node

    def _conditional(self, expr: cst.IfExp) -> tuple[list[Stmt], cst.BaseExpression]:
        before, test = self.split(expr.test)
        name = self.fresh("chosen")
        arms = []
        for arm in (expr.body, expr.orelse):
            inner, value = self.split(arm)
            arms.append((*inner, self.bind(name, value, expr)))
        choice = If(None, self.operations.root(test), arms[0], arms[1], self.module.span(expr.test))
        return [*before, choice], self.name(name, expr)

    def _boolean(self, expr: cst.BooleanOperation) -> tuple[list[Stmt], cst.BaseExpression]:
        before, left = self.split(expr.left)
        name = self.fresh("chosen")
        inner, right = self.split(expr.right)
        test: cst.BaseExpression = self.name(name, expr.left)
        if isinstance(expr.operator, cst.Or):
            test = cst.UnaryOperation(cst.Not(), test)
            self.module.moved(test, expr.left)
        then = (*inner, self.bind(name, right, expr))
        choice = If(None, self.operations.root(test), then, (), self.module.span(expr.left))
        return [*before, self.bind(name, left, expr), choice], self.name(name, expr)

    def _generic(self, expr: cst.BaseExpression) -> tuple[list[Stmt], cst.BaseExpression]:
        """Children from left to right; those before a split one are evaluated first, so they get names."""
        statements: list[Stmt] = []
        swaps: dict[cst.CSTNode, cst.CSTNode] = {}
        pieces = _pieces(expr)
        last = max(i for i, p in enumerate(pieces) if self.needs(p))
        for index, piece in enumerate(pieces[: last + 1]):
            before, value = self.split(piece)
            statements += before
            if index < last and not isinstance(value, _TRIVIAL):
                name = self.fresh("operand")
                statements.append(self.bind(name, value, piece))
                value = self.name(name, piece)
            if value is not piece:
                swaps[piece] = value
        return statements, replace(self.module, expr, swaps)


def replace(
    module: SourceModule, expr: cst.BaseExpression, swaps: dict[cst.CSTNode, cst.CSTNode]
) -> cst.BaseExpression:
    """`expr` with some nodes exchanged by identity; the new parents keep the old ones' positions."""
    result = expr.visit(_Replacer(module, swaps))
    assert isinstance(result, cst.BaseExpression)
    return result


class _Replacer(cst.CSTTransformer):
    def __init__(self, module: SourceModule, swaps: dict[cst.CSTNode, cst.CSTNode]) -> None:
        super().__init__()
        self.module = module
        self.swaps = swaps

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node not in self.swaps

    def on_leave(self, original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        if original in self.swaps:
            return self.swaps[original]
        if updated is not original:
            self.module.moved(updated, original)
        return updated


def _late_operands(expr: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """Operands that may not be evaluated."""
    if isinstance(expr, cst.IfExp):
        return (expr.body, expr.orelse)
    if isinstance(expr, cst.BooleanOperation):
        return (expr.right,)
    if isinstance(expr, cst.Comparison):
        return expr.comparisons[1:]
    return ()


def _pieces(expr: cst.CSTNode) -> list[cst.BaseExpression]:
    """The nearest sub-expressions, in order of evaluation."""
    found: list[cst.BaseExpression] = []
    for child in in_order(expr):
        if isinstance(child, cst.BaseExpression):
            found.append(child)
        else:
            found.extend(_pieces(child))
    return found
