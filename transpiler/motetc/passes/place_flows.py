"""The places of live collections: what an operator's functions mention must be known where the operator runs."""

from __future__ import annotations

from dataclasses import dataclass

from motetc.ir.live import Flow, Live
from motetc.ir.place import EVERYWHERE, ONE, OWN, Place, at
from motetc.ir.types import Type
from motetc.passes.environment import Binding
from motetc.passes.place_operations import OperationPlaces


@dataclass(slots=True)
class FlowPlaces(OperationPlaces):
    """Who knows what in a flow, and who knows the results that are awaited."""

    def _flow(self, flow: Flow) -> None:
        for live, given in flow.given:
            place = self._of(live.role)
            use = self.reader.read(given.expr)
            self._settle([use], self.reader.module.span(given.expr), place, "unknown-value")
        for live in flow.lives:
            if live.hop is not None:
                self._hop(live)
        for collect in flow.collects:
            place = self._of(collect.live.role)
            bound = EVERYWHERE if self._is_broken() else place
            binding = Binding(bound, collect.span, refused=self._is_broken())
            self.env = self.env.bind(collect.name, binding)
            self.facts.names.append((collect.name, collect.span.line, bound))
        self.facts.stmt_place[id(flow)] = Place(
            {r: self._of(r).modes[r] for r in sorted(flow.roles)}
        )

    def _of(self, role: str) -> Place:
        cluster = self.choreography.role(role).cluster
        return at(role, OWN if cluster else ONE)

    def _hop(self, live: Live) -> None:
        """What travels, in batches: a list of elements."""
        hop = live.hop
        assert hop is not None
        self.facts.op_place[hop.uid] = self._of(live.role)
        found = self._sent_type(live)
        if found is None:
            self._error(
                "missing-type",
                hop.node,
                "mypy cannot tell the type of these elements",
                "annotate the function that makes them",
            )
            return
        why = self.unserializable(found)
        if why is not None:
            self._error(
                "not-serializable",
                hop.node,
                f"these elements cannot travel: {why}",
                "map them to something that can: a dataclass, a tuple, a number",
            )
            return
        self.facts.payload[hop.uid] = Type("collection", "list", (found,))

    def _sent_type(self, live: Live) -> Type | None:
        """The type of the elements that travel; for `demux`, without the member that each is for."""
        source = live.inputs[0]
        found = self.type_of(source.node)
        if found is not None and found.kind == "tuple" and source.part < len(found.args):
            found = found.args[source.part]
        if found is None or not found.name.startswith("motet."):
            return None
        if live.op == "demux":
            return _demuxed(source, found)
        if source.shape == "keyed_stream":
            return Type("tuple", args=found.args[:2])
        return found.args[0] if found.args else None


def _demuxed(source: Live, found: Type) -> Type | None:
    if source.shape == "keyed_stream":
        return found.args[1]
    pair = found.args[0]
    return pair.args[1] if pair.kind == "tuple" and len(pair.args) == 2 else None
