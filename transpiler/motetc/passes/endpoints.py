"""Writes a role's end of each operation in an expression: what to await, and what must come first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from motetc.frontend.naming import local_name
from motetc.frontend.parentheses import unparenthesized
from motetc.frontend.scope import names_of, names_of_all
from motetc.frontend.tree import code_for
from motetc.ir.live import Hop, Port
from motetc.ir.nodes import (
    Answer,
    Argument,
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
from motetc.passes.actual import mixed
from motetc.passes.context import Context
from motetc.passes.projector import Projector

_AT_HAND = (cst.Name, cst.Attribute, cst.BaseNumber, cst.SimpleString)


class Writer:
    """Writes expressions for one statement at one role. `before`: statements that must come first.

    `bound`: the name that the statement binds the value of its one operation to.
    """

    def __init__(self, projector: Projector, ctx: Context, bound: str = "") -> None:
        self.projector = projector
        self.ctx = ctx
        self.bound = bound
        self.role = projector.role
        self.facts = projector.facts
        self.before: list[Piece] = []
        self.touches: list[Touch] = []

    def value(self, root: Root, mode: str) -> cst.BaseExpression:
        """The expression here, each operation replaced by our end of it."""
        swaps = {id(op.node): self._op_value(op, mode) for op in root.ops}
        return self.projector.localizer(self.ctx).expression(root.expr, swaps)

    def effect(self, op: Op) -> cst.BaseExpression | None:
        """Our end of an operation whose value is not used here; None if we have none."""
        match op:
            case Comm():
                sends, receives = self._ends(op)
                if sends and receives and op.addressed:
                    self._send_first(op)
                    return self._receive(op)
                if sends and op.receivers and not self._told(op):
                    return None  # all know already, so the value is pure
                if sends:
                    return self._send(op, keep=False)
                if receives:
                    self._argument_effects(op)
                    return self._receive(op)
                self._argument_effects(op)
                return None
            case Invoke() | Concurrent():
                return self._calls_value(op, None)
            case Answer():
                return self._answer(op)
            case Hop() | Port():
                return None

    def _op_value(self, op: Op, mode: str) -> cst.BaseExpression:
        match op:
            case Comm():
                return self._comm_value(op, mode)
            case Invoke() | Concurrent():
                return self._calls_value(op, mode) or cst.Name("None")
            case Answer():
                return self._answer(op) or cst.Name("None")
            case Hop() | Port():
                raise AssertionError("a stream is no expression")

    def _comm_value(self, op: Comm, mode: str) -> cst.BaseExpression:
        sends, receives = self._ends(op)
        if (self.facts.supposed or not op.addressed) and not (sends or receives):
            return cst.Name("None")  # the program is refused: nobody else has its value
        if not op.addressed:
            return self._collective(op)
        if receives:
            if sends:
                self._send_first(op)
            else:
                self._argument_effects(op)
            return self._receive(op)
        if sends:
            if op.sender.key and not op.sender.session and mode != op.sender.mode:
                return self._told_by_one(op, mode)
            return self._send(op, keep=True)
        return self.value(op.value, mode)

    def _answer(self, op: Answer) -> cst.BaseExpression | None:
        """A reply through a port, which the function has at its top: sessions have nets of their own."""
        if op.seat.role != self.role:
            for root in op.given:
                self.before.extend(self.projector.effects(root, self.ctx))
            return None
        self.touches.append(Touch(op.uid, "send", "clients"))
        self.projector.scopes[op.uid] = ()
        values = [self.value(root, op.seat.mode) for root in op.given]
        return call(f"{self.projector.net}.__op{op.uid}__", "send", *values)

    def _ends(self, op: Comm) -> tuple[bool, bool]:
        """Whether we send, and whether we receive."""
        receives = any(s.role == self.role and id(s) not in self.facts.elided for s in op.receivers)
        return op.sender.role == self.role, receives

    def _told_by_one(self, op: Comm, mode: str) -> cst.BaseExpression:
        """One member tells what all of us know, and have computed before."""
        value = self.value(op.value, mode)
        if isinstance(value, _AT_HAND):
            self._send_first(op, value)
            return value
        name = self._name_for(op)
        node = cst.Assign([cst.AssignTarget(cst.Name(name))], unparenthesized(value))
        names = names_of(node)
        self.before.append(Line(node, op.span, reads=names.reads, binds=names.binds))
        self._send_first(op, cst.Name(name))
        return cst.Name(name)

    def _name_for(self, op: Comm) -> str:
        """What a value is called before one of us tells it: as it will be, unless that says who tells whom."""
        indices = [seat.index for seat in (op.sender, *op.receivers) if seat.index is not None]
        if self.bound and self.bound not in names_of_all(indices).reads:
            return self.bound
        asked = isinstance(
            op.value.expr, (cst.BooleanOperation, cst.Comparison, cst.UnaryOperation)
        )
        hint = local_name(op.value.expr) or ("condition" if asked else "value")
        return self.projector.fresh(hint)

    def _send_first(self, op: Comm, value: cst.BaseExpression | None = None) -> None:
        """We may be both ends: the sender's statement goes before."""
        writer = Writer(self.projector, self.ctx)
        expr = writer._send(op, keep=False, value=value)
        node = cst.Expr(expr)
        line = Line(node, op.span, tuple(writer.touches), names_of(node).reads)
        self.before += [
            *writer.before,
            *self.projector.guarded(op.sender.mode, [line], self.ctx, op.span),
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

    def _send(
        self, op: Comm, keep: bool, value: cst.BaseExpression | None = None
    ) -> cst.BaseExpression:
        if not op.addressed:
            return self._collective(op)
        value = value or self.value(op.value, op.sender.mode)
        told = self._told(op)
        if not told:
            return value
        endpoint = self._endpoint(op, "send", ", ".join(dict.fromkeys(str(s) for s in told)))
        all_of_us = any(s.role == self.role and s.whole for s in told)
        if all_of_us and len(told) == 1:
            return call(endpoint, "scatter" if op.kind == "scatter" else "broadcast", value)
        if all_of_us:  # the others first, then the own cluster by its mesh
            told = [s for s in told if s.role != self.role]
        picked = [self._index(s) for s in told if s.picked]
        addressed = f"{endpoint}[{', '.join(picked)}]" if picked else endpoint
        if all_of_us:
            value = call(addressed, "share", value)
            return call(self._of_mesh(endpoint, op), "broadcast", value)
        return call(addressed, "share" if keep and op.kind == "share" else "send", value)

    def _told(self, op: Comm) -> list[Seat]:
        return [s for s in op.receivers if id(s) not in self.facts.elided]

    def _of_mesh(self, endpoint: str, op: Comm) -> str:
        """Where others hear the same, the own cluster has an endpoint of its own."""
        return endpoint.replace(f"__op{op.uid}__", f"__op{op.uid}_{self.role}__")

    def _index(self, seat: Seat) -> str:
        assert seat.index is not None
        index = self.projector.localizer(self.ctx).expression(seat.index)
        return code_for(index)

    def _receive(self, op: Comm) -> cst.BaseExpression:
        if not op.addressed:
            return self._collective(op)
        endpoint = self._endpoint(op, "receive", str(op.sender))
        if op.sender.role == self.role and mixed(op, self.facts):
            endpoint = self._of_mesh(endpoint, op)
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
        if op.kind in ("gather", "reduce") and self._picks_one_of_us(op):
            return self._gathered_within(op)
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

    def _picks_one_of_us(self, op: Comm) -> bool:
        return any(s.picked and s.role == self.role for s in op.receivers)

    def _gathered_within(self, op: Comm) -> cst.BaseExpression:
        """One member gathers from all of its cluster: all send, then that one receives."""
        value = self.value(op.value, op.sender.mode)
        start = len(self.touches)
        to = self._index(op.receivers[0])
        endpoint = self._endpoint(op, "send", str(op.receivers[0]))
        node = cst.Expr(call(f"{endpoint}[{to}]", "send", value))
        names = names_of(node)
        self.before.append(Line(node, op.span, tuple(self.touches), names.reads, names.binds))
        del self.touches[start:]
        endpoint = self._endpoint(op, "receive", str(op.sender))
        folded = [self.value(op.function, op.receivers[0].mode)] if op.function is not None else []
        return call(endpoint, op.kind, *folded)

    # Calls of choreographies

    def _calls_value(self, op: Invoke | Concurrent, mode: str | None) -> cst.BaseExpression | None:
        """Our part in calls, as an expression for those who are `mode`; what others of us do goes before.

        Without a mode nobody wants the value, and the statement is for whoever of us takes part.
        """
        parts = self.parts(op)
        if mode is None and len({p.mode for p in parts}) == 1:
            return self.together(op, parts)
        own = [p for p in parts if not p.mode or p.mode == mode]
        for part in parts:
            if part not in own:
                self.before += self.alone(op, part)
        return self.together(op, own) if own else None

    def parts(self, op: Invoke | Concurrent) -> list[Part]:
        """The calls that we have a part in, in order, once for every role that we play."""
        calls = [op] if isinstance(op, Invoke) else op.calls
        return [part for call in calls for part in self._parts_of(call)]

    def together(self, op: Invoke | Concurrent, parts: Sequence[Part]) -> cst.BaseExpression:
        """Calls that the same node takes part in."""
        if len(parts) == 1 or isinstance(op, Invoke):
            return cst.Await(parts[0].call)
        function = cst.parse_expression(f"{self.ctx.net}.concurrently")
        return cst.Await(cst.Call(function, [cst.Arg(p.call) for p in parts]))

    def alone(
        self, op: Invoke | Concurrent, part: Part, node: cst.BaseSmallStatement | None = None
    ) -> Sequence[Piece]:
        """One call as a statement, for the member that it concerns."""
        node = node or cst.Expr(cst.Await(part.call))
        names = names_of(node)
        self.touches = [t for t in self.touches if t not in part.touches]
        line = Line(node, op.span, part.touches, names.reads, names.binds)
        return self.projector.guarded(part.mode, [line], self.ctx, op.span)

    def _parts_of(self, op: Invoke) -> Iterator[Part]:
        played = op.played(self.role)
        callee = self.projector.program.choreographies[op.callee]
        places = {p.name: p.place for p in callee.parameters}
        for argument in op.arguments:
            if not any(f in places.get(argument.parameter, Place()) for f, _ in played):
                self.before.extend(self.projector.effects(argument.root, self.ctx))
        for formal, seat in played:
            start = len(self.touches)
            args = [
                self._passed(a, seat, places[a.parameter].modes[formal])
                for a in op.arguments
                if formal in places.get(a.parameter, Place())
            ]
            call = self._call(op, formal, len(played) > 1, args)
            mode = seat.mode if seat.picked else ""
            yield Part(op, formal, call, mode, tuple(self.touches[start:]))

    def _passed(self, argument: Argument, seat: Seat, mode: str) -> cst.Arg:
        value = self.value(argument.root, seat.mode if seat.key else mode)
        return argument.node.with_changes(value=value, comma=cst.MaybeSentinel.DEFAULT)

    def _call(self, op: Invoke, formal: str, several: bool, args: Sequence[cst.Arg]) -> cst.Call:
        named = f"{op.uid}_{formal}" if several else str(op.uid)
        endpoint = self._endpoint(op, "call", op.callee).replace(f"op{op.uid}", f"op{named}")
        picked = [self._index(s) for _, s in op.picked(formal) if not s.fixed]
        if picked:
            endpoint = f"{endpoint}({', '.join(picked)})"
        lead = [cst.Arg(cst.Name(self.role)), cst.Arg(cst.parse_expression(endpoint))]
        return cst.Call(cst.Name(f"__call{named}__"), [*lead, *args])


@dataclass(frozen=True, slots=True)
class Part:
    """A call that a location takes part in, as `formal`. `mode`: the member that does, "" for all of us."""

    op: Invoke
    formal: str
    call: cst.Call
    mode: str
    touches: tuple[Touch, ...]


def call(endpoint: str, method: str, *args: cst.BaseExpression) -> cst.BaseExpression:
    """`await endpoint.method(args)`."""
    function = _dotted(f"{endpoint}.{method}")
    return cst.Await(cst.Call(function, [cst.Arg(unparenthesized(a)) for a in args]))


def _dotted(text: str) -> cst.BaseExpression:
    """As parsing does, but names and dots alone are put together at a tenth of its price."""
    head, *rest = text.split(".")
    if not all(part.isidentifier() for part in (head, *rest)):
        return cst.parse_expression(text)
    found: cst.BaseExpression = cst.Name(head)
    for part in rest:
        found = cst.Attribute(found, cst.Name(part))
    return found
