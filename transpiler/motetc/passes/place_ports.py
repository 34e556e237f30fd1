"""What travels through a port: the types of requests and replies, which clients have to be able to write."""

from __future__ import annotations

from dataclasses import dataclass

from motetc.ir.live import Port
from motetc.ir.types import Type
from motetc.passes.place_slices import SlicePlaces


@dataclass(slots=True)
class PortPlaces(SlicePlaces):
    """The payloads of ports."""

    def _port_payload(self, port: Port) -> None:
        found = self.type_of(port.node)
        args = found.args[:2] if found is not None and found.name.startswith("motet.") else ()
        if len(args) != 2 or any(a.kind in ("any", "other") for a in args):
            self._error(
                "missing-type",
                port.node,
                "mypy cannot tell what clients ask here, or what they are answered",
                "give both as types: `location.port(Request, Reply, name=…)`",
            )
            return
        for what, type_ in zip(("requests", "replies"), args, strict=True):
            why = self.check(type_, ())  # no caller says what clients have been written for
            if why is not None:
                self._error(
                    "not-serializable",
                    port.node,
                    f"these {what} cannot travel: {why}",
                    "take a type that can: a dataclass, a tuple, a number",
                )
                return
        self.facts.payload[port.uid] = Type("tuple", args=args)
