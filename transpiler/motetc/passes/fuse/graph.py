"""The graph of a flow as one role sees it: who consumes what, what drives, what leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from motetc.ir.live import Collect, Flow, Hop, Live

_STREAMS = ("stream", "keyed_stream")
_ENDLESS = frozenset({"every", "spin", "membership", "requests", "sample_every", "sample_eager"})
_TIMED = frozenset({"sample_every"})  # operators that a clock drives


@dataclass(slots=True, kw_only=True)
class Graph:
    """One flow at one role."""

    flow: Flow
    role: str

    def is_driver(self, live: Live) -> bool:
        """Whether elements enter this role here."""
        if live.role != self.role:
            return False
        if live.hop is not None or live.op in _TIMED:
            return True
        if live.op == "sliced":
            return "seconds" in live.arguments
        return not live.sources and live.shape in _STREAMS and live.op != "channel"

    def consumers(self, live: Live) -> Iterator[tuple[Live, int]]:
        """What is done with the elements of a node at this role: the consumer, and which of its inputs it is."""
        for other in self.flow.lives:
            if other.hop is not None:
                continue
            for index, source in enumerate(other.sources):
                if source is live:
                    yield other, index

    def sent(self) -> Iterator[Hop]:
        """The streams that leave this role."""
        return (h for h in self.flow.hops if h.sender == self.role)

    def hops_of(self, live: Live) -> list[Hop]:
        """The streams by which a node's elements leave."""
        found = {
            x.hop.uid: x.hop for x in self.flow.lives if x.hop is not None and live in x.inputs
        }
        return list(found.values())

    def collects_of(self, live: Live) -> list[Collect]:
        """The awaited results that are made of a node's elements."""
        streams = _STREAMS
        return [c for c in self.flow.collects if c.live is live and live.shape in streams]

    def reachable(self, live: Live) -> list[Live]:
        """A node and everything downstream of it at this role."""
        found: list[Live] = []
        todo = [live]
        while todo:
            node = todo.pop(0)
            if node not in found:
                found.append(node)
                todo += [c for c, _ in self.consumers(node)]
        return found

    def leads(self, live: Live) -> bool:
        """Whether anything is done with what comes from a driver."""
        used = any(True for _ in self.consumers(live)) or live.op == "sliced"
        return used or bool(self.hops_of(live) or self.collects_of(live))

    def ends(self, live: Live, within: frozenset[int] = frozenset()) -> bool:
        """Whether a node ends some day: what it comes from does. What feeds itself goes on for ever."""
        if live.uid in within:
            return False
        if live.bounded:
            return True
        if live.op in _ENDLESS or "seconds" in live.arguments:
            return False
        return all(self.ends(s, within | {live.uid}) for s in live.sources)

    def is_shared(self, live: Live) -> bool:
        """Whether pushes meet here, so that what follows is a function."""
        streams = [s for s in live.sources if s.shape in _STREAMS]
        pushes = live.shape in _STREAMS and live.hop is None
        return pushes and len(streams) > 1 and self.leads(live)
