"""The graph of a flow as one role sees it: who consumes what, what drives, what leaves, what ends when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.ir.live import RESOLVING, Collect, Hop, Live, may_come_to_end
from motetc.ir.nodes import Flow
from motetc.ir.operators import LOOP

STREAMS = ("stream", "keyed_stream")
_BY_CLOCK = frozenset({"sample_every", "sample_eager", "timeout"})
_EARLY = frozenset({"take", "scan", "generator"})  # operators that may end before their input does
_WAITED = {
    ("stream", "chain"): 0,
    ("keyed_stream", "chain"): 0,
    ("stream", "cross_singleton"): 1,
    ("keyed_stream", "cross_singleton"): 1,
    ("stream", "filter_if"): 1,
    ("stream", "filter_not_in"): 1,
    ("stream", "anti_join"): 1,
    ("stream", "repeat_with_keys"): 1,
    ("keyed_stream", "filter_key_not_in"): 1,
    ("keyed_stream", "get"): 1,
    ("keyed_stream", "join_keyed_singleton"): 1,
    ("keyed_stream", "lookup_keyed_singleton"): 1,
    ("keyed_stream", "lookup_keyed_stream"): 1,
    ("keyed_singleton", "join_keyed_stream"): 0,
    ("keyed_singleton", "filter_key_not_in"): 1,
    ("singleton", "threshold_greater_or_equal"): 1,
    ("keyed_singleton", "threshold_greater_or_equal"): 1,
    ("keyed_singleton", "threshold_greater_or_equal_uniform"): 1,
}  # operators whose elements wait for the end of one input: which
_ENTRYWISE = frozenset(
    {"map", "map_with_key", "filter", "filter_map", "inspect", "inspect_with_key"}
)
_ONCE = frozenset(
    {"into_keyed_stream", "threshold_greater_or_equal", "threshold_greater_or_equal_uniform"}
)
_EXCLUDING = frozenset({"anti_join", "filter_key_not_in", "filter_not_in"})
_SAME_KEYS = _ENTRYWISE | {
    "filter_with_key",
    "filter_map_with_key",
    "weaken_ordering",
    "assume_ordering",
}
_TIMED = frozenset({"sample_every"})  # operators that a clock drives


def settles(live: Live) -> bool:
    """Whether the entries of a keyed singleton come one by one and stay as they come, also if it ends some day."""
    if live.op in ("first", "fold_early_stop"):
        return live.shape == "keyed_singleton"
    return live.op in _ENTRYWISE and bool(live.inputs) and settles(live.inputs[0])


def waited(live: Live) -> int | None:
    """The input whose end the elements of the others wait for."""
    if live.op == "threshold_greater_or_equal" and settles(live.inputs[-1]):
        return None  # each threshold is final when it comes
    return _WAITED.get((live.inputs[0].shape, live.op)) if len(live.inputs) > 1 else None


def is_looked_at(live: Live, index: int) -> bool:
    """Whether elements of an input go nowhere: the others look at what has come of them when the last one has."""
    return waited(live) == index and live.op != "chain" and not live.op.startswith("threshold")


@dataclass(slots=True, kw_only=True)
class Graph:
    """One flow at one role."""

    flow: Flow
    role: str
    followers: dict[int, list[tuple[Live, int]]] = field(init=False)  # by uid, see `consumers`
    back: set[tuple[int, int]] = field(init=False)
    """The edges by which elements that have come from a driver go round."""
    closing: dict[tuple[int, bool], bool] = field(
        default_factory=dict
    )  # what `may_close` has found out

    def __post_init__(self) -> None:
        self.followers = {x.uid: [*self.flow.consumers(x)] for x in self.flow.lives}
        self.back = self._back_edges()

    def is_driver(self, live: Live) -> bool:
        """Whether elements, or a constant, enter this role here."""
        if live.role != self.role:
            return False
        if live.hop is not None or self.has_own_loop(live):
            return True
        if live.op == "sliced":
            return "seconds" in live.arguments
        pushes = live.shape in STREAMS or live.op == "singleton"
        return not live.sources and pushes and live.op != "channel"

    def consumers(self, live: Live) -> Sequence[tuple[Live, int]]:
        """What is done with the elements of a node at this role: the consumer, and which of its inputs it is."""
        return self.followers[live.uid]

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
        found = (c for c in self.flow.collects if c.live is live and live.shape in STREAMS)
        return list({c.name: c for c in found}.values())

    def reachable(self, live: Live) -> list[Live]:
        """A node and everything downstream of it at this role."""
        found: list[Live] = []
        todo = [live]
        while todo:
            node = todo.pop(0)
            if node not in found:
                found.append(node)
                if (
                    not self.has_own_loop(node) or node is live
                ):  # what follows is its own loop's affair
                    todo += [c for c, _ in self.consumers(node)]
        return found

    def run_by(self, live: Live) -> list[Live]:
        """What elements of a node set going at this role: not those that only wait for the last of them."""
        found, todo = list[Live](), [live]
        while todo:
            node = todo.pop(0)
            if node not in found:
                found.append(node)
                if not self.has_own_loop(node) or node is live:
                    todo += [c for c, i in self.consumers(node) if not is_looked_at(c, i)]
        return found

    def upstream(self, live: Live) -> list[Live]:
        """A node and everything that it comes from at this role."""
        found: list[Live] = []
        todo = [live]
        while todo:
            node = todo.pop()
            if node not in found:
                found.append(node)
                if not self.is_driver(node) or node.op == "sliced":
                    todo += [s for s in node.sources if s.role == self.role]
        return found

    def drivers_of(self, live: Live) -> frozenset[int]:
        """The drivers (their uids) that a node comes from."""
        return frozenset(x.uid for x in self.upstream(live) if self.is_driver(x))

    def has_batches(self, live: Live) -> bool:
        """Whether the elements of a driver come in lists that nothing else needs."""
        comes = live.hop is not None or live.op == "source" or self.resolves(live)
        return comes and self.is_driver(live)

    def resolves(self, live: Live) -> bool:
        """Whether awaitables are under way beside everything else; an atomic section waits for each instead."""
        return live.op in RESOLVING and not live.atomic

    def goes_round(self, live: Live) -> bool:
        """Whether awaitables are under way in a cycle, so that what they give may make more of them."""
        return self.resolves(live) and len(self.circle(live)) > 1

    def has_own_loop(self, live: Live) -> bool:
        """Whether an operator passes on what it has in a loop of its own."""
        return self.is_clocked(live) or self.resolves(live)

    def is_clocked(self, live: Live) -> bool:
        """Whether a clock drives it, which goes on when the input has ended."""
        return live.op in _TIMED

    def leads(self, live: Live) -> bool:
        """Whether anything is done with what comes from a driver."""
        return self.uses(live) > 0 or live.op == "sliced"

    def comes_to_end(self, live: Live) -> bool:
        """Whether a node ends some day, or may."""
        return may_come_to_end(live, self.has_enough)

    def ending(self, live: Live) -> list[int]:
        """The inputs at this role whose ends are the end of a node; what it feeds itself is none of them."""
        mine = [i for i, s in enumerate(live.sources) if s.role == self.role]
        return [i for i in mine if (live.sources[i].uid, live.uid) not in self.back]

    def circle(self, live: Live) -> list[Live]:
        """The nodes of a cycle at this role that a node is in: all end together. Of any other node, itself."""
        return self.flow.cycle_of(live)

    def _back_edges(self) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        done: set[int] = set()
        above: set[int] = set()

        def walk(node: Live) -> None:
            if node.uid in done:
                return
            above.add(node.uid)
            for after, _ in self.consumers(node):
                if after.uid in above:
                    found.add((node.uid, after.uid))
                else:
                    walk(after)
            above.remove(node.uid)
            done.add(node.uid)

        for live in self.flow.lives:
            if self.is_driver(live):
                walk(live)
        return found

    def uses(self, live: Live) -> int:
        """How many things are done with a node."""
        awaited = sum(1 for c in self.flow.collects if c.live is live)
        awaited += sum(1 for x in self.flow.lives if live in x.peeks)
        return len(self.consumers(live)) + len(self.hops_of(live)) + awaited

    def is_read_again(self, live: Live) -> bool:
        """Whether several things are done with a final value, each of which would compute it."""
        if live.shape == "keyed_singleton":
            counted = [c for c, _ in self.consumers(live) if c.op == "key_count"]
            return live.bounded and not settles(live) and self.uses(live) - len(counted) > 1
        return live.shape in ("singleton", "optional") and self.uses(live) > 1

    def comes_once(self, live: Live) -> bool:
        """Whether no key of a keyed stream comes twice."""
        base = live.inputs[0] if live.inputs and live.hop is None else None
        if base is None or live.shape != "keyed_stream":
            return False
        if base.shape == "keyed_singleton":
            return live.op in _ONCE
        return live.op in _SAME_KEYS and self.comes_once(base)

    def is_looked_up(self, live: Live) -> bool:
        """Whether a stream's elements only say what others leave out, however often each comes."""
        consumers = self.consumers(live)
        excluding = all(c.op in _EXCLUDING and index == 1 for c, index in consumers)
        return excluding and self.uses(live) == len(consumers)

    def ends_early(self, live: Live) -> bool:
        """Whether a node may end before its drivers do."""
        return any(self.may_end(x) for x in self.upstream(live))

    def may_end(self, live: Live) -> bool:
        """Whether a node may end before its input does."""
        return live.op in _EARLY and live.shape == "stream" and not self.is_cut(live)

    def is_cut(self, live: Live) -> bool:
        """Whether a `take` is a slice of what has been sorted for nothing else."""
        if live.op != "take" or not isinstance(live.arguments["n"].expr, cst.Integer):
            return False
        (base,) = live.inputs
        return base.op == "sort" and base.shape == "stream" and self.uses(base) == 1

    def has_enough(self, live: Live) -> bool:
        """Whether a node may want no more, some day."""
        return (
            live.op == "is_empty"
            or (live.op == "first" and live.shape == "optional")
            or self.may_end(live)
        )

    def is_sole(self, live: Live) -> bool:
        """Whether one driver has all its elements go to this node, and nowhere else."""
        node = live
        while not self.is_driver(node):
            streams = [s for s in node.sources if s.shape in STREAMS]
            if len(streams) != 1 or self.uses(streams[0]) != 1:
                return False
            node = streams[0]
        return True

    def _may_be_left(self, live: Live) -> bool:
        turns = self.flow.turns
        return live.op == LOOP.name and turns is not None and turns.breaks

    def is_read(self, live: Live) -> bool:
        """Whether what comes of a node is awaited, or looked up by a slice, or it is a slice."""
        awaited = any(c.live is live for c in self.flow.collects)
        return awaited or live.shape == "slice" or any(live in x.peeks for x in self.flow.lives)

    def may_close(self, live: Live, waits: bool = False) -> bool:
        """Whether a time may come when nobody wants more of a node's elements; of those that go round, there is none.

        `waits`: nothing comes of them before the last one, so what gets nothing else has not had enough before.
        """
        known = self.closing.get((live.uid, waits))
        if known is None:
            self.closing[live.uid, waits] = False  # if it comes round
            known = self.closing[live.uid, waits] = self._may_close(live, waits)
        return known

    def _may_close(self, live: Live, waits: bool) -> bool:
        if not self.uses(live) or self.is_read(live):
            return False
        arrivals = [x for hop in self.hops_of(live) for x in self.flow.lives if x.hop is hop]
        return all(map(self.may_close, arrivals)) and all(
            (not (waits and is_alone(c)) and (self.has_enough(c) or self._may_be_left(c)))
            or self.may_close(c, (waits and is_alone(c)) or gives_at_end(c))
            for c, _ in self.consumers(live)
        )


def gives_at_end(live: Live) -> bool:
    """Whether nothing comes of a node before all its elements are there."""
    return live.op == "sort"


def is_alone(live: Live) -> bool:
    """Whether a node gives only what comes of its one input, and nothing by the clock."""
    return len(live.sources) == 1 and live.op not in _BY_CLOCK
