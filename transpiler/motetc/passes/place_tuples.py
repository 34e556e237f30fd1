"""Assignments of several values: each at its own place, or all where one location knows them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.parallel import pairs_of
from motetc.frontend.scope import names_of
from motetc.ir.mutability import mutable_part
from motetc.ir.nodes import Concurrent, Invoke, Root, Simple
from motetc.ir.place import EVERYWHERE, NOWHERE, Place, meet_all
from motetc.passes.place_ways import WayPlaces
from motetc.passes.targets import plain_targets, targets, without_targets


@dataclass(slots=True)
class TuplePlaces(WayPlaces):
    """Tuples that are assigned to tuples, and calls that give several results."""

    @abstractmethod
    def _simple(self, stmt: Simple) -> None:
        """An assignment, or another simple statement."""

    def _is_apart(self, stmt: Simple) -> bool:
        """Whether no one location knows all of a tuple assignment, as far as can be said before it is checked."""
        outer, self.findings = self.findings, Findings()
        before = self.env
        for root in stmt.roots:
            self._ops(root)
        assert isinstance(stmt.node, cst.Assign)
        uses = [self.reader.read(value) for value, _ in pairs_of(stmt.node)]
        uses += [
            without_targets(root, self.reader.read(root.expr))
            for root in (Root(target) for _, target in pairs_of(stmt.node))
        ]
        self.findings, self.env = outer, before
        return not meet_all(use.place() for use in uses)

    def _wider(self, stmt: Simple, place: Place) -> tuple[Simple, ...]:
        """The parts of which more know the value than know the whole, in the order in which they are bound.

        What is mutable, has an effect, or depends on when or where it is asked for stays with the whole.
        """
        if place.everywhere or not place or place.is_picked():
            return ()
        values = [part for part in stmt.parts if not self._is_kept(part)]
        wider = [part for part in values if self._is_wider(part, place)]
        kept = {name for part in wider for name in part.binds} & self.choreography.scratch.keys()
        later = [
            p for p in stmt.parts if self._is_kept(p) and kept & names_of(p.roots[0].expr).reads
        ]
        return (*wider, *later)

    def _is_kept(self, part: Simple) -> bool:
        """Whether it only binds what waited under another name for all values to be there."""
        value = part.roots[0].expr
        return isinstance(value, cst.Name) and value.value in self.choreography.scratch

    def _is_wider(self, part: Simple, place: Place) -> bool:
        value, *others = part.roots
        if any(root.ops for root in part.roots):
            return False
        uses = [self.reader.read(value.expr)]
        uses += [without_targets(root, self.reader.read(root.expr)) for root in others]
        bound = any(
            u.impure or u.unstable or u.later or u.changing or u.unbound or u.bound or u.strangers
            for u in uses
        )
        found = self.type_of(value.expr)
        if bound or found is None or mutable_part(found, self.declared) is not None:
            return False
        return meet_all(use.place() for use in uses) != place

    def _parts(self, stmt: Simple) -> None:
        """Each value at its own place, and bound there."""
        self.facts.apart.add(id(stmt))
        whole = NOWHERE
        for part in stmt.parts:
            self._simple(part)
            place = self.facts.stmt_place[id(part)]
            whole = whole if place.everywhere else whole.join(place)
        self.facts.stmt_place[id(stmt)] = whole
        self.facts.pure[id(stmt)] = all(self.facts.pure[id(part)] for part in stmt.parts)
        for root in stmt.roots:
            self.facts.root_place[id(root)] = whole

    def _located_tuple(self, stmt: Simple) -> list[Place] | None:
        """The places of the parts, for `x, y = await f(…)` where the results are at different places."""
        if not isinstance(stmt.node, (cst.Assign, cst.Expr)) or not stmt.roots:
            return None
        root = stmt.roots[0]
        if len(root.ops) != 1 or root.expr is not root.ops[0].node:
            return None
        op = root.ops[0]
        if isinstance(op, Concurrent):
            places = [self._result_of(c) for c in op.calls]
            whole = isinstance(stmt.node, cst.Assign) and isinstance(
                targets(stmt.node)[0], cst.Name
            )
            alike = all(p == places[0] and not p.everywhere for p in places)
            return None if whole and alike else places
        if isinstance(op, Invoke):
            places = self._result_places(op)
            return places if len(places) > 1 else None
        return None

    def _unpack(self, stmt: Simple, places: list[Place]) -> None:
        self._ops(stmt.roots[0])
        whole = NOWHERE
        for place in places:
            whole = whole.join(place) if not place.everywhere else whole
        self.facts.stmt_place[id(stmt)] = whole
        self.facts.pure[id(stmt)] = False
        for root in stmt.roots:
            self.facts.root_place[id(root)] = whole
        if isinstance(stmt.node, cst.Expr):
            return
        found = targets(stmt.node)
        target = found[0]
        if (
            len(found) != 1
            or not isinstance(target, (cst.Tuple, cst.List))
            or len(target.elements) != len(places)
        ):
            self._error(
                "unsupported-syntax",
                stmt.roots[0].expr,
                f"this gives {len(places)} results at different places",
                f"unpack it: `{', '.join('abcdefgh'[: len(places)])} = await …`",
            )
            self._bind(stmt.binds, EVERYWHERE, stmt.span, stmt.node)
            return
        op = stmt.roots[0].ops[0]
        for index, (element, place) in enumerate(zip(target.elements, places, strict=True)):
            call = op.calls[index] if isinstance(op, Concurrent) else None
            self._bind_result(element.value, place, call, stmt)

    def _bind_result(
        self, target: cst.BaseExpression, place: Place, call: Invoke | None, stmt: Simple
    ) -> None:
        parts = self._result_places(call) if call is not None else []
        names = sorted(t.value for t in plain_targets(target))  # type: ignore[attr-defined]
        if _binds_names(target) and len(parts) < 2:
            self._bind(names, place, stmt.span, target)
        elif isinstance(target, (cst.Tuple, cst.List)) and len(target.elements) == len(parts) > 1:
            for element, part in zip(target.elements, parts, strict=True):
                self._bind_result(element.value, part, None, stmt)
        else:
            self._error(
                "unsupported-syntax",
                target,
                "each located result is bound to a plain name",
                "name it",
            )
            self._bind(names, EVERYWHERE, stmt.span, target)


def _binds_names(target: cst.BaseExpression) -> bool:
    """Whether a value is bound to a name, or is a tuple that is taken apart into names."""
    if isinstance(target, (cst.Tuple, cst.List)):
        return all(_binds_names(element.value) for element in target.elements)
    return isinstance(target, cst.Name)
