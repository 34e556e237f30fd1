"""Gives communication under `and`, `or` and conditional expressions a statement of its own.

Python evaluates such an operand only if the other one says so, which makes it a choice. `x = a and await …` becomes
`chosen = a`, `if chosen: chosen = await …`, `x = chosen`; what was evaluated before keeps its turn. A conditional
expression that is a whole right-hand side becomes a plain `if` without a name of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.naming import free_name, local_name
from motetc.frontend.operations import Operations, in_order
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, exchange
from motetc.frontend.unpacked import held, holder_of, may_change, taken
from motetc.ir.nodes import If, Simple, Stmt

_LITERAL = (cst.BaseNumber, cst.SimpleString, cst.ConcatenatedString)
_TRIVIAL = (cst.Name, *_LITERAL)


@dataclass(slots=True)
class Hoister:
    """Splits one choreography's expressions. `taken` grows by every name made up."""

    operations: Operations
    module: SourceModule
    taken: set[str] = field(default_factory=set)
    made: dict[str, str] = field(
        default_factory=dict
    )  # names of ours -> the source's text they stand for

    def fresh(self, hint: str) -> str:
        """A name that the function does not use yet."""
        module = self.module
        name = free_name(
            hint, lambda n: n in self.taken or n in module.definitions or n in module.imports
        )
        self.taken.add(name)
        return name

    def needs(self, expr: cst.CSTNode) -> bool:
        """Whether an operation in `expr` has to be taken out of it to keep Python's order of evaluation.

        Either it is evaluated only under a condition, or it contains another operation (whose other end has to go
        first) and something that may depend on it stands to its left.
        """
        if isinstance(expr, (cst.Lambda, cst.BaseComp)) or self.operations.contains(expr) is None:
            return False
        if any(self.operations.contains(o) for o in _late_operands(expr)):
            return True
        if self._needs_others(expr):
            return True
        return self._reorders(expr) or any(self.needs(c) for c in children(expr))

    def _needs_others(self, expr: cst.CSTNode) -> bool:
        """Whether one member says or takes what comes of an operation in which its whole cluster takes part."""
        if not self.operations.is_operation(expr):
            return False
        picked = {s.role for s in self.operations.seats(expr) if s.picked and not s.session}
        return bool(picked) and any(
            not picked.isdisjoint(self._whole(value)) for value in self.operations.values(expr)
        )

    def _whole(self, node: cst.CSTNode) -> set[str]:
        """The clusters of which all members take part in the operations of an expression."""
        found = {s.role for s in self.operations.seats(node) if s.whole}
        return found.union(*map(self._whole, children(node)))

    def _reorders(self, expr: cst.CSTNode) -> bool:
        if not isinstance(expr, cst.BaseExpression):
            return False
        pieces = self.pieces(expr)
        call = self.operations.is_call(expr)
        for index, piece in enumerate(pieces):
            hazard = self.operations.contains(piece) is not None if call else self._nests(piece)
            binds = names_of(piece).binds if hazard else frozenset()
            if hazard and any(not is_still(p) or names_of(p).reads & binds for p in pieces[:index]):
                return True
            before = (p for p in pieces[:index] if not isinstance(p, _LITERAL))
            acts = hazard and may_change((piece,), self.operations)
            if acts and any(holder_of(expr, p) for p in before):
                return True
        return False

    def _nests(self, node: cst.CSTNode) -> bool:
        """Whether an operation has another one in its arguments."""
        if self.operations.is_operation(node):
            return any(self.operations.contains(p) for p in self.pieces(node))
        return any(self._nests(c) for c in children(node))

    def pieces(self, expr: cst.CSTNode) -> list[cst.BaseExpression]:
        """The nearest sub-expressions in order of evaluation; of an operation, its arguments alone."""
        if self.operations.is_operation(expr):
            return self.operations.values(expr)
        if isinstance(expr, cst.Call) and isinstance(expr.func, (cst.Name, cst.Attribute)):
            head = [expr.func.value] if isinstance(expr.func, cst.Attribute) else []
            return [*head, *(a.value for a in expr.args)]
        return pieces_of(expr)

    def split(self, expr: cst.BaseExpression) -> tuple[list[Stmt], cst.BaseExpression]:
        """Statements to run first, and what is left of the expression."""
        if not self.needs(expr):
            return [], expr
        if isinstance(expr, cst.IfExp):
            return self._conditional(expr)
        if isinstance(expr, cst.BooleanOperation) and (
            self.operations.contains(expr.right) or self._hands_on(expr)
        ):
            return self._boolean(expr)
        if isinstance(expr, cst.Comparison) and any(
            map(self.operations.contains, _late_operands(expr))
        ):
            return self._chain(expr)
        if self._needs_others(expr):
            return self._apart(expr)
        return self._generic(expr)

    def _hands_on(self, expr: cst.BooleanOperation) -> bool:
        """Whether the right operand reads what is bound in a part of the left one that gets a statement of its own."""
        binds = names_of(expr.left).binds
        return not binds.isdisjoint(names_of(expr.right).reads) and self.needs(expr.left)

    def _apart(self, expr: cst.BaseExpression) -> tuple[list[Stmt], cst.BaseExpression]:
        """Values that others take part in have names before one member acts on them."""
        statements: list[Stmt] = []
        swaps: dict[cst.CSTNode, cst.CSTNode] = {}
        for piece in self.operations.values(expr):
            if not self._keeps(piece, ()):
                before, value = self.split(piece)
                name = self.fresh(hint_of(piece))
                statements += [*before, self.bind(name, value, piece)]
                swaps[piece] = self.name(name, piece)
        return statements, replace(self.module, expr, swaps)

    def _must_wait(self, expr: cst.BaseExpression, piece: cst.BaseExpression) -> bool:
        if self.operations.is_call(expr):
            return self.operations.contains(piece) is not None
        return self._nests(piece)

    def _keeps(self, value: cst.BaseExpression, later: Sequence[cst.BaseExpression]) -> bool:
        """Whether a piece can stay where it is: nothing that runs before it now can change it."""
        if not isinstance(value, _TRIVIAL):
            return False
        return not isinstance(value, cst.Name) or all(
            value.value not in names_of(p).binds for p in later
        )

    def bind(
        self, name: str, value: cst.BaseExpression, typed: cst.BaseExpression | None = None
    ) -> Simple:
        """`name = value` as a statement of ours at the value's position; `typed` is what its annotation describes."""
        self.made.setdefault(name, self._text(value))
        target = cst.Name(name)
        node = cst.Assign([cst.AssignTarget(target)], value)
        line = cst.SimpleStatementLine([node])
        for new in (target, node, line):
            self.module.moved(new, typed or value)
        roots = (self.operations.root(value),)
        binds = tuple(sorted(names_of(node).binds))
        return Simple(node, line, roots, self.module.span(value), binds=binds, scratch=True)

    def _take(self, name: str, value: cst.BaseExpression, piece: cst.BaseExpression) -> Simple:
        """The same for what is taken out of a piece, whose type nobody was told."""
        self.made.setdefault(name, self._text(piece))
        node = cst.Assign([cst.AssignTarget(cst.Name(name))], value)
        line = cst.SimpleStatementLine([node])
        for new in (node, line):
            self.module.moved(new, piece)
        roots = (self.operations.root(value),)
        return Simple(node, line, roots, self.module.span(piece), binds=(name,), scratch=True)

    def left_out(self, node: cst.CSTNode, binds: tuple[str, ...]) -> Simple:
        """In place of what was refused: it binds what that would have bound."""
        line = cst.SimpleStatementLine([cst.Pass()])
        return Simple(cst.Pass(), line, (), self.module.span(node), binds=binds)

    def name(self, name: str, at: cst.CSTNode) -> cst.Name:
        """A read of `name`, standing at `at`."""
        node = cst.Name(name)
        self.module.moved(node, at)
        return node

    def _conditional(self, expr: cst.IfExp) -> tuple[list[Stmt], cst.BaseExpression]:
        name = self.fresh("chosen")
        return self._chosen(expr, name), self.name(name, expr)

    def _chosen(self, expr: cst.IfExp, name: str) -> list[Stmt]:
        """Statements that bind a name to what is chosen."""
        before, test = self.split(expr.test)
        arms: list[tuple[Stmt, ...]] = []
        for arm in (expr.body, expr.orelse):
            if isinstance(arm, cst.IfExp) and self.needs(arm):
                arms.append((*self._chosen(arm, name),))
                continue
            inner, value = self.split(arm)
            arms.append((*inner, self.bind(name, value, expr)))
        choice = self._choice(test, (arms[0], arms[1]), expr.test, self._text(expr.test))
        return [*before, choice]

    def _boolean(self, expr: cst.BooleanOperation) -> tuple[list[Stmt], cst.BaseExpression]:
        before, left = self.split(expr.left)
        name = left.value if isinstance(left, cst.Name) and left.value in self.made else ""
        if not name:
            name = self.fresh("chosen")
            before = [*before, self.bind(name, left, expr)]
        inner, right = self.split(expr.right)
        test: cst.BaseExpression = self.name(name, expr.left)
        if isinstance(expr.operator, cst.Or):
            test = cst.UnaryOperation(cst.Not(), test)
            self.module.moved(test, expr.left)
        then = (*inner, self.bind(name, right, expr))
        choice = self._choice(test, (then, ()), expr.left, self._text(expr.left))
        return [*before, choice], self.name(name, expr)

    def _choice(
        self,
        test: cst.BaseExpression,
        arms: tuple[tuple[Stmt, ...], tuple[Stmt, ...]],
        at: cst.BaseExpression,
        said: str,
    ) -> If:
        return If(None, self.operations.root(test), *arms, self.module.span(at), said=said)

    def _text(self, expr: cst.BaseExpression) -> str:
        bare = expr.with_changes(lpar=(), rpar=()) if expr.lpar else expr
        return " ".join(self.module.code(bare).split())

    def _chain(self, expr: cst.Comparison) -> tuple[list[Stmt], cst.BaseExpression]:
        """`a < b < await c` is `a < b and b < await c`, with `b` evaluated once."""
        before, left = self._named(expr.left)
        name = self.fresh("chosen")
        levels: list[list[Stmt]] = []
        texts: list[str] = []
        for target, earlier in zip(expr.comparisons, _compared(expr), strict=False):
            texts.append(self._text(cst.Comparison(earlier, [target])))
            inner, right = self._named(target.comparator)
            compared = cst.Comparison(left, [target.with_changes(comparator=right)])
            self.module.moved(compared, expr)
            levels.append([*inner, self.bind(name, compared, expr)])
            left = right
        nested = levels.pop()
        for level, said in zip(reversed(levels), reversed(texts[:-1]), strict=True):
            nested = [*level, self._choice(self.name(name, expr), (tuple(nested), ()), expr, said)]
        return [*before, *nested], self.name(name, expr)

    def received(
        self, target: cst.BaseAssignTargetExpression
    ) -> tuple[list[Stmt], cst.BaseExpression]:
        """What an assignment's target receives, under names, and what is left of the target."""
        statements: list[Stmt] = []
        swaps: dict[cst.CSTNode, cst.CSTNode] = {}
        for piece in filter(self.operations.contains, pieces_of(target)):
            before, swaps[piece] = self._named(piece)
            statements += before
        return statements, replace(self.module, target, swaps) if swaps else target

    def _named(self, expr: cst.BaseExpression) -> tuple[list[Stmt], cst.BaseExpression]:
        """The expression under a name, unless it is one or a literal."""
        before, value = self.split(expr)
        if isinstance(value, _TRIVIAL):
            return before, value
        name = self.fresh(hint_of(expr))
        return [*before, self.bind(name, value, expr)], self.name(name, expr)

    def _generic(self, expr: cst.BaseExpression) -> tuple[list[Stmt], cst.BaseExpression]:
        """Children from left to right; those before a split one are evaluated first, so they get names."""
        statements: list[Stmt] = []
        swaps: dict[cst.CSTNode, cst.CSTNode] = {}
        pieces = self.pieces(expr)
        hazards = [i for i, p in enumerate(pieces) if self.needs(p) or self._must_wait(expr, p)]
        last = max(hazards, default=-1)
        for index, piece in enumerate(pieces[: last + 1]):
            before, value = self.split(piece)
            statements += before
            later = pieces[index + 1 : last + 1]
            holder = holder_of(expr, piece) if may_change(later, self.operations) else None
            new = isinstance(value, _LITERAL) or self.operations.is_operation(piece)
            if index < last and holder is not None and not new:
                name = self.fresh(hint_of(piece))
                statements.append(self._take(name, taken(holder, value), piece))
                swaps[holder] = held(holder, self.name(name, piece))
                continue
            if index < last and not self._keeps(value, later):
                name = self.fresh(hint_of(piece))
                statements.append(self.bind(name, value, piece))
                value = self.name(name, piece)
            if value is not piece:
                swaps[piece] = value
        return statements, replace(self.module, expr, swaps)


def hint_of(expr: cst.BaseExpression) -> str:
    """What the value of an expression is called: after what it is, if that is no name of Python's own."""
    name = "" if isinstance(expr, (cst.Name, cst.Subscript)) else local_name(expr)
    return name or "operand"


def replace(
    module: SourceModule, expr: cst.BaseExpression, swaps: dict[cst.CSTNode, cst.CSTNode]
) -> cst.BaseExpression:
    """`expr` with some nodes exchanged by identity; the new parents keep the old ones' positions."""
    return exchange(expr, swaps.get, module.moved)


def _compared(expr: cst.Comparison) -> Sequence[cst.BaseExpression]:
    """What stands on each side of a comparison's operators."""
    return (expr.left, *(target.comparator for target in expr.comparisons))


def _late_operands(expr: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """Operands that may not be evaluated."""
    if isinstance(expr, cst.IfExp):
        return (expr.body, expr.orelse)
    if isinstance(expr, cst.BooleanOperation):
        return (expr.right,)
    if isinstance(expr, cst.Comparison):
        return expr.comparisons[1:]
    return ()


def pieces_of(expr: cst.CSTNode) -> list[cst.BaseExpression]:
    """The nearest sub-expressions, in order of evaluation."""
    found: list[cst.BaseExpression] = []
    for child in in_order(expr):
        if isinstance(child, cst.StarredElement):
            found.append(child.value)
        elif isinstance(child, cst.BaseExpression):
            found.append(child)
        else:
            found.extend(pieces_of(child))
    return found


def is_still(expr: cst.CSTNode, roles: frozenset[str] = frozenset()) -> bool:
    """Whether evaluating an expression earlier or later gives the same: names, literals, and what is built of them.

    So do the size and the members of the locations called `roles`.
    """
    if _is_fixed(expr, roles):
        return True
    if isinstance(expr, (cst.Call, cst.Await, cst.Attribute, cst.Subscript, cst.NamedExpr)):
        return False
    return all(is_still(c, roles) for c in children(expr))


def _is_fixed(expr: cst.CSTNode, roles: frozenset[str]) -> bool:
    match expr:
        case cst.Call(func=cst.Name("len"), args=[cst.Arg(value=cst.Name(name), star="")]):
            return name in roles
        case cst.Attribute(value=cst.Name(name), attr=cst.Name("me" | "members")):
            return name in roles
        case cst.Attribute(value=cst.Attribute() as value, attr=cst.Name("index")):
            return _is_fixed(value, roles)
        case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index(index))]):
            return _is_fixed(value, roles) and is_still(index, roles)
    return False
