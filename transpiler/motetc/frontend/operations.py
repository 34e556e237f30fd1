"""Recognises the operations between locations in an expression: communications, choreography calls, `concurrently`."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program
from motetc.frontend.scope import code_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children
from motetc.ir.nodes import (
    Argument,
    Choreography,
    Comm,
    CommKind,
    Concurrent,
    Invoke,
    Op,
    Role,
    Root,
    Seat,
)
from motetc.ir.reasons import Reason

KINDS: dict[str, CommKind] = {
    "send": "send",
    "share": "share",
    "gather": "gather",
    "scatter": "scatter",
    "reduce": "reduce",
    "all_gather": "all_gather",
    "all_to_all": "all_to_all",
    "all_reduce": "all_reduce",
    "shift": "shift",
    "exchange": "exchange",
}
# The positional parameters of each operation, after the sender.
_POSITIONAL: dict[str, tuple[str, ...]] = {
    "send": ("value",),
    "share": ("value",),
    "gather": ("value",),
    "scatter": ("value",),
    "reduce": ("value", "function"),
    "all_gather": ("value",),
    "all_to_all": ("value",),
    "all_reduce": ("value", "function"),
    "shift": ("value", "by", "wrap"),
    "exchange": ("value", "partner"),
}
_KEYWORDS = {
    "values": "value",
    "f": "function",
    "x": "value",
    "m": "value",
    "value": "value",
    "function": "function",
    "by": "by",
    "wrap": "wrap",
    "partner": "partner",
    "at_least": "at_least",
    "why": "why",
    "to": "to",
}
_CLUSTER_ONLY = frozenset(
    {"gather", "reduce", "all_gather", "all_to_all", "all_reduce", "shift", "exchange"}
)
_NEEDS_TO = frozenset({"send", "share", "gather", "scatter", "reduce"})


@dataclass(slots=True)
class Operations:
    """Finds operations in the expressions of one choreography. `sessions` maps each `each` variable to its cluster."""

    program: Program
    module: SourceModule
    choreography: Choreography
    findings: Findings
    sessions: dict[str, str] = field(default_factory=dict)
    counter: Iterator[int] = field(default_factory=itertools.count)

    def root(self, expr: cst.BaseExpression) -> Root:
        """The expression with its outermost operations, in order of evaluation."""
        return Root(expr, tuple(self._find(expr)))

    def contains(self, node: cst.CSTNode) -> cst.BaseExpression | None:
        """The first operation anywhere below `node`, for refusing it there."""
        if isinstance(node, (cst.Await, cst.Call)) and self._kind(node) is not None:
            return node
        for child in children(node):
            found = self.contains(child)
            if found is not None:
                return found
        return None

    def seat(self, expr: cst.BaseExpression) -> Seat | None:
        """The location that an expression names; None if it names none."""
        if isinstance(expr, cst.Name):
            if expr.value in self.sessions:
                return Seat(self.sessions[expr.value], True, expr, expr, expr.value, session=True)
            role = next((r for r in self.choreography.roles if r.name == expr.value), None)
            return Seat(role.name, role.cluster, expr) if role else None
        if (
            isinstance(expr, cst.Subscript)
            and isinstance(expr.value, cst.Name)
            and len(expr.slice) == 1
        ):
            base = self.seat(expr.value)
            index = expr.slice[0].slice
            if base is not None and base.whole and isinstance(index, cst.Index):
                return Seat(base.role, True, expr, index.value, code_of(index.value)[1:-1])
        return None

    def is_operation(self, node: cst.CSTNode) -> bool:
        """Whether a node is an operation, awaited."""
        return isinstance(node, cst.Await) and self._kind(node) is not None

    def is_call(self, node: cst.CSTNode) -> bool:
        """Whether a node is a call of a choreography: its arguments are evaluated at different places."""
        return isinstance(node, cst.Await) and self._kind(node) == "invoke"

    def values(self, node: cst.CSTNode) -> list[cst.BaseExpression]:
        """The arguments of an operation that are values, in order."""
        assert isinstance(node, cst.Await)
        assert isinstance(node.expression, cst.Call)
        named = {"to", "why", "wrap"}
        args = [
            a for a in node.expression.args if a.keyword is None or a.keyword.value not in named
        ]
        return [a.value for a in args if self.seat(a.value) is None]

    def callee(self, func: cst.BaseExpression) -> str | None:
        """The choreography that a called expression names."""
        head = func
        while isinstance(head, cst.Attribute):
            head = head.value
        if isinstance(head, cst.Name) and head.value in self.choreography.locals:
            return None
        full = self.program.resolve(self.module, func)
        return full if full in self.program.choreographies else None

    def is_concurrently(self, func: cst.BaseExpression) -> bool:
        return self.program.resolve(self.module, func) == "motet.concurrently"

    def _kind(self, node: cst.CSTNode) -> str | None:
        call = node.expression if isinstance(node, cst.Await) else node
        if not isinstance(call, cst.Call):
            return None
        named = isinstance(call.func, cst.Attribute) and call.func.attr.value in KINDS
        if named and self.seat(call.func.value) is not None:  # type: ignore[attr-defined]
            return "comm"
        if self.callee(call.func) is not None:
            return "invoke"
        return "concurrent" if self.is_concurrently(call.func) else None

    def _find(self, node: cst.CSTNode) -> Iterator[Op]:
        if isinstance(node, (cst.Lambda, cst.BaseComp)):
            self._refuse_inside(node)
            self.refuse_values(node)
            return
        if self._is_value(node):
            self.refuse_values(node)
            return
        if isinstance(node, cst.Attribute):
            yield from self._find(node.value)
            return
        if isinstance(node, cst.Arg):
            yield from self._find(node.value)
            return
        if self._refused(node):
            return
        kind = self._kind(node)
        if kind is not None and isinstance(node, cst.Call):
            self._not_awaited(node)
            return
        if (
            kind is not None
            and isinstance(node, cst.Await)
            and isinstance(node.expression, cst.Call)
        ):
            op = self._operation(kind, node, node.expression)
            if op is not None:
                yield op
            return
        for child in in_order(node):
            yield from self._find(child)

    def _is_value(self, node: cst.CSTNode) -> bool:
        return isinstance(node, (cst.Name, cst.Attribute)) and self.callee(node) is not None

    def refuse_values(self, node: cst.CSTNode) -> None:
        """A choreography is called by name; it is no value that could be stored, passed on or chosen at run time."""
        if self._is_value(node):
            text = self.module.code(node)
            self.findings.error(
                "unsupported-syntax",
                self.module.span(node),
                f"the choreography `{text}` is used as a value: which one runs must be plain to all locations",
                f"call it by name, `await {text}(…)`; choose between two with an `if` whose condition all know",
            )
            return
        if isinstance(node, (cst.Attribute, cst.Arg)):
            self.refuse_values(node.value)
            return
        for child in children(node):
            self.refuse_values(child)

    def _refused(self, node: cst.CSTNode) -> bool:
        """What is syntax in Python and nothing in a choreography."""
        if isinstance(node, cst.Yield):
            self._refuse(
                node,
                "`yield`: a choreography is no generator",
                "return a value, or send what you would yield",
            )
            return True
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            return False
        speaker = node.func.value
        if self._unknown_operation(node, node.func):
            return True
        if (
            node.func.attr.value not in KINDS
            or self.seat(speaker) is not None
            or not self._mentions_role(speaker)
        ):
            return False
        if isinstance(speaker, (cst.Call, cst.Attribute)):
            return False
        text = self.module.code(speaker)
        help = (
            "name it: `if …: await a.send(…) else: await b.send(…)`, with a condition that all know"
        )
        self._refuse(speaker, f"`{text}` is a location chosen at run time", help)
        return True

    def _unknown_operation(self, call: cst.Call, func: cst.Attribute) -> bool:
        """`buyer.tell(x, to=seller)`: written like an operation, and none."""
        name = func.attr.value
        to = next((a for a in call.args if a.keyword and a.keyword.value == "to"), None)
        if name in KINDS or to is None or self.seat(to.value) is None:
            return False
        speaker = self.seat(func.value)
        if speaker is None:
            return False
        known = sorted(KINDS if speaker.whole else KINDS.keys() - _CLUSTER_ONLY)
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        help = _written(near[0]) if near else f"write one of {', '.join(f'`{k}`' for k in known)}"
        self._refuse(func, f"`{name}` is no operation between locations", help)
        return True

    def _mentions_role(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Name):
            return self.seat(node) is not None
        return any(self._mentions_role(c) for c in children(node))

    def _operation(self, kind: str, node: cst.Await, call: cst.Call) -> Op | None:
        if kind == "comm":
            return self._comm(node, call)
        if kind == "invoke":
            return self._invoke(node, call)
        return self._concurrent(node, call)

    def _not_awaited(self, call: cst.Call) -> None:
        text = self.module.code(call.func)
        self.findings.error(
            "not-awaited",
            self.module.span(call),
            f"`{text}(…)` is not awaited, so nothing would happen",
            f"write `await {text}(…)`",
        )

    def _refuse_inside(self, node: cst.CSTNode) -> None:
        inner = self.contains(node)
        if inner is not None:
            what = "a lambda" if isinstance(node, cst.Lambda) else "a comprehension"
            self.findings.error(
                "unsupported-syntax",
                self.module.span(inner),
                f"communication inside {what} has no statement to stand in",
                "write a `for` loop with the communication as a statement, or a collective such as `gather`",
            )

    def _comm(self, node: cst.Await, call: cst.Call) -> Comm | None:
        assert isinstance(call.func, cst.Attribute)
        kind = KINDS[call.func.attr.value]
        sender = self.seat(call.func.value)
        assert sender is not None
        parts = self._arguments(kind, call)
        if parts is None:
            return None
        if kind in _CLUSTER_ONLY and not sender.whole:
            self._refuse(
                call.func,
                f"`{kind}` is an operation of a whole cluster, and `{sender}` is one node",
                f"write `await {sender}.send(…, to=…)`, or `{kind}` from a cluster",
            )
            return None
        receivers = self._receivers(kind, parts.get("to"), call)
        if receivers is None:
            return None
        wrap = parts.get("wrap")
        if wrap is not None and not (
            isinstance(wrap, cst.Name) and wrap.value in ("True", "False")
        ):
            self._refuse(
                wrap,
                "`wrap` must be written `True` or `False`: it decides the type of the result",
                "write `wrap=True` or `wrap=False`; choose between two calls with an `if`",
            )
        value = parts["value"]
        return Comm(
            next(self.counter),
            node,
            kind,
            sender,
            receivers,
            self.root(value),
            self.module.span(node),
            self._optional(parts.get("function")),
            self._optional(parts.get("at_least")),
            self._optional(parts.get("by")),
            not (isinstance(wrap, cst.Name) and wrap.value == "False"),
            self._optional(parts.get("partner")),
            self._reason(parts.get("why")) if "at_least" in parts else "",
        )

    def _optional(self, expr: cst.BaseExpression | None) -> Root | None:
        return None if expr is None else self.root(expr)

    def _arguments(self, kind: str, call: cst.Call) -> dict[str, cst.BaseExpression] | None:
        found: dict[str, cst.BaseExpression] = {}
        names = iter(_POSITIONAL[kind])
        for arg in call.args:
            name = (
                _KEYWORDS.get(arg.keyword.value) if arg.keyword is not None else next(names, None)
            )
            if arg.star or name is None or name in found:
                text = self.module.code(arg).strip(", ")
                self._refuse(arg, f"`{kind}` cannot be called with `{text}`", _written(kind))
                return None
            found[name] = arg.value
        missing = [n for n in ("value", *(["to"] if kind in _NEEDS_TO else [])) if n not in found]
        missing += [n for n in ("function", "partner") if n in _POSITIONAL[kind] and n not in found]
        if missing:
            lacks = ", ".join(f"`{m}`" for m in missing)
            self._refuse(call, f"`{kind}` lacks {lacks}", _written(kind))
            return None
        if "at_least" in found and "why" not in found:
            self.findings.error(
                "missing-nondet",
                self.module.span(call),
                "which members answer first is not determined, and no reason says that this does not matter",
                'add `why=nondet("…")` with the reason',
            )
        return found

    def _receivers(
        self, kind: str, to: cst.BaseExpression | None, call: cst.Call
    ) -> tuple[Seat, ...] | None:
        if to is None:
            return ()
        parts = [e.value for e in to.elements] if isinstance(to, cst.Tuple) else [to]
        if len(parts) > 1 and kind not in ("share", "send"):
            self._refuse(to, f"`{kind}` has one receiver", "call it once for each receiver")
            return None
        seats = []
        for part in parts:
            seat = self.seat(part)
            if seat is None:
                self.findings.error(
                    "data-dependent-receiver",
                    self.module.span(part),
                    f"the receiver `{self.module.code(part)}` is computed, so the other locations cannot know that "
                    "they are not addressed",
                    "name a location parameter or `workers[i]` with an `i` that all know; for receivers chosen by "
                    "data use `all_to_all` between members, or `demux` on a stream",
                )
                return None
            seats.append(seat)
        return tuple(seats)

    def _invoke(self, node: cst.BaseExpression, call: cst.Call) -> Invoke | None:
        callee_name = self.callee(call.func)
        assert callee_name is not None
        callee = self.program.choreographies[callee_name]
        slots = _parameter_names(callee.node)
        positional = iter(slots)
        roles: list[tuple[str, Seat]] = []
        arguments: list[Argument] = []
        reasons: list[tuple[str, str]] = []
        formals = {r.name: r for r in callee.roles}
        for arg in call.args:
            name = arg.keyword.value if arg.keyword is not None else next(positional, None)
            if arg.star or name is None:
                text = "arguments of a choreography are written out one by one"
                self._refuse(arg, text, f"write `{callee.name}({', '.join(slots)})`")
                return None
            if name in callee.reasons:
                reasons.append((name, self._reason(arg.value)))
            elif name in formals:
                seat = self._actual(arg, formals[name])
                if seat is None:
                    return None
                roles.append((name, seat))
            else:
                arguments.append(Argument(name, self.root(arg.value), arg))
        if self._refuse_aliases(call, roles):
            return None
        if {n for n, _ in roles} != set(formals):
            missing = [n for n in formals if n not in {r for r, _ in roles}]
            named = ", ".join(f"`{n}`" for n in missing)
            text = f"the call of `{callee.name}` names no location for {named}"
            self._refuse(call, text, f"add {', '.join(f'`{n}=…`' for n in missing)}")
            return None
        return Invoke(
            next(self.counter),
            node,
            callee_name,
            tuple(roles),
            tuple(arguments),
            self.module.span(node),
            reasons=tuple(reasons),
        )

    def _actual(self, arg: cst.Arg, formal: Role) -> Seat | None:
        seat = self.seat(arg.value)
        if seat is None:
            text = f"`{self.module.code(arg.value)}` is no location of this choreography"
            self._refuse(arg, text, "pass one of the location parameters")
            return None
        if seat.whole == formal.cluster:
            return seat
        if not formal.cluster:
            text = f"`{seat}` is a whole cluster, and `{formal.name}` is one node"
            help = f"pass one member, `{seat}[i]`, or call it in `for member in {seat}.each():`"
        elif seat.key:
            text = f"`{seat}` is one member, and `{formal.name}` is a whole cluster"
            help = (
                f"pass `{seat.role}`; or make `{formal.name}` one node, for members and processes alike: "
                f'`{formal.name}: P`, with `P = TypeVar("P", bound=Process)`'
            )
        else:
            text = f"`{seat}` is a process, and `{formal.name}` is a whole cluster"
            help = "pass a cluster"
        self._refuse(arg, text, help)
        return None

    def _refuse_aliases(self, call: cst.Call, roles: list[tuple[str, Seat]]) -> bool:
        """Whether one node would play two roles."""
        for index, (name, seat) in enumerate(roles):
            for other_name, other in roles[:index]:
                if seat.role != other.role or (
                    seat.picked and other.picked and seat.key != other.key
                ):
                    continue
                self.findings.error(
                    "role-aliasing",
                    self.module.span(seat.node, call),
                    f"`{seat}` would play both `{other_name}` and `{name}`"
                    if str(seat) == str(other)
                    else f"`{other}`, which plays `{other_name}`, and `{seat}`, which plays `{name}`, may be one node",
                    "pass a different location for each role",
                )
                return True
        return False

    def _concurrent(self, node: cst.Await, call: cst.Call) -> Concurrent | None:
        calls = []
        why = ""
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value == "why":
                why = self._reason(arg.value)
                continue
            inner = arg.value
            if arg.star or not isinstance(inner, cst.Call) or self.callee(inner.func) is None:
                help = "pass calls of choreographies, not awaited: `concurrently(f(a, b, x), g(a, c, y))`"
                self._refuse(arg, "`concurrently` runs calls of choreographies", help)
                return None
            invoke = self._invoke(inner, inner)
            if invoke is None:
                return None
            for argument in invoke.arguments:
                for op in argument.root.ops:
                    self._refuse(
                        op.node,
                        "communication in an argument of a concurrent call",
                        "send it before",
                    )
            calls.append(invoke)
        return Concurrent(next(self.counter), node, tuple(calls), self.module.span(node), why)

    def _reason(self, expr: cst.BaseExpression | None) -> str:
        """The text of `nondet("…")`; a missing or empty reason is an error."""
        if isinstance(expr, cst.Name) and expr.value in self.choreography.reasons:
            return Reason(f"the caller's reason, `{expr.value}`", expr.value)
        if (
            isinstance(expr, cst.Call)
            and self.program.resolve(self.module, expr.func) == "motet.nondet"
        ):
            value = expr.args[0].value if expr.args else None
            text = (
                value.evaluated_value
                if isinstance(value, (cst.SimpleString, cst.ConcatenatedString))
                else None
            )
            if isinstance(text, str) and text.strip():
                return text
        if expr is not None:
            help = 'write `nondet("why the order does not matter")`'
            span = self.module.span(expr)
            self.findings.error(
                "missing-nondet", span, "the reason must be a literal that is not empty", help
            )
            return "no reason"
        return ""

    reason = _reason

    def _refuse(self, node: cst.CSTNode, message: str, help: str) -> None:
        help = help or "see `motet explain unsupported-syntax` for the forms that are"
        self.findings.error("unsupported-syntax", self.module.span(node), message, help)


def _written(kind: str) -> str:
    """How an operation is written."""
    shown = {"function": "f", "value": "x"}
    parts = [shown.get(n, n) for n in _POSITIONAL[kind] if n not in ("by", "wrap")]
    if kind in _NEEDS_TO:
        parts.append("to=…")
    return f"write `await ….{kind}({', '.join(parts)})`"


def _parameter_names(node: cst.FunctionDef) -> list[str]:
    return [p.name.value for p in (*node.params.posonly_params, *node.params.params)]


def in_order(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Children in order of evaluation."""
    if isinstance(node, cst.IfExp):
        return [node.test, node.body, node.orelse]
    if isinstance(node, cst.DictElement):
        return [node.key, node.value]
    return list(children(node))
