"""Fusion at one role: every driver becomes one loop, with everything downstream of it inlined in the loop's body.

A driver is what elements come from at this role: a local source, a timer, a stream that arrives. Elements are *pushed*
from it to sends, sinks and state. What has a value at any time (singletons and their kin) is *pulled*: an expression
over state, read where it is needed. State is a local variable of the function. Where several pushes meet, what follows
is a local function that each of them calls. (Push and pull as in DFIR, Hydro's runtime; fusion as in stream fusion.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.ir.live import Live
from motetc.ir.pieces import Fused
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.leaving import Leaving

if TYPE_CHECKING:
    from motetc.passes.fuse.slices import SliceCode


class Emitter(Protocol):
    """How one operator becomes code."""

    def declare(self, fuser: Fuser, live: Live) -> None:
        """Declare the operator's state."""

    def element(self, fuser: Fuser, live: Live, index: int, element: Element, code: Code) -> None:
        """An element has come on input `index`."""

    def ended(self, fuser: Fuser, live: Live, code: Code) -> None:
        """All inputs have ended."""

    def read(self, fuser: Fuser, live: Live, code: Code) -> Value:
        """The present value of a singleton, an optional or a keyed singleton."""

    def drive(self, fuser: Fuser, live: Live, code: Code) -> None:
        """Write the loop of an operator that a clock drives."""


@dataclass(slots=True, kw_only=True)
class Fuser(Leaving):
    """Fuses one flow at one role."""

    is_cluster: Callable[[str], bool]
    emitter: Callable[[Live], Emitter]
    functions: list[Code] = field(default_factory=list)
    shared: dict[int, str] = field(default_factory=dict)  # uid -> function for what follows
    commented: set[int] = field(default_factory=set)
    slices: dict[int, SliceCode] = field(default_factory=dict)
    localize_statement: Callable[[cst.BaseStatement], cst.BaseStatement]

    def run(self) -> Fused:
        """The code of this role."""
        mine = [x for x in self.flow.lives if x.role == self.role]
        for live in mine:
            self.emitter(live).declare(self, live)
        for hop in self.sent():
            if hop.uid not in self.inline_sends:
                self.declare_hop(hop)
        for collect in self.flow.collects:
            if collect.live.role == self.role:
                self.declare_collect(collect)
        drivers = [x for x in self.flow.lives if self.is_driver(x) and self.leads(x)]
        for live in mine:
            if self.is_shared(live):
                self.share(live)
        body = self.drive(drivers)
        results = self.results()
        return self.fused([self.state, *self.functions, body, results])

    # Pushing

    def push(self, live: Live, element: Element, code: Code) -> None:
        """An element leaves a node: on to whatever is done with it."""
        if live.uid in self.shared:
            parts = [p for p in (element.key, element.value) if p is not None]
            name = self.shared[live.uid]
            code.line(f"{name}({', '.join(p.text for p in parts)})", live.span)
            return
        self.push_on(live, element, code)

    def push_on(self, live: Live, element: Element, code: Code) -> None:
        """The same, past the function that pushes have in common."""
        consumers = list(self.consumers(live))
        hops, collects = self.hops_of(live), self.collects_of(live)
        if len(consumers) + len(hops) + len(collects) > 1:
            value = self.bind(element.value, self.hint(live), code, element.sole)
            key = element.key and self.bind(element.key, "key", code, element.sole)
            element = Element(value, key, sole=False)
        for collect in collects:
            self.keep(collect, element, code)
        for consumer, index in consumers:
            self.comment(consumer, code)
            self.emitter(consumer).element(self, consumer, index, element, code)
        for hop in hops:
            self.put(hop, element, code)

    def share(self, live: Live) -> None:
        """Make a function of what follows a node."""
        name = self.fresh(live.name or live.op)
        code = Code(depth=1)
        names = [self.element_name(live, code)]
        given = [f"{names[0]}: {self.annotation(self.element_type(live))}"]
        element = Element(Value(names[0], True, self.element_type(live)))
        if live.shape == "keyed_stream":
            key = self.local("key", code)
            given.insert(0, f"{key}: {self.annotation(self.key_type(live))}")
            element = Element(element.value, Value(key, True, self.key_type(live)))
        self.push_on(live, element, code)
        self.shared[live.uid] = name
        self.function(f"def {name}({', '.join(given)}) -> None:", code, live.span)

    def comment(self, live: Live, code: Code) -> None:
        """The source's comments on a statement, once."""
        if live.uid not in self.commented:
            self.commented.add(live.uid)
            for text in (*live.leading, live.comment):
                if text:
                    code.line(text)

    # Ends

    def end(self, live: Live, code: Code) -> None:
        """A node has ended: tell whoever waits for that."""
        for consumer, _ in self.consumers(live):
            if not self.ends(consumer):
                continue
            waited = [s for s in consumer.sources if s.role == self.role]
            if len(waited) > 1:
                self._end_one(consumer, len(waited), code)
            else:
                self.emitter(consumer).ended(self, consumer, code)
        for hop in self.hops_of(live):
            code.line(f"await {self.endpoint(hop)}.end()", hop.span)

    def _end_one(self, live: Live, count: int, code: Code) -> None:
        """One of several inputs has ended."""
        hint = f"{live.name or live.op}_open"
        name = self.variables.get(-live.uid - 1)
        if name is None:
            name = self.variables[-live.uid - 1] = self.fresh(hint)
            self.state.line(f"{name} = {count}", live.span)
        code.assign(name, "-= 1", live.span)
        with code.block(f"if not {name}:"):
            self.emitter(live).ended(self, live, code)

    # Loops

    def drive(self, drivers: Sequence[Live]) -> Code:
        """The loops: one stands in the function itself, several are functions that run concurrently."""
        if len(drivers) == 1:
            code = Code()
            self.loop(drivers[0], code, alone=True)
            return code
        names: list[str] = []
        for live in drivers:
            code = Code(depth=1)
            names.append(self.fresh(self._loop_name(live)))
            self.loop(live, code, alone=False)
            self.function(f"async def {names[-1]}() -> None:", code, live.span)
        body = Code()
        if names:
            body.line(f"await {self.net}.concurrently({', '.join(f'{n}()' for n in names)})")
        return body

    def _loop_name(self, live: Live) -> str:
        if live.hop is not None:
            return f"receive_{self.flow.name_of(live.hop) or 'stream'}"
        return f"run_{live.name or live.op}"

    def function(self, header: str, code: Code, span: Span) -> None:
        """A function nested in this one."""
        made = Code()
        made.line("")
        made.line(header, span)
        outer = sorted(code.assigned)
        if outer:
            made.lines.append(type(code)().line_of(1, f"nonlocal {', '.join(outer)}"))
        made.lines += code.lines
        if not code.lines:
            made.lines.append(type(code)().line_of(1, "pass"))
        self.functions.append(made)

    def loop(self, live: Live, code: Code, alone: bool) -> None:
        """One driver's loop, what has to follow each batch, and what has to follow its end."""
        from motetc.passes.fuse.drivers import drive

        self.comment(live, code)
        drive(self, live, code, alone)
        if self.ends(live):
            self.end(live, code)

    def begin(self, live: Live, code: Code) -> None:
        """Before a batch."""
        from motetc.passes.fuse.slices import begin

        begin(self, live, code)

    def flush(self, live: Live, code: Code) -> None:
        """After a batch: run the slices that it has left something for, and send what there is."""
        from motetc.passes.fuse.slices import run_slices

        run_slices(self, live, code)
        self.send_all(live, code)

    def send_all(self, live: Live, code: Code) -> None:
        """Send what a node has left behind."""
        for node in self.reachable(live):
            for hop in self.hops_of(node):
                if hop.uid not in self.inline_sends:
                    self.send(hop, self.variables[hop.uid], code)

    # Results

    def results(self) -> Code:
        """The awaited values that are not there under their name yet."""
        code = Code()
        for collect in self.flow.collects:
            if collect.live.role != self.role or self.collects_of(collect.live):
                continue
            value = self.emitter(collect.live).read(self, collect.live, code)
            if value.text != collect.name:
                code.line(f"{collect.name} = {value.text}", collect.span)
        return code

    def fused(self, parts: Sequence[Code]) -> Fused:
        """Everything as one piece."""
        lines = [line for part in parts for line in part.lines]
        binds = frozenset(c.name for c in self.flow.collects if c.live.role == self.role)
        return Fused(
            "\n".join(x.written for x in lines),
            tuple(x.span for x in lines),
            self.flow.span,
            tuple(self.touches),
            tuple(self.types),
            frozenset(self.reads),
            binds,
        )
