"""Streams whose elements may be changed while they wait to be sent: what leaves is a copy, made when it was their turn.

Elements travel in batches, and how many share one is no part of a program's meaning. So an element that can change is
copied where something at its location may change it afterwards: an accumulator that a `scan` gives and goes on with, a
list of the location's that a method returns, an element that another branch of its stream changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from motetc.ir.answers import TypeOf
from motetc.ir.live import Live, arriving
from motetc.ir.mutability import mutable_part
from motetc.ir.nodes import Flow
from motetc.ir.types import Declared
from motetc.passes.touching import Touching


@dataclass(frozen=True, slots=True)
class Lending:
    """Of one flow."""

    flow: Flow
    touching: Touching
    type_of: TypeOf
    declared: Declared

    def mark(self) -> None:
        """Mark the nodes whose elements leave and may be changed after their turn."""
        for live in self._leaving():
            if not live.lent and self._can_change(live) and self._may_be_changed(live):
                live.lent = True

    def _leaving(self) -> Iterator[Live]:
        for live in self.flow.lives:
            if live.hop is not None or live.op == "reply":
                yield from live.inputs[:1] if live.hop is not None else live.inputs

    def _can_change(self, live: Live) -> bool:
        found = self.type_of(live.node)
        if found is not None and found.kind == "tuple" and live.part < len(found.args):
            found = found.args[live.part]
        args = found.args if found is not None and found.name.startswith("motet.") else ()
        keyed = live.shape in ("keyed_stream", "keyed_singleton")
        elements = args[: 2 if keyed else 1]
        return any(mutable_part(e, self.declared) is not None for e in elements)

    def _may_be_changed(self, live: Live) -> bool:
        alone = sum(live in other.sources for other in self.flow.lives) == 1
        if live.op == "map" and alone and any(map(self.touching.makes_new, _functions(live))):
            return False
        before = arriving([live])
        drivers = {x.uid for x in before if is_driver(x)}
        lent = {name for x in before for f in _functions(x) for name in self.touching.lent(f)}
        for other in self.flow.lives:
            if other.role != live.role or not other.inputs:
                continue
            for function in _functions(other):
                if lent & self.touching.of(function).changed:
                    return True
                alters = self.touching.alters_given(function)
                if alters and any(x.uid in drivers for x in arriving([other])):
                    return True
        return False


def is_driver(live: Live) -> bool:
    """Whether elements enter a location here."""
    return live.hop is not None or not live.sources


def _functions(live: Live) -> Iterator[cst.BaseExpression]:
    if live.hop is None and live.shape != "slice":
        yield from (given.expr for name, given in live.arguments.items() if name in _CALLED)


_CALLED = frozenset({"f", "key"})
