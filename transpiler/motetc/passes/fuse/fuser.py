"""Fusion at one role: every driver becomes one loop, with everything downstream of it inlined in the loop's body.

A driver is what elements come from at this role: a local source, a timer, a stream that arrives. Elements are *pushed*
from it to sends, sinks and state. What has a value at any time (singletons and their kin) is *pulled*: an expression
over state, read where it is needed. State is a local variable of the function. Where several pushes meet, what follows
is a local function that each of them calls. (Push and pull as in DFIR, Hydro's runtime; fusion as in stream fusion.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import libcst as cst

from motetc.ir.live import Live
from motetc.ir.pieces import Fused, Touch
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.declared import say_first
from motetc.passes.fuse.emitter import Emitter, Then
from motetc.passes.fuse.ends import Ends
from motetc.passes.fuse.graph import STREAMS, waited
from motetc.passes.fuse.instants import stages
from motetc.passes.fuse.names import may_be_none
from motetc.passes.fuse.nesting import Nesting
from motetc.passes.fuse.plainer import renumber
from motetc.passes.fuse.results import fused, write_results
from motetc.passes.fuse.tidy import tidy
from motetc.passes.fuse.turns import Turn, finish_turns, one_at_a_time, take_turns, takes_turns
from motetc.passes.fuse.wishes import Wishes
from motetc.passes.nameless import NOBODY

if TYPE_CHECKING:
    from motetc.passes.fuse.slice_code import SliceCode


@dataclass(slots=True, kw_only=True)
class Fuser(Nesting):
    """Fuses one flow at one role."""

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

    def run(self) -> Fused:
        """The code of this role."""
        given = self.taken
        self.free_names()
        meant = set(self.taken)
        self.endings, self.wishes = Ends(self), Wishes(self)
        self.plan()
        self.stages = stages(self)
        self.find_whole()
        self._free_items()
        kept = self.turn.kept(self) if self.turn is not None else None
        self.kept = {kept.uid} if kept is not None else set()
        self._declare()
        mine = [x for x in self.flow.lives if x.role == self.role]
        self._share([x for x in mine if self.is_shared(x)])
        self._start(mine)
        self._drive()
        take_turns(self, None, "", self.body)
        write_results(self, self.body)
        finish_turns(self, [self.body])
        read = {c.name for c in self.flow.collects}
        nobody = self.fresh("unused") if NOBODY in self.said else NOBODY
        tidy(self.state, self.functions, self.body, read, nobody)
        for code in (*self.functions, self.body):
            say_first(code, self.result_types, self.annotation)
        parts = [self.state, *self.functions, self.body]
        fixed = meant | read | self._named_in_turn()
        made = renumber(self.state, self.functions, self.body, fixed)
        given |= set(self.body.names) | self.taken | made
        return fused(self, parts)

    def _free_items(self) -> None:
        """What an `async for` calls the items of an element is free for them where its body stands in their loop."""
        turn = self.turn
        if turn is not None and not turn.idle and turn.is_inline(self):
            self.taken -= turn.items
            self.loops |= turn.items

    def _named_in_turn(self) -> set[str]:
        turn = self.turn
        return {turn.flag, turn.list, turn.held, turn.said} if turn is not None else set()

    def _declare(self) -> None:
        for live in self.flow.lives:
            if live.role == self.role:
                self.emitter(live).declare(self, live)
        for hop in self.sent():
            if hop.uid not in self.inline_sends:
                self.touches.append(Touch(hop.uid, "send", ", ".join(hop.receivers)))
        for collect in self.flow.collects:
            if collect.live.role == self.role:
                self.declare_collect(collect)

    def _start(self, mine: Sequence[Live]) -> None:
        """Constants, and what is there before the first element."""
        from motetc.passes.fuse.slices import run_left

        for live in self.first:
            if live.op == "singleton":
                self.loop(live, self.body)
        for live in reversed(mine):  # who takes something has said what it is without it
            self.emitter(live).start(self, live, self.body)
        run_left(self, self.body)
        self.send_all(self.body)
        take_turns(self, None, "", self.body)

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

    def _share(self, lives: Sequence[Live]) -> None:
        """Functions of what follows; nothing is shared where that is a line or two."""
        for live in reversed(lives):
            commented = set(self.commented)
            code = Code(depth=1)
            given, element = self.given(live, code)
            self.push_on(live, element, code)
            one_at_a_time(self, live, 0, code)
            if len(code.lines) > 2 or (code.awaits and len(code.lines) > 1):
                hint = live.name or live.op
                made = "" if live.name else self.becomes(live)
                told = f"push_{made}" if made and made not in self.awaited_as else ""
                name = self.fresh(*filter(None, (told, hint, f"push_{hint}")))
                self.shared[live.uid] = name
                self.function(name, ", ".join(self.parameters(live, given, code)), code, live.span)
            else:
                self.commented = commented

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

    # Ends

    def end(self, live: Live, code: Code) -> None:
        """A node has ended: tell whoever waits for that."""
        self.endings.end(live, code)

    # Loops

    def _drive(self) -> None:
        """The loops: they stand in the function itself; several that run concurrently are functions."""
        for live in self.first:
            if live.op != "singleton":
                self.loop(live, self.body)
                self.endings.close_others(live, self.body)
        beside = [f"{self.variables[x.uid]}.run()" for x in self.rest if self.resolves(x)]
        if len(self.sequences) == 1 and not beside:
            for live in self.sequences[0]:
                self.loop(live, self.body)
        elif self.rest:
            calls = [f"{self._function_of(x)}()" for x in self.sequences]
            self.body.line(f"await {self.net}.concurrently({', '.join(calls + beside)})")
        self.over = True
        self.endings.finish(self.body)

    def _function_of(self, drivers: Sequence[Live]) -> str:
        """A function with the loops of one driver after the other."""
        code = Code(depth=1)
        name = self.fresh(self.loop_name(drivers[0]))
        for live in drivers:
            self.loop(live, code)
        self.function(name, "", code, drivers[0].span)
        return name

    def loop(self, live: Live, code: Code) -> None:
        """One driver's loop, what has to follow each batch, and what has to follow its end."""
        from motetc.passes.fuse.drivers import drive
        from motetc.passes.fuse.slices import run_left

        self.comment(live, code)
        lock = self.turn.lock(self, live) if self.turn is not None else ""
        start = len(code.lines)
        drive(self, live, code)
        if lock:
            code.wrap_loop(start, f"async with {lock}:")
        start = len(code.lines)
        if self.comes_to_end(live) or self.may_close(live):
            self.end(live, code)
        run_left(self, code)
        self.send_all(code)
        take_turns(self, None, "", code)
        if lock and takes_turns(code.lines[start:]):
            code.wrap(start, code.depth, f"async with {lock}:")

    def begin(self, live: Live, code: Code) -> None:
        """Before a batch."""
        from motetc.passes.fuse.slices import begin

        begin(self, live, code)

    def flush(self, live: Live, code: Code, batch: str = "") -> None:
        """After a batch: run the slices that it has left something for, send what there is, then take turns."""
        from motetc.passes.fuse.slices import run_slices

        run_slices(self, live, code)
        if batch:
            self.send_whole(live, batch, code)
        self.send_all(code)
        self.endings.after_batch(live, code)
        take_turns(self, live, batch, code)
