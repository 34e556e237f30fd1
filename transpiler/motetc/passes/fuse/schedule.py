"""In which order the drivers of a role run, and what that says of each other.

Constants come first. Then collections that are at hand and go nowhere else, or are only looked at when they are
complete: plain loops, one after the other, the ones that others wait for in front. The rest runs concurrently, or
stands in the function itself if it is one. What is at hand and would only wait for the end of another driver (as the
second half of a `chain` does) has its loop behind that one's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import libcst as cst

from motetc.frontend.scope import names_of_all
from motetc.ir.live import Live
from motetc.ir.operators import LOOP
from motetc.ir.types import Type
from motetc.passes.fuse.expressions import Expressions
from motetc.passes.fuse.graph import STREAMS, waited

State = Literal["open", "closed", "unknown"]


@dataclass(slots=True, kw_only=True)
class Schedule(Expressions):
    """`first` run one after the other, before `rest`, which run at the same time but for those in one sequence."""

    first: list[Live] = field(default_factory=list)
    rest: list[Live] = field(default_factory=list)
    sequences: list[list[Live]] = field(default_factory=list)

    def plan(self) -> None:
        """Divide the drivers."""
        drivers = [x for x in self.flow.lives if self.is_driver(x) and self.leads(x)]
        self.first = [x for x in drivers if x.op == "singleton"]
        self.first += self._in_order([x for x in drivers if self._is_at_hand(x)])
        self.rest = [x for x in drivers if x not in self.first]
        self.sequences = [[x] for x in self.rest]
        for live in drivers:
            self._put_behind(live)

    def _put_behind(self, live: Live) -> None:
        """Have a driver's loop follow the one that it would only wait for."""
        wanted = self._only_waits_for(live)
        before = next((s for s in self.sequences if wanted & {x.uid for x in s}), None)
        if before is None or live in before or not wanted <= {x.uid for x in before}:
            return
        own = next((s for s in self.sequences if live in s), [])
        if own:
            self.sequences.remove(own)
        else:
            self.first.remove(live)
            self.rest.append(live)
        before.extend(own or [live])

    def _only_waits_for(self, live: Live) -> frozenset[int]:
        """The drivers at whose end a source is gone through, because its elements do nothing but wait for it."""
        node = live
        while live.op == "source" and self.uses(node) == 1 and self.consumers(node):
            after, index = self.consumers(node)[0]
            gate = waited(after)
            if gate is not None and gate != index:
                source = after.sources[gate]
                wanted = self.drivers_of(source)
                early = [x for x in self.upstream(source) if self.may_end(x)]
                if live.uid in wanted or not all(map(self.is_sole, early)):
                    return frozenset()  # or the loop may go on when nobody waits for it any more
                return wanted if self._stays(live) else frozenset()
            if gate is not None or len(after.sources) > 1 or after.shape not in STREAMS:
                break
            node = after
        return frozenset()

    def _stays(self, live: Live) -> bool:
        """Whether a source gives later what it would give now: nothing else of the flow has to do with it."""
        expr = live.arguments["elements"].expr
        if self.has_own_loop(live) or not _is_collection(self.type_of(expr)):
            return False
        if _is_constant(expr):
            return True
        found = self.type_of(expr)
        lasting = found is not None and (
            found.kind in ("tuple", "vartuple") or found.name in _LASTING
        )
        if not isinstance(expr, cst.Name) or lasting or live not in self.rest:
            return lasting and isinstance(expr, cst.Name)
        others = [g.expr for _, g in self.flow.given if g.expr is not expr]
        return expr.value not in names_of_all(others).reads

    @property
    def concurrent(self) -> list[Live]:
        """The drivers that have a function each, or several of them one."""
        return self.rest if len(self.sequences) > 1 else []

    def apart(self, drivers: frozenset[int]) -> frozenset[int]:
        """Which of the loops that run at the same time some drivers are in: each by the first driver there."""
        found = [s for s in self.sequences if drivers & {x.uid for x in s}]
        return frozenset(s[0].uid for s in found) if len(self.sequences) > 1 else frozenset()

    def _is_at_hand(self, live: Live) -> bool:
        """Whether a driver is a collection of the user's that is there already, and leaves nothing to wait for."""
        if live.op != "source" or live.hop is not None:
            return False
        return self.is_collection(live) and not self.awaits_below(live)

    def is_collection(self, live: Live) -> bool:
        """Whether the elements of a source are all there, in a collection that knows how many they are."""
        return _is_collection(self.type_of(live.arguments["elements"].expr))

    def awaits_below(self, live: Live) -> bool:
        """Whether anything that its elements set going sends, or calls what has to be awaited."""
        below = self.run_by(live)
        return any(self.hops_of(x) or x.op == "reply" or self._waits_at_once(x) for x in below)

    def waits_between(self, live: Live) -> bool:
        """Whether anything may run between two things that are done with an element of a node."""
        drivers = [x for x in self.upstream(live) if self.is_driver(x)]
        alone = any(x.op in ("every", "spin", "sample_every") for x in drivers)  # sent one by one
        return alone or any(map(self._waits_for_each, self.reachable(live)))

    def meets(self, live: Live) -> bool:
        """Whether several loops, which run at the same time, come to something that is awaited for each element of a
        node."""
        below = [x for x in self.reachable(live) if x.op != LOOP.name]
        return self.runs_at_once(live) and any(map(self._waits_for_each, below))

    def runs_at_once(self, live: Live) -> bool:
        """Whether several loops come to a node that run at the same time."""
        return len(self.apart(self.drivers_of(live))) > 1

    def _waits_for_each(self, live: Live) -> bool:
        """The same, while others run; awaitables that go round have room made for them before."""
        return self._waits_at_once(live) and not self.goes_round(live)

    def _waits_at_once(self, live: Live) -> bool:
        """Whether an operator awaits something for each element."""
        if live.op.startswith("resolve_futures") or live.op == LOOP.name:  # whose body may send
            return True
        return live.shape == "sink" and "f" in live.arguments and self.is_awaited(live)

    def _in_order(self, drivers: Sequence[Live]) -> list[Live]:
        """What is waited for comes before what waits."""
        found: list[Live] = []
        todo = list(drivers)
        while todo:
            ready = [x for x in todo if not any(self._waits(x, o) for o in todo if o is not x)]
            found += ready or todo[:1]
            todo = [x for x in todo if x not in found]
        return found

    def _waits(self, driver: Live, other: Live) -> bool:
        """Whether elements of a driver have to wait for the end of another."""
        for node in self.reachable(driver):
            index = waited(node)
            if index is None:
                continue
            before = self.drivers_of(node.sources[index])
            rest = [s for i, s in enumerate(node.sources) if i != index]
            fed = any(driver.uid in self.drivers_of(s) for s in rest)
            if fed and other.uid in before and driver.uid not in before:
                return True
        return False

    def state_of(self, node: Live, index: int) -> State:
        """Whether an input has ended when elements come on the others: for certain, certainly not, or either."""
        source = node.sources[index]
        before = self.drivers_of(source)
        others = [s for i, s in enumerate(node.sources) if i != index]
        drivers = frozenset(d for s in others for d in self.drivers_of(s))
        if all(self._is_before(w, d) for w in before for d in drivers):
            return "open"
        behind = [w for w in before if drivers and all(self._is_before(d, w) for d in drivers)]
        if behind and (len(behind) == len(before) or not self.ends_early(source)):
            return "closed"
        late = any(_is_late(x) for s in others for x in self.upstream(s))
        if late or self.ends_early(source):
            return "unknown"
        after = all(any(w == d or self._is_before(d, w) for w in before) for d in drivers)
        return "closed" if after else "unknown"

    def _is_before(self, one: int, other: int) -> bool:
        """Whether a driver has ended for certain before another begins."""
        order = [x.uid for x in self.first]
        if one in order:
            return other not in order or order.index(one) < order.index(other)
        together = next(
            ([x.uid for x in s] for s in self.sequences if one in {x.uid for x in s}), []
        )
        return other in together and together.index(one) < together.index(other)


def _is_late(live: Live) -> bool:
    """Whether an operator may have elements to give when an input has ended."""
    pulls = live.inputs and live.inputs[0].shape not in STREAMS
    return waited(live) is not None or live.op in _LATE or bool(pulls and live.shape in STREAMS)


def _is_constant(expr: cst.BaseExpression) -> bool:
    """Whether an expression makes something of literals alone."""
    match expr:
        case cst.BaseNumber() | cst.SimpleString():
            return True
        case (
            cst.List(elements=elements) | cst.Tuple(elements=elements) | cst.Set(elements=elements)
        ):
            return all(isinstance(e, cst.Element) and _is_constant(e.value) for e in elements)
        case cst.Call(func=cst.Name(value="range"), args=args):
            return all(_is_constant(arg.value) for arg in args)
        case _:
            return False


_LASTING = ("range", "str", "bytes", "frozenset")
_LATE = ("sort", "cross_product_nested_loop")
_AT_HAND = ("list", "tuple", "set", "frozenset", "dict", "range", "str", "bytes", "deque")


def _is_collection(type_: Type | None) -> bool:
    """Whether iterating over an expression neither waits nor computes for long."""
    if type_ is None:
        return False
    if type_.kind in ("tuple", "vartuple"):
        return True
    name = (type_.name or "").partition("[")[0].removeprefix("builtins.")
    return name in (*_AT_HAND, "collections.deque", "collections.abc.Sequence", "typing.Sequence")
