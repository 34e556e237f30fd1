"""Binding a name somewhere: by a statement, or by `:=` in an expression, which is where the expression is evaluated."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.frontend.code_names import names_of_code
from motetc.frontend.scope import code_of, names_of
from motetc.frontend.walrus import doubtful
from motetc.ir.nodes import Root, Simple
from motetc.ir.place import EVERYWHERE, Place, meet_all
from motetc.passes.environment import Binding, Environment
from motetc.passes.later import read_later
from motetc.passes.place_rules import Rules
from motetc.passes.targets import target_named, targets
from motetc.passes.uses import Use


@dataclass(slots=True)
class NamePlaces(Rules):
    """What is known of each name from now on."""

    def _bind(
        self,
        names: Sequence[str],
        place: Place,
        span: Span,
        node: cst.CSTNode,
        scratch: bool = False,
        lost: bool = False,
    ) -> None:
        """`lost`: it is made of something that was refused."""
        refused = lost or self._is_broken() or isinstance(node, cst.Pass)
        if refused:
            place = EVERYWHERE
        for name in names:
            self._refuse_role(name, target_named(node, name), span)
            target = target_named(node, name) if not refused else None
            if target is not None and not scratch:
                self._agree(target, place, self.reader.module.span(target, node), name, node)
            lost = (
                refused or self._is_broken()
            )  # what is made of a value that is refused here is no second cause
            reads = read_later(name, node, self.env)
            self.env = self.env.bind(name, Binding(place, span, refused=lost, reads=reads))
            self.facts.names.append((name, span.line, place))

    def _declare(self, name: str, place: Place | None) -> None:
        """Note where a name is at home: where its first declaration says, if that is one place."""
        if place is not None and not place.is_agreement():
            self.homes.setdefault(name, place)

    def _home(self, stmt: Simple, uses: Sequence[Use]) -> Place | None:
        """Where an assignment is evaluated by itself: a value that all could make and none may share is made where
        its name was declared."""
        if stmt.place is not None or not isinstance(stmt.node, cst.Assign):
            return stmt.place
        (target, *others) = targets(stmt.node)
        home = self.homes.get(target.value) if isinstance(target, cst.Name) else None
        if home is None or others or not meet_all(use.place() for use in uses).everywhere:
            return None
        alone = any(use.impure for use in uses) or self.mutable(self.type_of(target)) is not None
        return home if alone else None

    def _refuse_role(self, name: str, target: cst.CSTNode | None, where: Span) -> None:
        """The name of a location stands for it in all of the choreography; `target` binds it, if that is told."""
        if any(role.name == name for role in self.choreography.roles):
            span = self.reader.module.span(target) if target is not None else where
            text = f"`{name}` is a location of this choreography, and its name is bound to something else"
            self.findings.error("unsupported-syntax", span, text, "use another name")

    def _walrus(self, root: Root, place: Place) -> None:
        """Names bound in an expression that is evaluated at `place`; not those in what it sends, or in arguments."""
        names = sorted(names_of(root.expr).binds - bound_in_operations([root]))
        before = self.env
        self._bind(names, place, self.reader.module.span(root.expr), root.expr)
        self._on_way(root, before, None)

    def _on_way(self, root: Root, before: Environment, when: bool | None) -> None:
        """What `:=` has bound where an expression is true, or is not, or whatever it is (`when`); `before`: it."""
        names, passed = names_of(root.expr), bound_in_operations([root])
        if names.reads.isdisjoint(self.choreography.scratch):
            if found := names.binds - passed:
                self._doubt(found, doubtful(code_of(root.expr), when), before)
            return
        code = self._as_written(root.expr)
        if found := (names_of_code(f"({code})").binds & self.env.names.keys()) - passed:
            self._doubt(found, doubtful(code, when), before)

    def _as_written(self, expr: cst.BaseExpression) -> str:
        """What the source says in place of an expression with names of ours."""
        module = self.reader.module
        at = module.positions.get(expr)
        text = module.written(module.span(expr))
        match expr:
            case cst.UnaryOperation(operator=cst.Not(), expression=asked) if module.positions.get(
                asked
            ) in (at, None):
                return f"not ({text})"  # which is ours
            case _:
                return text

    def _doubt(self, bound: Iterable[str], unsure: Container[str], before: Environment) -> None:
        """Of names that are bound now: those that may not be, as they were not before, and those that are."""
        for name in sorted(bound):
            old, new = before.names.get(name), self.env.names[name]
            had = (
                old is not None and not old.maybe and not old.partly and old.place.covers(new.place)
            )
            partly = name in unsure and not had and not new.refused
            if partly != new.partly:
                self.env = self.env.bind(name, replace(new, partly=partly))


def bound_in_operations(roots: Iterable[Root]) -> set[str]:
    """The names that `:=` binds in values that are sent, and in arguments of calls."""
    return set().union(*(names_of(op.node).binds for root in roots for op in root.ops))
