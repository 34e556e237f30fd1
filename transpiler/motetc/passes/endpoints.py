"""Writes a role's end of each operation in an expression: what to await, and what must come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.ir.live import Hop
from motetc.ir.nodes import (
    Comm,
    Concurrent,
    Invoke,
    Op,
    Root,
    Seat,
)
from motetc.ir.pieces import (
    Line,
    Piece,
    Touch,
)
from motetc.ir.place import Place
from motetc.passes.context import Context

if TYPE_CHECKING:
    from motetc.passes.project import Projector


class Writer:
    """Writes expressions for one statement at one role. `before`: statements that must come first."""

    def __init__(self, projector: Projector, ctx: Context) -> None:
        self.projector = projector
        self.ctx = ctx
        self.role = projector.role
        self.facts = projector.facts
        self.before: list[Piece] = []
        self.touches: list[Touch] = []

    def value(self, root: Root, mode: str) -> cst.BaseExpression:
        """The expression here, each operation replaced by our end of it."""
        swaps = {id(op.node): self._op_value(op, mode) for op in root.ops}
        return self.projector._localizer(self.ctx).expression(root.expr, swaps)

    def effect(self, op: Op) -> cst.BaseExpression | None:
        """Our end of an operation whose value is not used here; None if we have none."""
        match op:
            case Comm():
                sends, receives = self._ends(op)
                if sends and receives and op.kind in ("send", "share"):
                    self._send_first(op)
                    return self._receive(op)
                if sends:
                    return self._send(op, keep=False)
                if receives:
                    self._argument_effects(op)
                    return self._receive(op)
                self._argument_effects(op)
                return None
            case Invoke():
                return self._invoke(op, awaited=True)
            case Concurrent():
                return self._concurrent(op)
            case Hop():
                return None

    def _op_value(self, op: Op, mode: str) -> cst.BaseExpression:
        match op:
            case Comm():
                return self._comm_value(op, mode)
            case Invoke():
                return self._invoke(op, awaited=True) or cst.Name("None")
            case Concurrent():
                return self._concurrent(op) or cst.Name("None")
            case Hop():
                raise AssertionError("a stream is no expression")

    def _comm_value(self, op: Comm, mode: str) -> cst.BaseExpression:
        sends, receives = self._ends(op)
        if op.kind not in ("send", "share"):
            return self._collective(op)
        if receives:
            if sends:
                self._send_first(op)
            else:
                self._argument_effects(op)
            return self._receive(op)
        if sends:
            if op.sender.key and not op.sender.session and mode != op.sender.mode:
                self._send_first(op)
                return self.value(op.value, mode)
            return self._send(op, keep=True)
        return self.value(op.value, mode)

    def _ends(self, op: Comm) -> tuple[bool, bool]:
        """Whether we send, and whether we receive."""
        receives = any(s.role == self.role and id(s) not in self.facts.elided for s in op.receivers)
        return op.sender.role == self.role, receives

    def _send_first(self, op: Comm) -> None:
        """We may be both ends: the sender's statement goes before."""
        writer = Writer(self.projector, self.ctx)
        expr = writer._send(op, keep=False)
        node = cst.Expr(expr)
        line = Line(node, op.span, tuple(writer.touches), names_of(node).reads)
        self.before += [
            *writer.before,
            *self.projector._guarded(op.sender.mode, [line], self.ctx, op.span),
        ]

    def _argument_effects(self, op: Comm) -> None:
        for root in (op.value, op.function, op.at_least, op.by, op.partner):
            if root is not None:
                self.before.extend(self.projector.effects(root, self.ctx))

    def _endpoint(self, op: Op, side: str, peer: str) -> str:
        self.touches.append(Touch(op.uid, side, peer))  # type: ignore[arg-type]
        self.projector.scopes[op.uid] = self.ctx.scope
        self.projector.check_divergent(op, self.ctx)
        return f"{self.ctx.net}.__op{op.uid}__"

    def _send(self, op: Comm, keep: bool) -> cst.BaseExpression:
        if op.kind not in ("send", "share"):
            return self._collective(op)
        value = self.value(op.value, op.sender.mode)
        told = [s for s in op.receivers if id(s) not in self.facts.elided]
        if not told:
            return value
        endpoint = self._endpoint(op, "send", ", ".join(dict.fromkeys(str(s) for s in told)))
        if len(told) == 1 and told[0].role == self.role and told[0].whole:
            return call(endpoint, "broadcast", value)
        if len(told) == 1 and told[0].key and not told[0].session:
            endpoint = f"{endpoint}[{self._index(told[0])}]"
        return call(endpoint, "share" if keep and op.kind == "share" else "send", value)

    def _index(self, seat: Seat) -> str:
        assert seat.index is not None
        index = self.projector._localizer(self.ctx).expression(seat.index)
        return cst.Module([]).code_for_node(index)

    def _receive(self, op: Comm) -> cst.BaseExpression:
        if op.kind not in ("send", "share"):
            return self._collective(op)
        endpoint = self._endpoint(op, "receive", str(op.sender))
        if op.sender.key and not op.sender.session:
            endpoint = f"{endpoint}[{self._index(op.sender)}]"
        return call(endpoint, "recv")

    def _collective(self, op: Comm) -> cst.BaseExpression:
        if op.sender.role == self.role:
            return self._collective_member(op)
        self._argument_effects_of_value(op)
        peer = str(op.sender)
        endpoint = self._endpoint(op, "receive", peer)
        seat = next(s for s in op.receivers if s.role == self.role)
        if op.kind == "gather" and op.at_least is not None:
            return call(endpoint, "first", self.value(op.at_least, seat.mode))
        if op.kind == "reduce" and op.function is not None:
            return call(endpoint, "reduce", self.value(op.function, seat.mode))
        if op.kind == "scatter" and not op.sender.whole:
            if op.sender.key and not op.sender.session:
                endpoint = f"{endpoint}[{self._index(op.sender)}]"
            return call(endpoint, "recv")
        return call(endpoint, "gather")

    def _argument_effects_of_value(self, op: Comm) -> None:
        self.before.extend(self.projector.effects(op.value, self.ctx))

    def _collective_member(self, op: Comm) -> cst.BaseExpression:
        mode = op.sender.mode
        value = self.value(op.value, mode)
        peer = ", ".join(str(s) for s in op.receivers) or op.sender.role
        if op.kind in ("gather", "reduce", "scatter"):
            endpoint = self._endpoint(op, "send", peer)
            receiver = op.receivers[0]
            if receiver.key and not receiver.session:
                endpoint = f"{endpoint}[{self._index(receiver)}]"
            return call(endpoint, "scatter" if op.kind == "scatter" else "send", value)
        endpoint = self._endpoint(op, "both", peer)
        extra = [self.value(r, mode) for r in (op.function, op.by, op.partner) if r is not None]
        method = "shift_open" if op.kind == "shift" and not op.wrap else op.kind
        return call(endpoint, method, value, *extra)

    def _invoke(self, op: Invoke, awaited: bool) -> cst.BaseExpression | None:
        formal = next((f for f, seat in op.roles if seat.role == self.role), None)
        callee = self.projector.program.choreographies[op.callee]
        places = {p.name: p.place for p in callee.parameters}
        args: list[cst.Arg] = []
        for argument in op.arguments:
            if formal is not None and formal in places.get(argument.parameter, Place()):
                mode = places[argument.parameter].modes[formal]
                args.append(
                    argument.node.with_changes(
                        value=self.value(argument.root, mode), comma=cst.MaybeSentinel.DEFAULT
                    )
                )
            else:
                self.before.extend(self.projector.effects(argument.root, self.ctx))
        if formal is None:
            return None
        endpoint = self._endpoint(op, "call", op.callee)
        lead = [cst.Arg(cst.Name(self.role)), cst.Arg(cst.parse_expression(endpoint))]
        call = cst.Call(cst.Name(f"__call{op.uid}__"), [*lead, *args])
        return cst.Await(call) if awaited else call

    def _concurrent(self, op: Concurrent) -> cst.BaseExpression | None:
        calls = [
            c for c in (self._invoke(call, awaited=False) for call in op.calls) if c is not None
        ]
        if not calls:
            return None
        if len(calls) == 1:
            return cst.Await(calls[0])
        function = cst.parse_expression(f"{self.ctx.net}.concurrently")
        return cst.Await(cst.Call(function, [cst.Arg(c) for c in calls]))


def call(endpoint: str, method: str, *args: cst.BaseExpression) -> cst.BaseExpression:
    """`await endpoint.method(args)`."""
    function = cst.parse_expression(f"{endpoint}.{method}")
    return cst.Await(cst.Call(function, [cst.Arg(unparenthesized(a)) for a in args]))


def unparenthesized(expr: cst.BaseExpression) -> cst.BaseExpression:
    """An argument needs no parentheses of its own, but for the kinds that cannot do without."""
    if isinstance(expr, (cst.GeneratorExp, cst.NamedExpr, cst.Tuple, cst.Yield)) or not expr.lpar:
        if isinstance(expr, cst.Tuple) and not expr.lpar:
            return expr.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return expr
    return expr.with_changes(lpar=expr.lpar[1:], rpar=expr.rpar[1:])


def parenthesized(expr: cst.BaseExpression) -> cst.BaseExpression:
    """The expression as an operand."""
    if isinstance(expr, (cst.Name, cst.Call, cst.Attribute)) or expr.lpar:
        return expr
    return expr.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


class ById(cst.CSTTransformer):
    """Exchanges nodes by identity."""

    def __init__(self, swaps: dict[int, cst.BaseExpression]) -> None:
        super().__init__()
        self.swaps = swaps

    def on_visit(self, node: cst.CSTNode) -> bool:
        return id(node) not in self.swaps

    def on_leave(self, original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        return self.swaps.get(id(original), updated)
