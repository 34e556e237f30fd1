"""What is wrong with live statements, in the words of the language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.model import FOLLOWS, Related
from motetc.frontend.live import LiveReader
from motetc.frontend.live_flows import unused
from motetc.frontend.live_instead import instead, shape_of
from motetc.frontend.operations import Operations
from motetc.frontend.scope import names_of
from motetc.frontend.tree import children
from motetc.ir.live import Idle, Live, above, never_ends
from motetc.ir.nodes import Flow, For, Jump, Return, Stmt, While
from motetc.ir.walk import statements

_SINKS = frozenset({"for_each", "dest_sink", "reply"})


@dataclass(slots=True)
class LiveFindings:
    """For one choreography. `count`: the findings that there were before it."""

    operations: Operations
    reader: LiveReader
    count: int = field(init=False)

    def __post_init__(self) -> None:
        self.count = len(self.operations.findings)

    def nested(self, node: cst.CSTNode) -> None:
        """A live statement below another statement."""
        at = node.iter if isinstance(node, cst.For) else node
        if (reply := self._reply_in(node)) is not None:
            door = self.operations.module.code(reply.func.value)  # type: ignore[attr-defined]
            text = f"`{door}.reply` is given replies that keep coming, and is declared at the top level"
            self.refuse(
                at, text, f"one reply is a message: `await {door}.{self._one_reply(door, reply)}`"
            )
            return
        self.refuse(
            at,
            "a live collection is declared or used inside another statement",
            "declare and use it at the top level of a choreography of its own, and call that here",
        )

    def _reply_in(self, node: cst.CSTNode) -> cst.Call | None:
        """A call of a port's `reply` anywhere in a statement."""
        match node:
            case cst.Call(func=cst.Attribute(value=cst.Name(name), attr=cst.Name("reply"))):
                if name in self.operations.doors:
                    return node
        return next((f for c in children(node) if (f := self._reply_in(c)) is not None), None)

    def _one_reply(self, door: str, call: cst.Call) -> str:
        """How one reply is sent that was given to `reply`."""
        port = self.operations.doors[door].port
        values = [self.operations.module.code(arg.value) for arg in call.args[-1:]]
        given = ", ".join([*values, *([] if port is not None and port.single else ["to=client"])])
        return f"send({given})"

    def together(self, node: cst.CSTNode) -> None:
        """Several collections in one assignment."""
        self.refuse(
            node,
            "a live collection is bound to a name of its own, and these are bound together",
            "write a statement for each of them",
        )

    def repeated(self, node: cst.Await) -> None:
        """A result within a comprehension."""
        code = self.operations.module.code(node)
        self.refuse(
            node,
            "a pipeline runs once, and this comprehension would await it again and again",
            f"give it a name in a statement before: `result = {code}`; or put it into a choreography of its own, and "
            "call that in a loop",
        )

    def looped(self, node: cst.For) -> None:
        """A plain `for` over a live collection."""
        code = self.operations.module.code(node.iter)
        self.refuse(
            node.iter,
            "a live collection has no elements to loop over: they are still to come",
            f"`async for … in {code}:` runs its body for each element of a stream; "
            f"`{code}.for_each(f)` calls a function with each",
        )

    def used_as_value(self, node: cst.CSTNode) -> None:
        """A live collection where a value is expected."""
        foreign = self._given_away(node)
        if foreign is not None:
            code = self.operations.module.code(foreign.func)
            self.refuse(
                foreign,
                f"`{code}` is given a live collection, and is neither of this project nor of `motet.std`",
                "a function of values can be given to an operator: `.map(f)`; a pipeline of another installed package "
                "is not expanded: copy it into a module of the project",
            )
            return
        if (awaited := self._awaited_in(node)) is not None:
            self.awaited(awaited)
            return
        if self.operations.calls_refused(node):
            self.refuse(node, FOLLOWS, "")
            return
        if (late := self._uncollected(node)) is not None:
            self._not_awaited(late, f"await {self.operations.module.code(late)}")
            return
        name = self.reader.mentioned(node)
        begun = self.reader.begun(node)
        way = instead(self.reader, node)
        if begun is not None and name is None:
            self.refuse(
                begun,
                "a live collection is used as an ordinary value here",
                way
                or "a function of values can be given to an operator: `.map(f)`; "
                "what takes and gives collections is marked `@pipeline`",
            )
            return
        self.refuse(
            node,
            f"`{name}` is a live collection, and is used as an ordinary value here",
            way
            or f"`await {name}.collect()` gives the value of a finite one; "
            f"`{name}.for_each(f)` does something with each element",
        )

    def _given_away(self, node: cst.CSTNode) -> cst.Call | None:
        """A call with a live collection of what is imported from outside of the project."""
        if isinstance(node, cst.Call) and any(self._is_collection(a.value) for a in node.args):
            program, module = self.operations.program, self.operations.module
            full = program.resolve(module, node.func) or ""
            owner, _ = program.split(full)
            if owner is None and full.partition(".")[0] not in ("", "builtins", "motet"):
                return node
        return next((f for c in children(node) if (f := self._given_away(c)) is not None), None)

    def _awaited_in(self, node: cst.CSTNode) -> cst.Await | None:
        """A part in which a collection is awaited as it is."""
        if isinstance(node, cst.Await) and self.reader.is_live(node.expression):
            return node
        return next((f for c in children(node) if (f := self._awaited_in(c)) is not None), None)

    def _uncollected(self, node: cst.CSTNode) -> cst.Call | None:
        """A part that gives the value of a collection, and is not awaited."""
        match node:
            case cst.Await():
                return None
            case cst.Call(func=cst.Attribute(value=of, attr=cst.Name("collect"))) if (
                self.reader.is_live(of)
            ):
                return node
        return next((f for c in children(node) if (f := self._uncollected(c)) is not None), None)

    def _not_awaited(self, value: cst.BaseExpression, help: str) -> None:
        span, text = (
            self.operations.module.span(value),
            "`collect` is not awaited, so this is no value yet",
        )
        self.operations.findings.error("not-awaited", span, text, f"write `{help}`")

    def _is_collection(self, expr: cst.BaseExpression) -> bool:
        named = isinstance(expr, cst.Name) and expr.value in self.reader.names
        return named or self.reader.is_live(expr)

    def awaited(self, node: cst.Await) -> None:
        """A live collection is declared, and only its value is awaited."""
        if shape_of(self.reader, node.expression) is None:
            self.reader.results(node.expression)  # which says what is unknown in it
            return
        code = self.operations.module.code(node.expression)
        help = "leave out `await`"
        func = node.expression.func if isinstance(node.expression, cst.Call) else None
        if not (isinstance(func, cst.Attribute) and func.attr.value in _SINKS):
            help += f"; `await {code}.collect()` waits for the value of a finite one"
        text = f"`{code}` is a live collection: it is declared, and there is nothing to wait for"
        self.refuse(node, text, help)

    def returned(self, value: cst.BaseExpression) -> None:
        """A live collection as a result."""
        if not self.operations.choreography.results_known:  # the signature has a finding already
            return
        code = self.operations.module.code(value)
        match value:
            case cst.Call(func=cst.Attribute(attr=cst.Name("collect"))):
                self._not_awaited(value, f"return await {code}")
                return
        if shape_of(self.reader, value) is None:
            self.reader.results(value)  # which says what is unknown in it
            return
        text = "a live collection is no result: it belongs to the choreography that declares it"
        self.refuse(value, text, f"return its value: `return await {code}.collect()`")

    def embedded(self, node: cst.CSTNode) -> None:
        """A live collection in local code, in a condition that is evaluated again or not at all."""
        found = next(self.reader.collected(node), None)
        if found is not None:
            code = self.operations.module.code(found)
            help = f"await it at the top level, in a statement before: `result = {code}`"
            self.refuse(found, "a live collection is awaited inside another statement", help)
            return
        begun = self.reader.begun(node)
        if begun is not None:
            self.nested(begun)
            return
        name = self.reader.mentioned(node)
        if name is not None and name not in names_of(node).binds:
            self.used_as_value(node)

    def displaced(self, left: cst.CSTNode, awaited: cst.Await) -> None:
        """Something would be evaluated after a result that stands to its right."""
        if (whole := self._awaited_in(left)) is not None:
            self.awaited(whole)
            return
        if (late := self._uncollected(left)) is not None:  # which is why it is no result itself
            self._not_awaited(late, f"await {self.operations.module.code(late)}")
            return
        code = self.operations.module.code(awaited)
        self.operations.findings.error(
            "unsupported-syntax",
            self.operations.module.span(awaited),
            "pipelines run before the statement that awaits them, and so before what stands to the left of this",
            f"give it a name in a statement before: `result = {code}`",
            (Related(self.operations.module.span(left, awaited), "this would be evaluated later"),),
        )

    def unreachable(self, flow: Flow, at: cst.CSTNode) -> None:
        """A statement after pipelines that never end."""
        sink = flow.endless
        if sink is None or (isinstance(at, cst.Return) and at.value is None):
            return
        if sink.shape == "slice" and "seconds" not in sink.arguments:
            sink = flow.circle or sink  # by which it is driven, or which comes next
        name = self.operations.choreography.name
        apart = "put the pipeline into a choreography of its own and run both: "
        first, goes_on = "move this up, before the pipeline", "this goes on for ever"
        if sink.op == "channel":
            first = "say when it is enough, where it goes round: `.take(n)`"
            goes_on = "what comes out of this goes to another location and back, for ever"
        elif sink.shape == "slice":
            first = _ended(sink)
            goes_on = "this goes on for ever, whoever has had enough of what leaves it"
        self.operations.findings.error(
            "never-ends",
            self.operations.module.span(at),
            "this is never reached: a pipeline before it never ends",
            f"{first}; or {apart}`await concurrently({name}(…), …)`",
            (Related(sink.span, goes_on),),
        )

    def loop(self, node: cst.For, head: Live, body: Sequence[Stmt]) -> bool:
        """Whether an `async for` can be."""
        if head.shape != "stream":
            text = f"`async for` takes a stream, and this is a {head.shape.replace('_', ' ')}"
            help = 'write `.entries_partially_ordered(nondet("…"))` for its `(key, value)` pairs'
            if head.shape != "keyed_stream":
                help = f"there is one value: `await {self.operations.module.code(node.iter)}.collect()`"
            self.refuse(node.iter, text, help)
            return False
        for stmt in statements(body):
            if isinstance(stmt, Return):
                self.operations.findings.error(
                    "unsupported-syntax",
                    stmt.span,
                    "`return` leaves a loop over a stream, and other pipelines of the choreography go on",
                    "set a value that is known to all who loop, `break`, and return after the loop",
                )
                return False
        if node.orelse is not None and may_break(body):
            text = "`else` of a loop over a stream that may be left by `break`"
            help = "set a value before the `break`, and ask for it after the loop"
            self.refuse(node.orelse, text, help)
            return False
        return True

    def idle(self) -> Idle:
        """What never runs; nothing where something else is wrong, which may be why."""
        if len(self.operations.findings) > self.count:
            return Idle()
        lives = sorted((*self.reader.lives, *self.reader.idle), key=lambda live: live.uid)
        return Idle(tuple(lives), tuple(unused(lives, [])))

    def refuse(self, node: cst.CSTNode, message: str, help: str) -> None:
        """What the language does not have."""
        span = self.operations.module.span(node)
        self.operations.findings.error("unsupported-syntax", span, message, help)


def _ended(driven: Live) -> str:
    """How a slice that goes on for ever would end."""
    if "seconds" in driven.arguments:
        return "let what drives the slice end, in the place of `every=`: `tick.batch(location.every(…).take(n), …)`"
    ports = [x for x in above(driven) if x.port is not None and never_ends(x)]
    if ports:
        return "open the port for one client alone, who leaves some day: `port(…, single=True)`"
    return "let what drives the slice end: `.take(n)` of what it reads"


def may_break(body: Sequence[Stmt]) -> bool:
    """Whether a `break` leaves the loop around `body`."""
    return any(isinstance(s, Jump) and _breaks(s, body) for s in statements(body))


def _breaks(jump: Jump, body: Sequence[Stmt]) -> bool:
    """Whether a jump is a `break` out of the loop around `body`, not of one inside it."""
    if not isinstance(jump.node, cst.Break):
        return False
    inner = [s for s in statements(body) if isinstance(s, (For, While))]
    return not any(s is jump for loop in inner for s in statements(loop.body))
