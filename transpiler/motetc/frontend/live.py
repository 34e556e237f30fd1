"""Recognises live collections: chains of operators that begin at a location's source or at a name bound to one.

Which expressions are live is a matter of syntax: `workers.spin()` is, and so is what is called on something live. The
statements that declare them become a graph, and the graph one `Flow` statement where its results are first awaited, or
where the choreography ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.model import Related
from motetc.frontend.live_feedback import feed, read_channel
from motetc.frontend.live_flows import acts, awaited_names, divide
from motetc.frontend.live_graph import LiveGraph
from motetc.frontend.live_hops import at_one_place, name_arrival, read_hop
from motetc.frontend.live_instead import wrapped
from motetc.frontend.live_ports import (
    read_membership,
    read_port,
    read_port_stream,
    read_reply,
)
from motetc.frontend.live_suggestions import made_of, suggestion
from motetc.frontend.scope import names_of
from motetc.ir.live import Collect, Given, Live
from motetc.ir.nodes import Flow, Seat, Turns
from motetc.ir.operators import OPERATORS, SOURCES, Operator, called, changed, taken

_ENDLESS = frozenset({"every", "spin", "membership", "channel", "port"})
_NETWORK = frozenset({"send", "broadcast", "demux", "round_robin", "share"})
_REKEYED = frozenset({"drop_key_prefix", "into_keyed", "entries", "keys", "values"})
_PROOFS = frozenset({"commutative", "idempotent", "monotone", "order_preserving"})


@dataclass(slots=True)
class LiveReader(LiveGraph):
    """Reads the live statements of one choreography into a graph that grows until it is `taken`."""

    # Building

    def bind(self, target: cst.BaseExpression, value: cst.BaseExpression) -> list[Live]:
        """The graph of `target = value`; the nodes made last, one for each name."""
        found = self.results(value)
        named = names_of(target).reads
        self.refused = self.refused - named if found else self.refused | named
        if len(found) == 1 and isinstance(target, cst.Name):
            self._name(target.value, found[0])
            name_arrival(found[0], target.value)
        elif isinstance(target, cst.Tuple) and len(target.elements) == len(found):
            for element, live in zip(target.elements, found, strict=True):
                if isinstance(element.value, cst.Name):
                    self._name(element.value.value, live)
        elif found:
            text, help = "a live collection is bound to a plain name", "give it a name"
            if found[0].shape == "feedback":
                text = "a channel has two ends, and each has a name"
                help = f"write `sender, received = {self.operations.module.code(value)}`"
            self.refuse(target, text, help)
            self.give_up(named)
        return found

    def _name(self, name: str, live: Live) -> None:
        self.names[name] = live
        if live.shape == "port":
            self.operations.doors[name] = live
        live.name = live.name or name

    def results(self, expr: cst.BaseExpression) -> list[Live]:
        """The results of a live expression: one, or two of an operator that gives a pair."""
        if isinstance(expr, cst.Name):
            return self._named(expr)
        if isinstance(expr, cst.Attribute):
            found = self.results(expr.value)
            return read_port_stream(self, expr, found[0]) if len(found) == 1 else []
        assert isinstance(expr, cst.Call)
        assert isinstance(expr.func, cst.Attribute)
        if self.is_source(expr):
            return self._source(expr, expr.func)
        if self.is_leaving(expr.func):
            return self.leaves[expr.func.value.value](expr)  # type: ignore[attr-defined]
        inputs = self.results(expr.func.value)
        if len(inputs) != 1:
            return []
        return self._operator(expr, expr.func.attr, inputs[0])

    def _named(self, expr: cst.Name) -> list[Live]:
        live = self.names.get(expr.value)
        if live is None:
            return []
        if live.uid in self.ended:
            self._has_run(expr, live)
            return []
        return [live]

    def _has_run(self, expr: cst.Name, live: Live) -> None:
        """A stream is consumed when it runs."""
        before = self.ended[live.uid]
        related = [Related(live.span, "declared here")]
        where = f"line {self.operations.module.own(before.line)}" if before is not None else "it"
        if before is not None:
            related.append(Related(before, "it has run before this"))
        self.operations.findings.error(
            "unsupported-syntax",
            self.operations.module.span(expr),
            f"`{expr.value}` has run already: pipelines run before the next statement that is no part of them",
            f"move this up, before {where}; or move that up, before the pipelines"
            if before
            else "declare it again",
            tuple(related),
        )

    def _source(self, call: cst.Call, func: cst.Attribute) -> list[Live]:
        op = func.attr.value
        seat = self.operations.seat(func.value)
        assert seat is not None
        if not self.whole(seat, func):
            return []
        found = self.arguments(call, SOURCES[op], op)
        if found is None or not self._are_values(found.values(), op):
            return []
        reads = {"channel": read_channel, "port": read_port, "membership": read_membership}
        if op in reads:
            return reads[op](self, call, seat.role, found)
        timed = "why" in SOURCES[op]
        if not self.complete(func.attr, found, SOURCES[op], frozenset({"why"}), timed):
            return []
        why = self.why(found, "why" in SOURCES[op], call, op)
        live = self.add(call, op, seat.role, "singleton" if op == "singleton" else "stream")
        live.bounded = op not in _ENDLESS
        live.arguments = {name: Given(expr) for name, expr in found.items()}
        live.why = why
        return [live]

    def whole(self, seat: Seat, func: cst.Attribute) -> bool:
        """Whether a location is no single member."""
        if seat.key:
            self.refuse(
                func,
                f"`{seat}` is one member: a live collection is at every member of a cluster",
                "declare it on the cluster, and filter by `me` if one member alone has elements",
            )
        return not seat.key

    def _operator(self, call: cst.Call, attr: cst.Name, base: Live) -> list[Live]:
        if base.shape == "feedback" and attr.value == "send":
            feed(self, call, base)
            return []
        if base.shape == "port" and attr.value == "reply":
            return read_reply(self, call, base)
        rule = OPERATORS.get((base.shape, attr.value))
        if rule is None:
            self._unknown(attr, base)
            return []
        if not at_one_place(self, base, attr, f"`{attr.value}`"):
            return []
        found = self.arguments(call, rule.params, rule.name, rule.why)
        if found is None:
            return []
        if rule.hop:
            return read_hop(self, call, rule, base, found)
        if not self.complete(attr, found, rule.params, rule.optional, rule.why):
            return []
        others = self._others(rule, found, base.role)
        given = [e for n, e in found.items() if not self._is_other(rule, n, e)]
        if others is None or not self._are_values(given, rule.name):
            return []
        proofs = {n: self.proof(found.pop(n), n) for n in sorted(_PROOFS & set(found))}
        why = self.why(found, rule.why, call, rule.name)
        made: list[Live] = []
        for part, shape in enumerate(rule.gives):
            maybe = rule.name == "zip" and any(o.shape == "optional" for o in others)
            live = self.add(call, rule.name, base.role, "optional" if maybe else shape)
            live.inputs = (base, *others)
            live.arguments = {
                n: Given(e) for n, e in found.items() if not self._is_other(rule, n, e)
            }
            live.proofs, live.why, live.part = proofs, why, part
            _guarantee(live, rule, base, others)
            made.append(live)
        return made

    def _are_values(self, given: Iterable[cst.BaseExpression], op: str) -> bool:
        """Whether what an operator is given mentions no live collection: its elements are not at hand there."""
        for expr in given:
            name = self.mentioned(expr)
            if name is not None:
                text = (
                    f"`{name}` is a live collection, and is used as a value in what `{op}` is given"
                )
                help = f"await it before (`await {name}.collect()`), or combine the two: `.cross_singleton({name})`"
                related = (Related(self.names[name].span, "a live collection"),)
                span = self.operations.module.span(expr)
                self.operations.findings.error("unsupported-syntax", span, text, help, related)
                return False
            begun = self.begun(expr)
            if begun is not None:
                text = f"a live collection is declared in what `{op}` is given"
                self.refuse(begun, text, "declare it in a statement before, and combine the two")
                return False
        return True

    def _others(
        self, rule: Operator, found: dict[str, cst.BaseExpression], role: str
    ) -> list[Live] | None:
        others: list[Live] = []
        for name in rule.params:
            if name in found and self._is_other(rule, name, found[name]):
                if not self.is_live(found[name]):
                    text = f"`{rule.name}` takes a live collection here"
                    self.refuse(found[name], text, wrapped(self, rule.name, role, found[name]))
                    return None
                made = self.results(found[name])[:1]
                if not made or not self._is_taken(rule, made[0], found[name]):
                    return None
                others += made
        return others

    def _is_taken(self, rule: Operator, other: Live, given: cst.BaseExpression) -> bool:
        """Whether another collection is of a kind that an operator takes."""
        wanted = taken(rule)
        if other.shape not in wanted:
            text = f"`{rule.name}` takes {' or '.join(map(called, wanted))} here, and this is {called(other.shape)}"
            help = made_of(other.shape, wanted[0])
            related = (Related(other.span, f"this is {called(other.shape)}"),)
            span = self.operations.module.span(given)
            self.operations.findings.error("unsupported-syntax", span, text, help, related)
        return other.shape in wanted

    def _is_other(self, rule: Operator, name: str, expr: cst.BaseExpression) -> bool:
        """Whether a parameter stands for a live collection."""
        return name in rule.others or (name in rule.either and self.is_live(expr))

    # Flows

    def collect(self, node: cst.Await, name: str) -> bool:
        """Have the flow bind `name` to the result that `node` awaits; False if what it is of was refused."""
        assert isinstance(node.expression, cst.Call)
        assert isinstance(node.expression.func, cst.Attribute)
        found = self.results(node.expression.func.value)
        if len(found) != 1 or not at_one_place(self, found[0], node, "`collect`"):
            return False
        found[0].name = found[0].name or name
        span = self.operations.module.span(node)
        self.collects.append(Collect(name, found[0], node, span))
        return True

    def loop_heads(self, node: cst.For) -> list[Live]:
        """What an `async for` loops over: a stream at each location that knows it."""
        found = self.results(node.iter)
        if len(found) != 1:
            return []
        hop = found[0].hop
        if hop is None or hop.kind != "share":
            return found
        return [*found[0].inputs, *(x for x in self.lives if x.hop is hop)]

    def take(self, at: cst.CSTNode | None = None, turns: Turns | None = None) -> Flow | None:
        """What has been declared so far and does something, to be run now, before `at`."""
        at_end = at is None or isinstance(at, cst.Return)
        divided = divide(self.lives, [c.live for c in self.collects], at_end)
        later = self._awaited_later(divided.idle)
        if later:
            self.collects += later
            divided = divide(self.lives, [c.live for c in self.collects], at_end)
        if not divided.running:
            return None
        self.lives = list(divided.waiting)
        self.idle += divided.idle
        running = divided.running
        spans = tuple(dict.fromkeys(x.span for x in running))
        first, called = running[0].span, self._called(running)
        flow = Flow(running, tuple(self.collects), first, spans, called, turns)
        self.collects = []
        span = self.operations.module.span(at) if at is not None else None
        self.ended |= {x.uid: span for x in (*running, *divided.idle)}
        return flow

    def _called(self, lives: Sequence[Live]) -> Mapping[str, str]:
        """What pipelines call those of their collections that have another name here."""
        lines = self.operations.module.map
        if lines is None:
            return {}
        known = [x for x in lives if x.name in lines.names]
        brought = [x.name for x in known if (at := lines.at(x.span.line)).call or at.given]
        return {name: lines.names[name] for name in brought}

    def _awaited_later(self, idle: Iterable[Live]) -> list[Collect]:
        """What hangs on a flow and is awaited after it: its value is kept under its own name."""
        named = [x for x in idle if self.names.get(x.name) is x and x.name in self._awaited()]
        self.kept |= {x.uid for x in named}
        return [Collect(x.name, x, x.node, x.span) for x in named]

    def _awaited(self) -> frozenset[str]:
        """The names of which `await name.collect()` stands anywhere in the choreography."""
        if self.awaited is None:
            self.awaited = frozenset(awaited_names(self.operations.choreography.node))
        return self.awaited

    def keeps(self, node: cst.Await) -> str | None:
        """The name under which a flow that has run kept what is awaited here."""
        if node in self.kept_nodes:
            return self.kept_nodes[node]
        assert isinstance(node.expression, cst.Call)
        assert isinstance(node.expression.func, cst.Attribute)
        value = node.expression.func.value
        live = self.names.get(value.value) if isinstance(value, cst.Name) else None
        return live.name if live is not None and live.uid in self.kept else None

    def runs_now(self, name: str) -> bool:
        """Whether a collection is part of what is to run, or hangs on it."""
        live = self.names.get(name)
        if live is None or live.uid in self.ended:
            return False
        divided = divide(self.lives, [c.live for c in self.collects], False)
        return live in divided.running or live in divided.idle

    @property
    def active(self) -> bool:
        """Whether anything declared so far does something."""
        return bool(self.collects) or acts(self.lives)

    # Findings

    def _unknown(self, attr: cst.Name, base: Live) -> None:
        if attr.value == "collect":
            text = f"`{self.operations.module.code(attr)}` is not awaited, so nothing would happen"
            span = self.operations.module.span(attr)
            self.operations.findings.error("not-awaited", span, text, "write `await ….collect()`")
            return
        if attr.value in _NETWORK:
            self._stays(attr, base)
            return
        self.operations.findings.error(
            "unsupported-syntax",
            self.operations.module.span(attr),
            f"{called(base.shape)} has no operator `{attr.value}`",
            suggestion(attr.value, base.shape),
            (Related(base.span, f"this is {called(base.shape)}"),),
        )

    def _stays(self, attr: cst.Name, base: Live) -> None:
        """Streams travel; what has one value at a time is collected or sampled first."""
        what = f"{called(base.shape)} has no operator `{attr.value}`"
        if base.shape == "keyed_stream":
            text, help = what, f"take it out of its keys first: `.values().{attr.value}(…)`"
        else:
            text = f"{what}: streams travel"
            into = "into_keyed_stream" if base.shape == "keyed_singleton" else "into_stream"
            help = f"make it a stream: `.{into}()` of a finite one, `.sample_every(seconds, nondet(…))` of any"
            if base.shape == "keyed_singleton":
                help = f"make it a stream: `.{into}()` of a finite one"
        related = (Related(base.span, f"this is {called(base.shape)}"),)
        span = self.operations.module.span(attr)
        self.operations.findings.error("unsupported-syntax", span, text, help, related)


def _guarantee(live: Live, rule: Operator, base: Live, others: list[Live]) -> None:
    live.ordered = changed(rule.ordered, base.ordered, [o.ordered for o in others])
    live.once = changed(rule.once, base.once, [o.once for o in others])
    live.bounded = changed(rule.bounded, base.bounded, [o.bounded for o in others])
    if live.shape not in ("stream", "keyed_stream"):
        live.ordered = live.once = True  # a value, however its elements came
    repeats = [x for x in (base, *others) if not x.once]
    sampled = rule.name in ("sample_every", "sample_eager")
    repeated = bool(repeats) and all(x.sampled for x in repeats)
    live.sampled = not live.once and (sampled or repeated)
    live.prefixed = rule.name == "prefix_key" or (base.prefixed and rule.name not in _REKEYED)
    live.atomic = base.atomic if rule.name != "atomic" else True
    if rule.name == "end_atomic":
        live.atomic = False
