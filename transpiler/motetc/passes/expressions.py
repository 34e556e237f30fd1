"""What an expression needs and does: the names it reads with their places, its impure calls, what may not repeat.

An expression is evaluated as a whole wherever all its names are known. A call that is not known to be pure may
therefore stand only where that is one location; what several locations compute must come out the same at each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from motetc.frontend.scope import names_of, names_of_all
from motetc.frontend.tree import all_parameters, children
from motetc.ir.nodes import Seat
from motetc.ir.place import EVERYWHERE, OWN, Place, at
from motetc.ir.purity import is_unstable
from motetc.passes.impurity import Impure
from motetc.passes.notes import Notes
from motetc.passes.typed_asks import gone_over
from motetc.passes.uses import Atom, Use


@dataclass(slots=True)
class Reader(Notes):
    """Reads the expressions of one choreography."""

    results: Mapping[int, Place]  # operations, by id of their node

    def read(self, expr: cst.CSTNode) -> Use:
        """Everything about one expression or piece of local code."""
        use = Use()
        self._visit(expr, use, frozenset(), lazy=False)
        return use

    def _visit(self, node: cst.CSTNode, use: Use, hidden: frozenset[str], lazy: bool) -> None:
        if id(node) in self.results:
            text = " ".join(self.operations.module.code(node).split())
            use.atoms.append(Atom(text, self.results[id(node)], node, named=False))
        elif isinstance(node, cst.Name):
            self._name(node, use, hidden)
            self._module_itself(node, use, hidden)
        elif isinstance(node, (cst.Attribute, cst.Subscript)):
            self._access(node, use, hidden, lazy)
        elif isinstance(node, cst.Call):
            self._call(node, use, hidden, lazy)
        elif isinstance(node, cst.Lambda):
            self._lambda(node, use, hidden, lazy, inside=True)
        elif isinstance(node, cst.BaseComp):
            self._comprehension(node, use, hidden, lazy)
        elif isinstance(node, cst.NamedExpr):
            self._visit(node.value, use, hidden, lazy)
            if isinstance(node.target, cst.Name):
                use.bound.add(node.target.value)
        elif isinstance(node, cst.FunctionDef):
            self._definition(node, use, hidden, hidden, lazy)
        elif isinstance(node, (cst.Import, cst.ImportFrom)):
            return  # what they bind is looked at where it is used
        elif isinstance(node, cst.ClassDef):
            self._class(node, use, hidden, lazy)
        else:
            for gone in gone_over(node):
                self.iterates(gone, use)
            if isinstance(node, cst.FormattedStringExpression):
                self._text(node.expression, use)
            if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
                self._text(node.right, use)
            if isinstance(node, cst.MatchClass):
                self._note(self.matched(node), use)
            if isinstance(node, cst.Await) and not lazy:
                self._awaits(node, use)
            if not lazy:
                self._operators(node, use)
            self._children(node, use, hidden, lazy)

    def _children(self, node: cst.CSTNode, use: Use, hidden: frozenset[str], lazy: bool) -> None:
        for child in children(node):
            if isinstance(child, (cst.Annotation, cst.BaseParenthesizableWhitespace)):
                continue
            if isinstance(child, cst.Name) and child in _labels(node):
                continue
            self._visit(child, use, hidden, lazy)

    def _access(
        self, node: cst.Attribute | cst.Subscript, use: Use, hidden: frozenset[str], lazy: bool
    ) -> None:
        place = self._membership(node, use, hidden, lazy)
        if place is not None:
            if place.everywhere or place.modes:
                use.atoms.append(Atom(self.module.code(node), place, node))
            return
        seat = self.operations.seat(node) if isinstance(node, cst.Subscript) else None
        if seat is not None:
            self._seat(seat, node, use, hidden, lazy)
            return
        if isinstance(node, cst.Attribute):
            full = self.resolve(node)
            if full is not None and is_unstable(full) and self._is_global(node):
                use.unstable.append(Impure(full, node, True))
            if self._is_of_module(node, hidden):
                self._value(node, use)
            if not self._attribute_of_location(node, self.module.code(node), use, hidden, lazy):
                if not lazy:
                    self._note(self.property(node), use)
                if isinstance(node.value, cst.Name):
                    self._name(node.value, use, hidden)
                else:
                    self._visit(node.value, use, hidden, lazy)
            return
        if self.resolve(node.value) == "motet.MemberId":
            return  # what it is a member of is only said to type checkers
        if not lazy:
            self._operators(node, use)
        self._children(node, use, hidden, lazy)

    def _attribute_of_location(
        self, node: cst.Attribute, full: str, use: Use, hidden: frozenset[str], lazy: bool
    ) -> bool:
        """`seller.stock`, `workers[0].stock`: the location's own, which messages name whole."""
        if isinstance(node.value, cst.Name) and node.value.value in hidden:
            return False
        if not isinstance(node.value, (cst.Name, cst.Subscript)):
            return False
        if node.attr.value in ("me", "members"):
            return False
        seat = self.operations.seat(node.value)
        if seat is None:
            return False
        if seat.index is not None and not seat.session:
            self._visit(seat.index, use, hidden, lazy)
        use.states.add(seat.role)
        use.atoms.append(
            Atom(str(seat), at(seat.role, seat.mode), node, full=" ".join(full.split()))
        )
        return True

    def _seat(
        self, seat: Seat, node: cst.CSTNode, use: Use, hidden: frozenset[str], lazy: bool
    ) -> None:
        if seat.index is not None and not seat.session:
            self._visit(seat.index, use, hidden, lazy)
        use.states.add(seat.role)
        use.atoms.append(Atom(str(seat), at(seat.role, seat.mode), node))

    def _membership(
        self, node: cst.Attribute | cst.Subscript, use: Use, hidden: frozenset[str], lazy: bool
    ) -> Place | None:
        """`workers.members`, `workers.me`, `workers[i].me`, `client.me`: known beyond the location itself."""
        if not isinstance(node, cst.Attribute) or node.attr.value not in ("members", "me"):
            return None
        seat = self.operations.seat(node.value)
        if (
            seat is None
            or not seat.cluster
            or (isinstance(node.value, cst.Name) and node.value.value in hidden)
        ):
            return None
        if node.attr.value == "members" or seat.session:
            return EVERYWHERE
        if seat.key and seat.index is not None:
            self._visit(seat.index, use, hidden, lazy)
            return EVERYWHERE
        return at(seat.role, OWN)

    def _call(self, node: cst.Call, use: Use, hidden: frozenset[str], lazy: bool) -> None:
        if self._is_size(node):
            use.atoms.append(Atom(self.module.code(node), EVERYWHERE, node))
            return
        if (
            isinstance(node.func, cst.Attribute)
            and self._membership(node.func, Use(), hidden, lazy) is not None
        ):
            self._access(node.func, use, hidden, lazy)  # which is not callable, as mypy says
            return
        full = self.resolve(node.func) if self.program.forgotten else None
        if full in self.program.forgotten and self._is_global(node.func):
            return  # the one finding is that it is no choreography
        impure = self._impurity(node, hidden)
        if impure is not None and lazy and (impure.unstable or impure.asks):
            use.later.append(impure)
        if impure is not None and not lazy:
            use.impure.append(impure)
        if impure is None and self._keeps_order(node):
            for arg in node.args:
                self.iterates(arg.value, use)
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "pop" and not node.args:
            self.iterates(node.func.value, use)
        if impure is None or not impure.asks:
            self._walked(node, use)
        for arg in node.args:
            self._by_context(arg.value, node, use)
        for arg in self._shown(node):
            self._text(arg.value, use)
        if impure is None and not lazy:
            for arg in node.args:
                self._note(self.special(arg.value, node), use)
            use.impure += [f for a in node.args if (f := self._called_back(a.value, hidden))]
        method = node.func if isinstance(node.func, cst.Attribute) else None
        text = self.module.code(node)
        if method is not None and self._attribute_of_location(method, text, use, hidden, lazy):
            self._arguments(node, use, hidden, lazy, called=impure is None)
            return
        self._methods_touch(node, use)
        asking = impure is not None and (impure.unstable or impure.asks)
        if not asking or not self._is_global(node.func):
            self._visit(node.func, use, hidden, lazy)
        self._arguments(node, use, hidden, lazy, called=impure is None)

    def _arguments(
        self, node: cst.Call, use: Use, hidden: frozenset[str], lazy: bool, called: bool
    ) -> None:
        for arg in node.args:
            if called and isinstance(arg.value, cst.Lambda):  # as good as called
                self._lambda(arg.value, use, hidden, lazy, lazy)
            elif (
                called
                and isinstance(arg.value, cst.BaseComp)
                and self._is_unordered(node, arg.value)
            ):
                self._comprehension(arg.value, use, hidden, lazy, unordered=True)
            else:
                self._visit(arg.value, use, hidden, lazy)

    def _lambda(
        self, node: cst.Lambda, use: Use, hidden: frozenset[str], lazy: bool, inside: bool
    ) -> None:
        names = frozenset(p.name.value for p in all_parameters(node.params))
        self._children(node.params, use, hidden, lazy)
        self._visit(node.body, use, hidden | names, lazy=inside)

    def _comprehension(
        self,
        node: cst.BaseComp,
        use: Use,
        hidden: frozenset[str],
        lazy: bool,
        unordered: bool = False,
    ) -> None:
        """`unordered`: in whatever order it goes on, the result is the same; that of a set always is."""
        inner = hidden
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            if not unordered and not isinstance(node, cst.SetComp):
                self.iterates(clause.iter, use)
            self._visit(clause.iter, use, inner, lazy)
            inner = inner | _target_names(clause.target)
            for condition in clause.ifs:
                self._visit(condition, use, inner, lazy)
            clause = clause.inner_for_in
        if isinstance(node, cst.DictComp):
            self._visit(node.key, use, inner, lazy)
            self._visit(node.value, use, inner, lazy)
        else:
            self._visit(node.elt, use, inner, lazy)  # type: ignore[attr-defined]

    def _class(self, node: cst.ClassDef, use: Use, hidden: frozenset[str], lazy: bool) -> None:
        """What a class binds is seen in its body, and not by its methods."""
        for part in (*node.decorators, *node.bases, *node.keywords):
            self._visit(part, use, hidden, lazy)
        around = hidden | names_of_all(list(node.body.body)).binds
        for item in node.body.body:
            if isinstance(item, cst.FunctionDef):
                self._definition(item, use, hidden, around, lazy)
            elif isinstance(item, cst.ClassDef):
                self._class(item, use, hidden, lazy)
            else:
                self._visit(item, use, around, lazy)

    def _definition(
        self,
        node: cst.FunctionDef,
        use: Use,
        hidden: frozenset[str],
        around: frozenset[str],
        lazy: bool,
    ) -> None:
        """`around`: what is hidden where it stands; in it, only what is `hidden` is."""
        for decorator in node.decorators:
            self._visit(decorator, use, around, lazy)
        self._children(node.params, use, around, lazy)
        names = frozenset(p.name.value for p in all_parameters(node.params))
        own = names_of_all(list(node.body.body)).binds - names_of(node).binds
        self._visit(node.body, use, hidden | names | own, lazy=True)


def _target_names(target: cst.CSTNode) -> frozenset[str]:
    if isinstance(target, cst.Name):
        return frozenset({target.value})
    if isinstance(target, (cst.Attribute, cst.Subscript)):
        return frozenset()
    return frozenset().union(*(_target_names(c) for c in children(target)))


def _labels(node: cst.CSTNode) -> tuple[cst.CSTNode | None, ...]:
    """The children of a node that are names, and stand for no value."""
    if isinstance(node, cst.Arg):
        return (node.keyword,)
    if isinstance(node, cst.MatchKeywordElement):
        return (node.key,)
    if isinstance(node, (cst.Param, cst.ClassDef, cst.NameItem, cst.MatchAs, cst.MatchStar)):
        return (node.name,)
    if isinstance(node, cst.MatchMapping):
        return (node.rest,)
    if isinstance(node, cst.ImportAlias):
        return (node.name, node.asname)
    return ()
