"""The places of slices: what the body of one mentions must be known where it runs, and is not bound outside of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.model import Related, Span
from motetc.ir.mutability import is_set
from motetc.ir.nodes import Flow
from motetc.ir.place import ONE, OWN, Place, at
from motetc.ir.slices import Leaving, Slice, SliceLive
from motetc.ir.walk import statements
from motetc.passes.place_elements import ElementPlaces
from motetc.passes.targets import target_named


@dataclass(slots=True)
class SlicePlaces(ElementPlaces):
    """Who knows what in a slice. `over` are the names of slices, which end with them: where, and the slice's name."""

    over: dict[str, tuple[Span, str]] = field(default_factory=dict)

    def _note_slices(self) -> None:
        """Whose names have ended wherever they are read outside."""
        flows = [s for s in statements(self.choreography.body) if isinstance(s, Flow)]
        for live in (x for flow in flows for x in flow.lives):
            if isinstance(live, SliceLive) and live.slice is not None:
                names = {*live.body.binds, live.body.tick}
                self.over |= dict.fromkeys(names, (live.span, live.body.tick))

    def _report_unbound(self, unbound: list[tuple[str, cst.CSTNode]]) -> None:
        ElementPlaces._report_unbound(self, [(n, k) for n, k in unbound if n not in self.over])
        for name, node in unbound:
            if name in self.over:
                span, tick = self.over[name]
                help = (
                    f"let it leave the slice: `{tick}.stream(…)`, or `{tick}.latest(…)` of a state"
                )
                if name == tick:
                    help = "move this into the slice; what leaves it keeps its name outside"
                self.findings.error(
                    "unknown-value",
                    self.reader.module.span(node),
                    f"`{name}` is a name of a slice, and ended with it",
                    help,
                    (Related(span, "the slice"),),
                )

    def _slice(self, live: SliceLive, body: Slice) -> None:
        place = self._of(live.role)
        inner = body.binds | {r.placeholder for r in body.readings}
        for node in _read(body):
            use = self.reader.read(node)
            self.states |= use.states
            self._foreign_classes(use, place)
            self._report_unbound([(n, k) for n, k in use.unbound if n not in inner])
            for atom in use.atoms:
                if not (atom.named and atom.text in inner and atom.text not in self.env.names):
                    self._require(atom, place, "unknown-value", f"in a slice at `{live.role}`")
        self._own_names(body)
        for leaving in body.leaving:
            self._in_order(leaving)

    def _in_order(self, leaving: Leaving) -> None:
        """What leaves as a stream has an order."""
        found = self.type_of(leaving.value)
        if leaving.live.shape == "stream" and found is not None and is_set(found):
            text = self.reader.module.code(leaving.value)
            self.findings.error(
                "not-deterministic",
                self.reader.module.span(leaving.value),
                f"`{text}` is a set: its elements would leave in an order that differs from run to run",
                f"give them an order: `sorted({text})`",
            )

    def _own_names(self, body: Slice) -> None:
        """The names of a slice end with it, and are none of the choreography's."""
        for name in sorted(body.binds & set(self.env.names)):
            outer = self.env.names[name]
            node = target_named(body.node.body, name)
            if outer.refused or node is None:
                continue
            self.findings.error(
                "unsupported-syntax",
                self.reader.module.span(node, body.node),
                f"`{name}` is a name of the choreography, and a slice's own names end with it",
                f"give it another name; what lasts is a state: `kept = {body.tick}.state({name})`",
                (Related(outer.span, f"`{name}` is bound here"),),
            )

    def _of(self, role: str) -> Place:
        cluster = self.choreography.role(role).cluster
        return at(role, OWN if cluster else ONE)


def _read(body: Slice) -> Iterator[cst.CSTNode]:
    """The code of a slice."""
    for state in body.states:
        yield state.init
    for step in body.steps:
        if step.node is not None:
            yield step.node
        for leaving in step.leaving:
            yield leaving.value
