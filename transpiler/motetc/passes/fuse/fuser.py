"""Fusion at one role: every driver becomes one loop, with everything downstream of it inlined in the loop's body.

A driver is what elements come from at this role: a local source, a timer, a stream that arrives. Elements are *pushed*
from it to sends, sinks and state. What has a value at any time (singletons and their kin) is *pulled*: an expression
over state, read where it is needed. State is a local variable of the function. Where several pushes meet, what follows
is a local function that each of them calls. (Push and pull as in DFIR, Hydro's runtime; fusion as in stream fusion.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.ir.live import Collect, Flow, Hop, Live
from motetc.ir.pieces import Fused, Touch
from motetc.ir.types import Type
from motetc.passes.fuse.code import Code, Element, Value
from motetc.passes.fuse.inline import hides, one_line, parameters, reads_first, substituted, uses

TypeOf = Callable[[cst.CSTNode], Type | None]
Localize = Callable[[cst.BaseExpression], cst.BaseExpression]


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


@dataclass(slots=True)
class Fuser:
    """Fuses one flow at one role. `taken` are the names that the function, its module and its builtins use."""

    flow: Flow
    role: str
    net: str
    module: SourceModule
    type_of: TypeOf
    localize: Localize
    is_cluster: Callable[[str], bool]
    emitter: Callable[[Live], Emitter]
    taken: set[str]
    state: Code = field(default_factory=Code)
    functions: list[Code] = field(default_factory=list)
    variables: dict[int, str] = field(default_factory=dict)  # uid -> state variable
    types: list[Type] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)
    shared: dict[int, str] = field(default_factory=dict)  # uid -> function for what follows
    commented: set[int] = field(default_factory=set)
    inline_sends: set[int] = field(default_factory=set)

    def run(self) -> Fused:
        """The code of this role."""
        mine = [x for x in self.flow.lives if x.role == self.role]
        for live in mine:
            self.emitter(live).declare(self, live)
        for hop in self.sent():
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

    # The graph at this role

    def is_driver(self, live: Live) -> bool:
        """Whether elements enter this role here."""
        if live.role != self.role:
            return False
        if live.hop is not None or live.op in _TIMED:
            return True
        return not live.sources and live.shape in ("stream", "keyed_stream")

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
        streams = ("stream", "keyed_stream")
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
        return any(True for _ in self.consumers(live)) or bool(
            self.hops_of(live) or self.collects_of(live)
        )

    def is_shared(self, live: Live) -> bool:
        """Whether pushes meet here, so that what follows is a function."""
        streams = [s for s in live.sources if s.shape in ("stream", "keyed_stream")]
        pushes = live.shape in ("stream", "keyed_stream") and live.hop is None
        return pushes and len(streams) > 1 and self.leads(live)

    # Names and types

    def fresh(self, hint: str) -> str:
        """A name that nothing else uses."""
        name, number = hint, 2
        while name in self.taken:
            name, number = f"{hint}_{number}", number + 1
        self.taken.add(name)
        return name

    def variable(self, live: Live, hint: str = "") -> str:
        """The state variable of a node: called as the source calls the node, if it does."""
        if live.uid not in self.variables:
            own = live.name and live.name not in self.variables.values() and not hint
            self.variables[live.uid] = (
                live.name if own else self.fresh(hint or live.name or live.op)
            )
        return self.variables[live.uid]

    def element_type(self, live: Live) -> Type | None:
        """The type of a node's elements or value."""
        found = self._args(live)
        return found[1 if live.shape.startswith("keyed") else 0] if found else None

    def key_type(self, live: Live) -> Type | None:
        """The type of a keyed node's keys."""
        found = self._args(live)
        return found[0] if found and live.shape.startswith("keyed") else None

    def _args(self, live: Live) -> tuple[Type, ...]:
        found = self.type_of(live.node)
        if found is not None and found.kind == "tuple" and live.part < len(found.args):
            found = found.args[live.part]
        return found.args if found is not None and found.name.startswith("motet.") else ()

    def annotation(self, type_: Type | None) -> str:
        """How generated code says a type: filled in when it is written."""
        if type_ is None:
            return "object"
        self.types.append(type_)
        return f"__type{len(self.types) - 1}__"

    # Expressions

    def text(self, expr: cst.BaseExpression) -> str:
        """An argument's text at this role."""
        local = self.localize(expr)
        self.reads |= names_of(local).reads
        return one_line(local)

    def apply(
        self, function: cst.BaseExpression, values: Sequence[Value], code: Code, sole: bool = True
    ) -> str:
        """The text of calling a function of the source: a lambda's body, or a call."""
        names = parameters(function) if isinstance(function, cst.Lambda) else None
        if names is None or len(names) != len(values):
            head = self.text(function)
            head = f"({head})" if isinstance(function, cst.Lambda) else head
            return f"{head}({', '.join(v.text for v in values)})"
        assert isinstance(function, cst.Lambda)
        body = self.localize(function.body)
        self.reads |= names_of(function).reads
        texts: dict[str, str] = {}
        for name, value in zip(names, values, strict=True):
            texts[name] = self._argument(body, name, value, code, sole)
        inner = frozenset(
            n for t in texts.values() for n in names_of(cst.parse_expression(t)).reads
        )
        if hides(body, inner | frozenset(n for n, t in texts.items() if n != t)):
            return f"({one_line(self.localize(function))})({', '.join(v.text for v in values)})"
        return substituted(body, texts)

    def _argument(
        self, body: cst.BaseExpression, name: str, value: Value, code: Code, sole: bool
    ) -> str:
        count = uses(body, name)
        if value.atomic or count == 0 or (count == 1 and reads_first(body, name)):
            return value.text if count or value.atomic else self.bind(value, name, code, sole).text
        return self.bind(value, name, code, sole).text

    def bind(self, value: Value, hint: str, code: Code, sole: bool = True) -> Value:
        """The value under a name, for reading it more than once."""
        if value.atomic:
            return value
        again = sole and hint in code.names and code.names[hint] == value.type
        name = hint if again and value.type is not None else self._local(hint, code)
        code.names[name] = value.type
        code.line(f"{name} = {value.text}")
        return Value(name, atomic=True, type=value.type)

    def _local(self, hint: str, code: Code) -> str:
        """A name for a variable of one loop."""
        name, number = hint, 2
        while name in self.taken or name in code.names:
            name, number = f"{hint}_{number}", number + 1
        return name

    def hint(self, live: Live) -> str:
        """What to call an element of a node: as the lambda that reads it does, else after its type."""
        for consumer, _ in self.consumers(live):
            for given in consumer.arguments.values():
                if isinstance(given.expr, cst.Lambda):
                    names = parameters(given.expr)
                    if names and names[-1] != "_":
                        return names[-1]
        found = self.element_type(live)
        if found is not None and found.kind == "class":
            return _snake(found.name.rpartition(".")[2])
        return "item"

    def element_name(self, live: Live, code: Code) -> str:
        """A loop variable for the elements of a node."""
        name = self._local(self.hint(live), code)
        code.names[name] = self.element_type(live)
        return name

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
            key = self._local("key", code)
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
        if live.bounded:
            self.end(live, code)

    def flush(self, live: Live, code: Code) -> None:
        """After a batch: send what it has left behind."""
        for node in self.reachable(live):
            for hop in self.hops_of(node):
                if hop.uid not in self.inline_sends:
                    self.send(hop, self.variables[hop.uid], code)

    # Leaving this role

    def declare_hop(self, hop: Hop) -> None:
        """The elements that wait to be sent."""
        live = self.flow.arrival(hop).inputs[0]
        hint = self.flow.name_of(hop) or f"to_{hop.receivers[0]}"
        self.variables[hop.uid] = self.fresh(hint if hint not in self.taken else f"{hint}_out")
        self.touches.append(Touch(hop.uid, "send", ", ".join(hop.receivers)))
        item = self.annotation(self.sent_type(hop, live))
        self.state.line(f"{self.variables[hop.uid]}: list[{item}] = []", hop.span)

    def sent_type(self, hop: Hop, live: Live) -> Type | None:
        """The type of what travels, of `demux` with the member that it is for."""
        value, key = self.element_type(live), self.key_type(live)
        if key is not None and value is not None:
            return Type("tuple", args=(key, value))
        return value

    def put(self, hop: Hop, element: Element, code: Code) -> None:
        """Have an element sent, with its batch or, where it is alone, at once."""
        text = element.value.text
        if element.key is not None:
            text = f"({element.key.text}, {text})"
        if code.single == code.depth and self._only_here(hop):
            self.inline_sends.add(hop.uid)
            self.state.lines = [
                x for x in self.state.lines if not x.text.startswith(f"{self.variables[hop.uid]}:")
            ]
            self.send(hop, f"[{text}]", code)
        else:
            code.line(f"{self.variables[hop.uid]}.append({text})", hop.span)

    def _only_here(self, hop: Hop) -> bool:
        drivers = [x for x in self.flow.lives if self.is_driver(x)]
        live = self.flow.arrival(hop).inputs[0]
        return sum(1 for d in drivers if live in self.reachable(d)) == 1

    def send(self, hop: Hop, batch: str, code: Code) -> None:
        """Send a batch."""
        peers = ", ".join(hop.receivers)
        where = f"# → {peers}, {self.module.relative}:{hop.span.line}"
        code.line(f"await {self.endpoint(hop)}.send({batch})  {where}", hop.span)

    def endpoint(self, hop: Hop) -> str:
        """The placeholder of a stream's endpoint."""
        return f"{self.net}.__op{hop.uid}__"

    # Results

    def declare_collect(self, collect: Collect) -> None:
        """A list for the elements of a stream that is awaited whole; a dict of lists for a keyed one."""
        live = collect.live
        if not self.collects_of(live) or -1 - collect.span.line in self.variables:
            return
        item = self.annotation(self.element_type(live))
        name = collect.name
        if live.shape == "keyed_stream":
            key = self.annotation(self.key_type(live))
            self.state.line(f"{name}: dict[{key}, list[{item}]] = {{}}", collect.span)
        else:
            self.state.line(f"{name}: list[{item}] = []", collect.span)

    def keep(self, collect: Collect, element: Element, code: Code) -> None:
        """Keep an element for the result."""
        if element.key is not None:
            head = f"{collect.name}.setdefault({element.key.text}, [])"
            code.line(f"{head}.append({element.value.text})", collect.span)
        else:
            code.line(f"{collect.name}.append({element.value.text})", collect.span)

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
            "\n".join(f"{'    ' * x.depth}{x.text}" if x.text else "" for x in lines),
            tuple(x.span for x in lines),
            self.flow.span,
            tuple(self.touches),
            tuple(self.types),
            frozenset(self.reads),
            binds,
        )


_TIMED = frozenset({"sample_every"})  # operators that a clock drives


def _snake(name: str) -> str:
    text = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    return text.strip("_")
