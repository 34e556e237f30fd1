"""Fusion at one role: every driver becomes one loop, with everything downstream of it inlined in the loop's body.

A driver is what elements come from at this role: a local source, a timer, a stream that arrives. Elements are *pushed*
from it to sends, sinks and state. What has a value at any time (singletons and their kin) is *pulled*: an expression
over state, read where it is needed. State is a local variable of the function. Where several pushes meet, what follows
is a local function that each of them calls. (Push and pull as in DFIR, Hydro's runtime; fusion as in stream fusion.)
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.emitter import Emitter, Then
from motetc.passes.fuse.ends import Ends
from motetc.passes.fuse.graph import STREAMS, waited
from motetc.passes.fuse.names import may_be_none
from motetc.passes.fuse.nesting import Nesting
from motetc.passes.fuse.turns import Turn
from motetc.passes.fuse.wishes import Wishes

if TYPE_CHECKING:
    from motetc.passes.fuse.slice_code import SliceCode


@dataclass(slots=True, kw_only=True)
class Fuser(Nesting):
    """What operators ask of the flow that is fused: to push elements on, to give values, to end."""

    is_cluster: Callable[[str], bool]
    said: Set[str]  # what the choreography reads
    bound: Set[str]  # … binds
    emitter: Callable[[Live], Emitter]
    body: Code = field(default_factory=Code)
    finals: dict[int, Value] = field(default_factory=dict)  # uid -> value that changes no more
    final_in: dict[int, Code] = field(default_factory=dict)  # uid -> the code that finds it out
    over: bool = False  # what is written runs when all loops have ended
    only: Value | None = None  # the one key whose entries are gone through
    newest: dict[int, Value] = field(
        default_factory=dict
    )  # uid -> its value, if that has a name here
    done: bool = False  # all loops are written
    slices: dict[int, SliceCode] = field(default_factory=dict)
    stages: list[list[Live]] = field(default_factory=list)  # see `instants.stages`
    begun: int = 0  # the line at which the loop that is being written begins
    turn: Turn | None = None
    localize_statement: Callable[[cst.BaseStatement], cst.BaseStatement]
    endings: Ends = field(init=False)
    wishes: Wishes = field(init=False)

    # Pushing

    def push(self, live: Live, element: Element, code: Code) -> None:
        """An element leaves a node: on to whatever is done with it."""
        if live.uid in self.shared:
            name = self.shared[live.uid]
            code.line(self.call(name, self.arguments(live, element)), live.span)
            code.unsent |= self.unsent[name]
            return
        self.push_on(live, element, code)

    def push_on(self, live: Live, element: Element, code: Code) -> None:
        """The same, past the function that pushes have in common."""
        consumers = list(self.consumers(live))
        hops, collects = self.hops_of(live), self.collects_of(live)
        if not (consumers or hops or collects):
            self.discard(element.value, code)
        several = len(consumers) + len(hops) + len(collects) > 1
        if several:
            element = self._for_several(live, element, code)
        for collect in collects:
            self.keep(collect, element, code)
        waiting = [h for h in hops if h.uid not in self.whole]
        for consumer, index in consumers:
            while live.lent and waiting and waiting[0].uid < consumer.uid:
                self.put(waiting.pop(0), element, code)
            self.comment(consumer, code)
            outer, code.here = code.here, consumer.span
            with self.wishes.branch(consumer, several, code):
                self.emitter(consumer).element(self, consumer, index, element, code)
            code.here = outer
        for hop in waiting:
            self.put(hop, element, code)

    def _for_several(self, live: Live, element: Element, code: Code) -> Element:
        """The element under names, for several things to be done with it; a tuple that all take apart needs none."""
        value, items = element.value, element.value.parts
        hints = [self.emitter(c).takes_apart(self, c, i) for c, i in self.consumers(live)]
        if not items or not all(p.atomic for p in items):
            value = self.bind(value, self.hint(live), code, element.sole)
            items = self.split(value, max(hints), code, False) if sum(map(bool, hints)) > 1 else ()
        elif not self.items_wanted(live):
            value = self.bind(value, self.hint(live), code, element.sole)
        code.busy |= {p.text for p in items}
        value = Value(value.text, value.atomic, value.type, items)
        key = element.key and self.bind(element.key, "key", code, element.sole)
        if key is not None and element.key is not None and all(p.atomic for p in element.key.parts):
            code.busy |= {p.text for p in element.key.parts}
            key = replace(key, parts=element.key.parts)
        return Element(value, key, sole=False)

    def items_wanted(self, live: Live) -> tuple[str, ...]:
        """Names for the items of a node's elements, if all that is done with them takes them apart."""
        if self.hops_of(live) or self.collects_of(live) or live.uid in self.shared:
            return ()
        emitters = [(self.emitter(c), c, i) for c, i in self.consumers(live)]
        wanted = [emitter.takes_apart(self, c, i) for emitter, c, i in emitters]
        names = next(filter(None, wanted), ())
        apart = all(
            w or e.picks(self, c, names) for w, (e, c, _) in zip(wanted, emitters, strict=True)
        )
        return names if apart else ()

    def is_shared(self, live: Live) -> bool:
        """Whether pushes meet here, so that what follows is a function."""
        if live.shape not in STREAMS or live.hop is not None or not self.uses(live):
            return False
        return self.emitter(live).sites(self, live) > 1

    def is_sole(self, live: Live) -> bool:
        """Whether one driver has all its elements go to this node, from one place, and nowhere else."""
        node = live
        while not self.is_driver(node):
            streams = [s for s in node.sources if s.shape in STREAMS]
            if len(streams) != 1 or self.uses(streams[0]) != 1:
                return False
            if node is not live and self.emitter(node).sites(self, node) > 1:
                return False
            node = streams[0]
        return True

    def is_direct(self, live: Live) -> bool:
        """Whether a `break` where a node has had enough leaves the loop of its driver."""
        driver = next((x for x in self.upstream(live) if self.is_driver(x)), None)
        if driver is None or not self.is_sole(live) or driver.hop is not None:
            return False
        loops = ("flat", "transform")
        if any(x.op.startswith(loops) or waited(x) is not None for x in self.upstream(live)):
            return False
        return driver.op in ("every", "spin") or self.is_plain(driver)

    def is_plain(self, live: Live) -> bool:
        """Whether a driver is a plain loop over an iterable of the user's: nothing has to run meanwhile."""
        if live.op != "source" or (live not in self.first and len(self.sequences) > 1):
            return False
        if self.turn is not None and not self.turn.stands_alone(self, live):
            return False
        found, below = self.type_of(live.arguments["elements"].expr), self.run_by(live)
        if found is None or "Async" in found.name:
            return False
        batches = ("sliced", "reply", "end_atomic")
        return not any(self.hops_of(x) or x.op in batches for x in below)

    # Pulling

    def read(self, live: Live, code: Code, final: bool = False) -> Value:
        """The present value of a singleton and its kin. `final`: what is written runs when that is final."""
        if self._is_final(live, code, final):
            return self.finals[live.uid]
        if self.done and live.shape in ("singleton", "optional") and self.uses(live) > 1:
            self.final(live, code)
            if live.uid in self.finals:
                return self.finals[live.uid]
        return self.emitter(live).read(self, live, code)

    def _is_final(self, live: Live, code: Code, final: bool = False) -> bool:
        """Whether the value is known that changes no more, and what is written runs when it is."""
        where = self.final_in.get(live.uid, code)
        return live.uid in self.finals and (final or self.over or where in (code, self.body))

    def final(self, live: Live, code: Code) -> None:
        """A singleton changes no more: what its functions make of it is computed once."""
        if live.uid in self.finals:
            return
        self.final_in[live.uid] = code
        value = self.emitter(live).read(self, live, code)
        kind = self.value_type(live)
        if value.atomic and code is self.body and value.text not in self.variables.values():
            self.finals[live.uid] = value  # it has been made just now
        if value.atomic or (value.present and may_be_none(kind)):
            return
        name = self.result_name(live) or self.fresh(self.state_name(live))
        said = self.annotation(kind) + (" | None" if value.present else "")
        if code is not self.body:
            self.state.line(f"{name}: {said}", live.span)
        code.assign(name, f"= {value.maybe}", live.span)
        present = f"{name} is not None" if value.present else ""
        self.finals[live.uid] = Value(name, True, kind, present=present)

    def changed(self, live: Live, code: Code, key: Value | None = None) -> None:
        """A value has changed: tell whoever watches it."""
        for consumer, index in self.consumers(live):
            if index != waited(consumer):  # which looks at the final value alone
                self.emitter(consumer).changed(self, consumer, key, code)

    def entries(self, live: Live, code: Code, then: Then) -> None:
        """Go through the present entries of a keyed singleton; the final ones, if there are such."""
        if self.only is None and self._is_final(live, code):
            self.each_entry(live, self.finals[live.uid].text, code, then)
        else:
            self.emitter(live).entries(self, live, code, then)

    def each_entry(self, live: Live, table: str, code: Code, then: Then) -> None:
        """Go through a dict."""
        names = self.entry_names(live, code)
        with code.loop(names, f"{table}.items()", live.span):
            key = Value(names[0], True, self.key_type(live))
            then(Element(Value(names[1], True, self.element_type(live)), key, sole=True), code)

    def entry(self, live: Live, key: Value, code: Code, then: Then) -> None:
        """The present entry of one key, which is there."""
        outer, self.only = self.only, key
        self.emitter(live).entries(self, live, code, then)
        self.only = outer

    # Batches, and ends

    def begin(self, live: Live, code: Code) -> None:
        """Before a batch."""
        raise NotImplementedError

    def flush(self, live: Live, code: Code, batch: str = "") -> None:
        """After a batch: run the slices that it has left something for, send what there is, then take turns."""
        raise NotImplementedError

    def end(self, live: Live, code: Code) -> None:
        """A node has ended: tell whoever waits for that."""
        self.endings.end(live, code)
