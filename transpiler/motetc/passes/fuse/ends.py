"""Ends: of inputs, of nodes, and of the wish for more.

A node has ended when all its inputs have. Where their ends stand one after the other in the code, what follows is
written after the last of them; where they come from loops that run at the same time, a variable counts them down.
A node that is full (`take`, `first`) wants no more, and a loop whose elements nobody wants is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from motetc.ir.live import Live
from motetc.passes.fuse.code import Code, Line
from motetc.passes.fuse.graph import gives_at_end, is_alone

if TYPE_CHECKING:
    from motetc.passes.fuse.fuser import Fuser


@dataclass(slots=True)
class Ends:
    """What has been written of ends so far."""

    fuser: Fuser
    marks: dict[int, set[tuple[int, int]]] = field(
        default_factory=dict
    )  # inputs whose end is written
    after: dict[int, Code] = field(default_factory=dict)  # uid -> what follows a counted end
    counters: dict[int, str] = field(default_factory=dict)  # uid -> variable that counts down
    functions: dict[int, str] = field(default_factory=dict)  # uid -> function for an early end
    told: dict[int, str] = field(default_factory=dict)  # uid -> variable: whether its end was told
    closed: set[int] = field(default_factory=set)  # hops that have been ended somewhere
    last: list[Live] = field(default_factory=list)  # nodes that end when all loops have
    lasting: set[int] = field(default_factory=set)  # their uids, of those that have ended as well

    # Ends of nodes

    def end(self, live: Live, code: Code) -> None:
        """A node has ended: tell whoever waits for that."""
        fuser = self.fuser
        if fuser.is_read_again(live):
            fuser.final(live, code)
        for consumer, index in fuser.consumers(live):
            clocked = fuser.is_clocked(consumer)
            if index in fuser.ending(consumer) and self._matters(consumer) and not clocked:
                self._end_input(consumer, index, code)
        sent = set(code.unsent)
        fuser.send_all(code)
        for hop in fuser.hops_of(live):
            if code.early and hop.uid not in sent | fuser.inline_sends | fuser.whole:
                fuser.send(hop, fuser.waiting(hop), code)
            code.line(f"await {fuser.endpoint(hop)}.end()", hop.span)
            self.closed.add(hop.uid)
        if fuser.resolves(live) and len(circle := fuser.circle(live)) > 1:
            self._end_heads(
                [x for x in circle if x is not live], code
            )  # nothing goes round any more

    def _end_input(self, live: Live, index: int, code: Code) -> None:
        fuser = self.fuser
        emitter = fuser.emitter(live)
        emitter.input_ended(fuser, live, index, code)
        if not (fuser.comes_to_end(live) or fuser.may_close(live)):
            return
        circle = fuser.circle(live)
        inside = [i for i in fuser.ending(live) if live.sources[i] in circle]
        if live.sources[index] in circle and fuser.resolves(live):
            return  # what is under way may come round again
        if index in inside:
            marks = self.marks.setdefault(live.uid, set())
            marks.add((live.uid, index))
            if marks >= {(live.uid, i) for i in inside}:
                emitter.ended(fuser, live, code)
        elif any(map(self._finishes, circle)):
            self._came_to_end(circle, (live.uid, index), code)

    def _came_to_end(self, circle: list[Live], ended: tuple[int, int], code: Code) -> None:
        """An input has ended of a node that is in no cycle, or of a cycle: it goes on until all of its inputs have."""
        inputs = self._inputs(circle)
        head = next((x for x in circle if x.shape == "slice"), circle[0])
        marks = self.marks.setdefault(head.uid, set())
        marks.add(ended)
        if len(inputs) == 1 or self._is_in_sequence(circle):
            if marks >= {(x.uid, index) for x, index in inputs}:
                self._ended(circle, code)
        elif any(map(self.fuser.resolves, circle[1:])) or not self._is_last(circle):
            self._count_down(circle, head, len(inputs), code)
        elif head.uid not in self.lasting:
            self.lasting.add(head.uid)
            self.last.append(head)

    def _inputs(self, circle: list[Live]) -> list[tuple[Live, int]]:
        """The inputs from outside."""
        return [(x, i) for x in circle for i in self.fuser.ending(x) if x.sources[i] not in circle]

    def _ended(self, circle: list[Live], code: Code) -> None:
        """A cycle has ended; one in which awaitables go round ends when none is under way."""
        resolving = [x for x in circle if self.fuser.resolves(x)] if len(circle) > 1 else []
        self._end_heads(resolving or circle, code)

    def _end_heads(self, circle: list[Live], code: Code) -> None:
        """The nodes that no other of these comes before; they tell the others."""
        for live in circle:
            if not any(live.sources[i] in circle for i in self.fuser.ending(live)):
                self.fuser.emitter(live).ended(self.fuser, live, code)

    def _finishes(self, live: Live) -> bool:
        """Whether the end of all inputs is anybody's business."""
        return self.fuser.emitter(live).finishes or self._ends_anything(live)

    def _count_down(self, circle: list[Live], live: Live, count: int, code: Code) -> None:
        fuser = self.fuser
        fuser.send_all(code)  # now, and not only if this is the last end
        if live.uid not in self.after:
            self._count(circle, live, count)
        after = self.after[live.uid]
        if not after.lines:  # its end is nobody's business after all
            return
        name = self.counters[live.uid]
        code.assign(name, "-= 1", live.span)
        with code.block(f"if not {name}:"):
            if live.uid in self.functions:
                code.line(fuser.call(self.functions[live.uid], ""), live.span)
            else:
                code.take(after)
        code.unsent |= after.unsent

    def _count(self, circle: list[Live], live: Live, count: int) -> None:
        """What follows an end that may come in several places: it is written once, as a function if it is long."""
        fuser, state = self.fuser, self.fuser.state.lines
        declared = len(state)
        hint = live.name or live.op
        name = self.counters[live.uid] = fuser.fresh(f"{hint}_open")
        early = any(fuser.ends_early(s) and not self._breaks_off(s) for s in self._sources(circle))
        after = self.after[live.uid] = Code(depth=1, early=early)
        with fuser.wishes.forgotten():
            self._ended(circle, after)
        if not after.lines:
            fuser.taken.discard(name)
            return
        state.insert(declared, Line(0, f"{name} = {count}", live.span))
        if len(after.lines) > 2:
            function = self.functions[live.uid] = fuser.fresh(f"end_{hint}")
            fuser.function(function, "", after, live.span)

    def _is_in_sequence(self, circle: list[Live]) -> bool:
        """Whether the ends of all inputs are written in the order in which they come."""
        fuser, sources = self.fuser, self._sources(circle)
        if any(fuser.ends_early(s) and not self._breaks_off(s) for s in sources):
            return False
        loops = {fuser.apart(fuser.drivers_of(s)) for s in sources}
        return len(loops - {frozenset()}) <= 1

    def _sources(self, circle: list[Live]) -> list[Live]:
        return [s for x in circle for s in x.sources if s not in circle]

    def _breaks_off(self, live: Live) -> bool:
        """Whether every early end upstream of a node is the end of its driver's loop."""
        early = [x for x in self.fuser.upstream(live) if self.fuser.ends_early(x)]
        return all(self.fuser.is_sole(x) for x in early)

    def _is_last(self, circle: list[Live]) -> bool:
        """Whether they end when all loops have."""
        fuser = self.fuser
        together = {x.uid for x in fuser.concurrent}
        bounded = all(x.bounded for x in fuser.concurrent)
        early = any(map(fuser.ends_early, self._sources(circle)))
        return bool(together) and together <= fuser.drivers_of(circle[0]) and bounded and not early

    def finish(self, code: Code) -> None:
        """After all loops: the ends that had to wait for them."""
        while self.last:
            live = next((x for x in self.last if not self._comes_later(x)), self.last[0])
            self.last.remove(live)
            self._ended(self.fuser.circle(live), code)

    def _comes_later(self, live: Live) -> bool:
        """Whether a node comes from another that ends when all loops have."""
        above = self.fuser.upstream(live)
        return any(x in above for x in self.last if x is not live)

    def _matters(self, live: Live) -> bool:
        """Whether anything is done at the end of a node."""
        fuser = self.fuser
        return any(fuser.emitter(x).late or fuser.hops_of(x) for x in fuser.reachable(live))

    # Early ends

    def end_early(self, live: Live, code: Code) -> None:
        """A node ends while its driver may go on; where what follows takes batches, it is told after this one."""
        if not self._waits_for_batch(live):
            self._tell(live, code)

    def end_open(self, live: Live, test: str, code: Code) -> None:
        """The inputs of a node have ended: it ends, if it has not before (`test`)."""
        if self._has_ended_before(live):
            return
        told = live.uid in self.told or self._waits_for_batch(live)
        test = f"not {self.is_told(live)}" if told else test
        with code.block(f"if {test}:", live.span):
            self._tell(live, code)
        if (
            live.uid in self.functions
        ):  # it has ended now, one way or the other, and all has been sent
            code.unsent -= self.closed

    def _has_ended_before(self, live: Live) -> bool:
        """Whether the inputs of a node never end, and the loops before it are left only when it has ended itself."""
        drivers = [x for x in self.fuser.upstream(live) if self.fuser.is_driver(x)]
        here = all(x.hop is None for x in drivers)  # else who sends may be lost
        endless = here and not any(map(self.fuser.comes_to_end, live.sources))
        return endless and not self.unwanted(live, hops=True)

    def after_batch(self, driver: Live, code: Code) -> None:
        """After slices have run, and what leaves has been sent: the ends of what has become full with this batch."""
        for live in self.fuser.reachable(driver):
            if not (self.fuser.may_end(live) and self._waits_for_batch(live)):
                continue
            full = self.fuser.emitter(live).full(self.fuser, live)
            with code.block(f"if {full} and not {self.is_told(live)}:", live.span):
                self._tell(live, code)

    def _waits_for_batch(self, live: Live) -> bool:
        """Whether a slice or the end of an atomic section comes after a node that may end within a batch: what it has
        given waits for them."""
        if not self.ends_apart(live):
            return False
        return any(x.op in ("sliced", "end_atomic") for x in self.fuser.reachable(live))

    def is_told(self, live: Live) -> str:
        """The variable that says whether the end of a node has been told."""
        name = self.told.get(live.uid)
        if name is None:
            name = self.told[live.uid] = self.fuser.fresh(f"{live.name or live.op}_over")
            self.fuser.state.line(f"{name} = False", live.span)
        return name

    def _tell(self, live: Live, code: Code) -> None:
        """The end of a node, from one of several places, so that it is a function."""
        if not self.ends_apart(live):
            return
        if live.uid not in self.functions:
            self._write_end(live)
        name = self.functions[live.uid]
        if not name:
            return
        code.line(self.fuser.call(name, ""), live.span)
        code.unsent |= self.fuser.unsent[name]

    def _write_end(self, live: Live) -> None:
        """The function, if there is anything to do but to remember that the end has been told."""
        late = self._waits_for_batch(live)
        inner = Code(depth=1, early=not late)
        if late or live.uid in self.told:
            inner.assign(self.is_told(live), "= True", live.span)
        start = len(inner.lines)
        with self.fuser.wishes.forgotten():
            self.end(live, inner)
        if len(inner.lines) == start:
            self.functions[live.uid] = ""
            flag, state = f"{self.told.get(live.uid)} = False", self.fuser.state.lines
            state[:] = [x for x in state if x.text != flag]
            return
        name = self.functions[live.uid] = self.fuser.fresh(f"end_{live.name or live.op}")
        self.fuser.function(name, "", inner, live.span)

    def ends_apart(self, live: Live) -> bool:
        """Whether a node's end is anybody's business, and may come before that of its driver's loop."""
        return not self.fuser.is_sole(live) and self._ends_anything(live)

    def _ends_anything(self, live: Live) -> bool:
        fuser = self.fuser
        return bool(fuser.hops_of(live)) or any(self._matters(c) for c, _ in fuser.consumers(live))

    # Nobody wants more

    def leave(self, live: Live, code: Code, hops: bool = False) -> None:
        """At the end of a turn of the loop that pushes a node's elements: leave it if nobody wants more.

        `hops`: after a batch, when a receiver's wish counts as well.
        """
        condition = self.unwanted(live, hops)
        if condition:
            with code.block(f"if {condition}:", live.span):
                if hops:
                    self._close_others(live, condition, code)
                code.line("break")

    def close_others(self, live: Live, code: Code) -> None:
        """After a loop over what is at hand: if nobody wants more of what others bring, either, do not wait for it."""
        condition = self.unwanted(live)
        inner = Code(depth=code.depth + 1)
        if condition:
            self._close_others(live, condition, inner)
        if inner.lines:
            with code.block(f"if {condition}:", live.span):
                code.lines += inner.lines

    def _close_others(self, live: Live, condition: str, code: Code) -> None:
        """Other loops may be waiting for a stream that stays silent, which nobody wants any more under a condition."""
        for other in self.fuser.rest:
            if other is live or other.hop is None or not self.fuser.may_close(other):
                continue
            wish = self.unwanted(other, hops=True)
            if wish == condition or set(wish.split(" and ")) < set(condition.split(" and ")):
                code.line(f"{self.fuser.endpoint(other.hop)}.close()", other.span)

    def unwanted(self, live: Live, hops: bool = False) -> str:
        """The condition under which nobody wants more of a node's elements; "" if that never comes."""
        return self._unwanted(live, hops, False, {})

    def _unwanted(
        self, live: Live, hops: bool, waits: bool, known: dict[tuple[int, bool], str]
    ) -> str:
        """The same of one node, which several ways may lead to. `waits`: nothing comes of them before the last one."""
        if (live.uid, waits) not in known:
            known[live.uid, waits] = ""  # if it comes round
            known[live.uid, waits] = self._found_unwanted(live, hops, waits, known)
        return known[live.uid, waits]

    def _found_unwanted(
        self, live: Live, hops: bool, waits: bool, known: dict[tuple[int, bool], str]
    ) -> str:
        fuser = self.fuser
        found: list[str] = []
        if fuser.is_read(live) or not fuser.uses(live):
            return ""
        turn = fuser.turn
        left = turn.over(fuser) if turn is not None and turn.breaks and hops else ""
        for consumer, _ in fuser.consumers(live):
            if turn is None or consumer is not turn.sink:
                after = waits and is_alone(consumer)
                found.append(self._is_full(consumer, hops, after, known))
            elif not turn.idle:
                found.append(left)
        for hop in fuser.hops_of(live):
            if turn is not None and turn.breaks and hop is turn.shared(fuser):
                found.append(left)
                continue
            arrivals = [x for x in fuser.flow.lives if x.hop is hop]
            closing = hops and all(fuser.may_close(x) for x in arrivals)
            found.append(f"not {fuser.endpoint(hop)}.wanted" if closing else "")
        if not all(found):
            return ""
        several = len(set(found)) > 1
        return " and ".join(
            f"({x})" if several and " or " in x else x for x in dict.fromkeys(found)
        )

    def below(self, live: Live) -> str:
        """The condition under which nobody wants more of what comes of a node, or it wants no more itself."""
        return self._is_full(live, False, False, {})

    def _is_full(
        self, live: Live, hops: bool, waits: bool, known: dict[tuple[int, bool], str]
    ) -> str:
        own = "" if waits else self.fuser.emitter(live).full(self.fuser, live)
        below = self._unwanted(live, hops, waits or gives_at_end(live), known)
        return " or ".join(dict.fromkeys(x for x in (own, below) if x))
