"""What travels on a stream between locations: its elements, in lists; and whether `demux` knows whom each is for."""

from __future__ import annotations

from dataclasses import dataclass

from motetc.diagnostics.model import UNTYPED, Related
from motetc.ir.aliases import folded
from motetc.ir.live import Hop, Live
from motetc.ir.types import Type
from motetc.ir.typetext import short
from motetc.passes.cures import COROUTINE, subclasses_instead
from motetc.passes.place_operations import OperationPlaces


@dataclass(slots=True)
class HopPlaces(OperationPlaces):
    """The payload of every hop."""

    def _hop_payload(self, live: Live, hop: Hop) -> None:
        """The type of a batch, or what is wrong with its elements."""
        source = live.inputs[0]
        args = self._element_args(source)
        if not args:
            self._untyped(live, hop)
            return
        keyed = source.shape == "keyed_stream"
        if hop.kind == "demux":
            element = self._demuxed(source, hop, args)
        else:
            element = Type("tuple", args=args[:2]) if keyed else args[0]
        if element is None:
            return
        if element.kind == "any":
            self._untyped(live, hop)
            return
        why = self.unserializable(element)
        if why is not None and element.name.startswith(COROUTINE):
            text = "these elements are awaitables: what makes them is `async`, and is not awaited"
            help = "wait for what they give: `.map(f).resolve_futures()`, or `.resolve_futures_ordered()`"
            self._error("not-awaited", hop.node, text, help)
            return
        if why is not None:
            self._error(
                "not-serializable",
                hop.node,
                f"these elements cannot travel: {why}",
                subclasses_instead(element, self.program)
                or "map them to something that can: a dataclass, a tuple, a number",
            )
            return
        element = folded(element, self.declared)
        self.facts.payload[hop.uid] = Type("collection", "list", (element,))

    def _element_args(self, source: Live) -> tuple[Type, ...]:
        found = self.type_of(source.node)
        if found is not None and found.kind == "tuple" and source.part < len(found.args):
            found = found.args[source.part]
        return found.args if found is not None and found.name.startswith("motet.") else ()

    def _untyped(self, live: Live, hop: Hop) -> None:
        if live.refused:
            return  # nor does mypy know what comes of an operator that it refuses
        self._error(
            "missing-type",
            hop.node,
            f"{UNTYPED}these elements",
            "annotate the function that makes them",
        )

    # `demux`

    def _demuxed(self, source: Live, hop: Hop, args: tuple[Type, ...]) -> Type | None:
        """What is left of an element without the member that it is for."""
        if source.shape != "keyed_stream":
            pair = args[0]
            if pair.kind == "tuple" and len(pair.args) == 2 and self._is_member(pair.args[0], hop):
                return pair.args[1]
            self._no_member(source, hop, pair, "elements")
            return None
        key, value = args[:2]
        if hop.keyed:
            if key.kind == "tuple" and len(key.args) == 2 and self._is_member(key.args[0], hop):
                return Type("tuple", args=(key.args[1], value))
        elif self._is_member(key, hop):
            return value
        self._no_member(source, hop, key, "keys")
        return None

    def _is_member(self, found: Type, hop: Hop) -> bool:
        wanted = self.choreography.role(hop.receivers[0]).location
        return found.kind == "member" and bool(found.args) and found.args[0].name == wanted

    def _no_member(self, source: Live, hop: Hop, found: Type, what: str) -> None:
        role = self.choreography.role(hop.receivers[0])
        first = found.args[0] if found.kind == "tuple" and found.args else found
        if first.kind == "any":
            self._untyped(source, hop)
            return
        text = short(found)
        id_ = f"MemberId[{role.class_name}]"
        wanted = f"`({id_}, element)` pairs" if what == "elements" else f"`{id_}`"
        if first.kind == "member":
            help = f"take the ids from `{role.name}.members`"
        elif what == "elements":
            help = f"say who each is for: `.map(lambda x: ({role.name}.members[…], x))`"
        else:
            help = (
                f"put the member in front: `.prefix_key(lambda key, value: {role.name}.members[…])`"
            )
        self.findings.error(
            "wrong-member",
            self.reader.module.span(hop.node),
            f"`demux(to={hop.receivers[0]})` needs {what} that say who each is for: {wanted}, not `{text}`",
            help,
            (Related(source.span, f"the {what} are `{text}`"),),
        )
