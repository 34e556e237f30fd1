"""Recognises by syntax who is meant and what is called: locations, operations, choreographies."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import AS_CLUSTER
from motetc.frontend.operation_forms import KINDS
from motetc.frontend.program import Program
from motetc.frontend.reasons import sentence
from motetc.frontend.scope import code_of, names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children
from motetc.ir.live import Live
from motetc.ir.nodes import Choreography, Root, Seat
from motetc.ir.reasons import Reason


@dataclass(slots=True)
class Recognition(ABC):
    """What names in one choreography mean. `sessions` maps each `each` variable to its cluster."""

    program: Program
    module: SourceModule
    choreography: Choreography
    findings: Findings
    sessions: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, cst.BaseExpression] = field(
        default_factory=dict
    )  # names refused as names of locations: whoever uses them is not to blame
    counter: Iterator[int] = field(default_factory=itertools.count)
    doors: dict[str, Live] = field(default_factory=dict)  # the ports that have a name

    @abstractmethod
    def root(self, expr: cst.BaseExpression) -> Root:
        """The expression with its outermost operations, in order of evaluation."""

    def as_cluster(self, seat: Seat, kind: str = "…") -> str:
        """What else to do about one node that is used as if it were a cluster, in an operation of that kind."""
        role = next(r for r in self.choreography.roles if r.name == seat.role)
        if role.cluster:
            return f"or let all members take part: `await {role.name}.{kind}(…)`"
        name = role.class_name
        kind = (
            f'{name} = TypeVar("{name}", bound=Cluster)'
            if role.variable
            else f"class {name}(Cluster)"
        )
        return f"{AS_CLUSTER}: `{kind}`"

    def role_of_class(self, expr: cst.BaseExpression) -> str | None:
        """The location that is meant where its class is named."""
        if not self._is_location_class(expr):
            return None
        full = self.program.resolve(self.module, expr)
        return next((r.name for r in self.choreography.roles if r.location == full), None)

    def _is_location_class(self, expr: cst.BaseExpression) -> bool:
        if isinstance(expr, cst.Name) and expr.value in self.choreography.locals:
            return False
        return self.program.resolve(self.module, expr) in self.program.locations

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
            if expr.value in self.aliases:
                return self.seat(self.aliases[expr.value])
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

    def asks(self, seat: Seat | None) -> bool:
        """Whether a member is named by a message or a call, or a name is bound there; refused: each asks by itself."""
        index = seat.index if seat is not None and not seat.session else None
        if seat is None or index is None:
            return False
        asked = index.value if isinstance(index, cst.NamedExpr) else index
        if asked is index and self.contains(index) is None and not names_of(index).binds:
            return False
        name = self.module.code(index.target) if isinstance(index, cst.NamedExpr) else "member"
        text = (
            f"which member `{seat.role}[…]` is, is only said here, by `{self.module.code(index)}`"
        )
        help = f"say it in a statement before, `{name} = {self.module.code(asked)}`, and write `{seat.role}[{name}]`"
        self.findings.error("unsupported-syntax", self.module.span(index), text, help)
        return True

    def speaker(self, func: cst.Attribute) -> Seat | None:
        """The location that is called upon; None where its class has that of its own."""
        seat = self.seat(func.value)
        if seat is None or not self.program.own_names:
            return seat
        role = next(r for r in self.choreography.roles if r.name == seat.role)
        classes = {role.location, *self.program.ancestors(role.location)}
        own = any(f"{full}.{func.attr.value}" in self.program.own_names for full in classes)
        return None if own else seat

    def is_operation(self, node: cst.CSTNode) -> bool:
        """Whether a node is an operation, awaited."""
        return isinstance(node, cst.Await) and self._kind(node) is not None

    def answers(self, node: cst.CSTNode) -> bool:
        """Whether a node is `port.send(…)`, of a port that has a name."""
        match node:
            case cst.Call(func=cst.Attribute(value=cst.Name(name), attr=cst.Name("send"))):
                return name in self.doors
        return False

    def is_call(self, node: cst.CSTNode) -> bool:
        """Whether a node is a call of a choreography: its arguments are evaluated at different places."""
        return isinstance(node, cst.Await) and self._kind(node) == "invoke"

    def seats(self, node: cst.CSTNode) -> list[Seat]:
        """The locations that take part in an operation, those of its arguments apart; none if it is no operation."""
        if not (isinstance(node, cst.Await) and self.is_operation(node)):
            return []
        assert isinstance(node.expression, cst.Call)
        func, named = node.expression.func, [a.value for a in node.expression.args]
        speaker = [func.value] if isinstance(func, cst.Attribute) else []
        parts = [e.value for a in named if isinstance(a, cst.Tuple) for e in a.elements]
        found = map(self.seat, (*speaker, *named, *parts))
        return [seat for seat in found if seat is not None]

    def values(self, node: cst.CSTNode) -> list[cst.BaseExpression]:
        """The arguments of an operation that are values, in order."""
        assert isinstance(node, cst.Await)
        assert isinstance(node.expression, cst.Call)
        named = {"to", "why", "wrap"} if not self.answers(node.expression) else {*()}
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
        func = call.func
        named = isinstance(func, cst.Attribute) and func.attr.value in KINDS
        if named and self.speaker(func) is not None:  # type: ignore[arg-type]
            return "comm"
        if self.answers(call):
            return "answer"
        if self.callee(call.func) is not None:
            return "invoke"
        return "concurrent" if self.is_concurrently(call.func) else None

    def _mentions_role(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Name):
            return self.seat(node) is not None
        return any(self._mentions_role(c) for c in children(node))

    def reason(self, expr: cst.BaseExpression | None) -> str:
        """The text of `nondet("…")`; a missing or empty reason is an error."""
        if isinstance(expr, cst.Name) and expr.value in self.choreography.reasons:
            return Reason(f"the caller's reason, `{expr.value}`", expr.value)
        if (
            isinstance(expr, cst.Call)
            and self.program.resolve(self.module, expr.func) == "motet.nondet"
        ):
            said = sentence(expr)
            if said:
                return said
        if expr is not None:
            help = 'write `nondet("why the order does not matter")`'
            if isinstance(expr, cst.SimpleString) and str(expr.evaluated_value).strip():
                help = f"write `nondet({self.module.code(expr)})`"
            span = self.module.span(expr)
            self.findings.error(
                "missing-nondet", span, "the reason must be a literal that is not empty", help
            )
            return "no reason"
        return ""

    def _refuse(self, node: cst.CSTNode, message: str, help: str) -> None:
        help = help or "see `motet explain unsupported-syntax` for the forms that are"
        self.findings.error("unsupported-syntax", self.module.span(node), message, help)
