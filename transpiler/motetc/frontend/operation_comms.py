"""Reads communications: `send`, `share` and the collectives, with their arguments and receivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from motetc.frontend.operation_forms import (
    CLUSTER_ONLY,
    KEYWORDS,
    KINDS,
    NEEDS_TO,
    POSITIONAL,
    written,
)
from motetc.frontend.scope import names_of
from motetc.frontend.seats import Recognition
from motetc.ir.nodes import Answer, Comm, Root, Seat

_ONE_OF_TWO = (
    "write an `if` with a communication in each arm, under a condition that all of them know"
)


@dataclass(slots=True)
class Communications(Recognition):
    """One sender, its value, its receivers; what is not written as an operation is written is refused."""

    def _comm(self, node: cst.Await, call: cst.Call) -> Comm | None:
        assert isinstance(call.func, cst.Attribute)
        kind = KINDS[call.func.attr.value]
        sender = self.seat(call.func.value)
        assert sender is not None
        if kind in CLUSTER_ONLY and not sender.whole:
            help = self._of_cluster(kind, sender, call)
            text = f"`{kind}` is an operation of a whole cluster, and `{sender}` is one node"
            self._refuse(call.func, text, help)
            return None
        parts = self._arguments(kind, call)
        if parts is None:
            return None
        receivers = self._receivers(kind, parts.get("to"), call)
        if receivers is None or any(map(self.asks, (sender, *receivers))):
            return None
        wrap = self._wraps(parts.get("wrap"))
        value = parts["value"]
        if kind == "scatter" and not self._scatters(sender, receivers[0], self.module.code(value)):
            return None
        if kind in ("gather", "reduce") and not self._gathers(kind, sender, receivers[0], parts):
            return None
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
            wrap,
            self._optional(parts.get("partner")),
            self.reason(parts.get("why")) if "at_least" in parts else "",
        )

    def _wraps(self, wrap: cst.BaseExpression | None) -> bool:
        """Whether a shift goes round."""
        said = wrap.value if isinstance(wrap, cst.Name) else ""
        if wrap is not None and said not in ("True", "False"):
            self._refuse(
                wrap,
                "`wrap` must be written `True` or `False`: it decides the type of the result",
                "write `wrap=True` or `wrap=False`; choose between two calls with an `if`",
            )
        return said != "False"

    def _answer(self, node: cst.Await, call: cst.Call) -> Answer | None:
        """`await port.send(reply, to=client)`; at a port for one client, `await port.send(reply)`."""
        assert isinstance(call.func, cst.Attribute)
        assert isinstance(call.func.value, cst.Name)
        name = call.func.value.value
        door = self.doors[name]
        port, door.answered = door.port, True
        assert port is not None
        found: dict[str, cst.BaseExpression] = {}
        for arg in call.args:
            said = arg.keyword.value if arg.keyword is not None else "value"
            if not arg.star and said not in found:
                found[said] = arg.value
        wanted = {"value"} if port.single else {"value", "to"}
        if found.keys() != wanted or len(call.args) != len(wanted):
            to = "" if port.single else ", to=client"
            text = f"a reply through the port `{name}` says {'what' if port.single else 'what, and to whom'}"
            self._refuse(call, text, f"write `await {name}.send(reply{to})`")
            return None
        if "to" in found and self.seat(found["to"]) is not None:
            text = f"`{self.module.code(found['to'])}` is a location, and a port's replies go to clients outside"
            help = f"`to` is the `ClientId` with which the request came: `await {name}.send(reply, to=client)`"
            self._refuse(call, text, help)
            return None
        role = next(r for r in self.choreography.roles if r.name == port.role)
        client = self.root(found["to"]) if "to" in found else None
        seat = Seat(role.name, role.cluster, call.func.value)
        value, span = self.root(found["value"]), self.module.span(node)
        return Answer(next(self.counter), node, port, seat, value, client, span)

    def _scatters(self, sender: Seat, seat: Seat, value: str) -> bool:
        """Whether one hands out to all of a cluster, or one cluster to another."""
        if not seat.whole and sender.whole:
            text = f"`scatter` is for a cluster, and `{seat}` is one node"
            help = (
                f"let the one hand out: `await {seat}.scatter({value}, to={sender})`; or collect what each member "
                f"has: `await {sender}.gather({value}, to={seat})`"
            )
        elif not seat.whole:
            text = f"`scatter` is for a cluster, and `{seat}` is one node"
            help = f"`send` it: `await {sender}.send({value}, to={seat})`"
        elif sender.key and seat.role != sender.role:
            text = f"`scatter` by one member: type checkers take it for that of all `{sender.role}`"
            help = (
                f"let a choreography whose sender is a type variable bound to `Process` hand out, and call it with "
                f"`{sender}`"
            )
        elif seat.role == sender.role and not sender.key:
            text = "`scatter` to the sender's own cluster"
            help = "use `all_to_all`, in which every member hands out"
        else:
            return True
        self._refuse(seat.node, text, help)
        return False

    def _gathers(
        self, kind: str, sender: Seat, seat: Seat, parts: Mapping[str, cst.BaseExpression]
    ) -> bool:
        """Within a cluster one member gathers, and always from all."""
        if seat.role != sender.role or not (seat.whole or "at_least" in parts):
            return True
        text = f"`{kind}` to all members of the same cluster"
        help = f"use `all_{kind}`, which gives the result to every member"
        if not seat.whole:
            text = "a quorum within one cluster"
            help = "gather from all of them, without `at_least`, or let a process of its own ask"
        self._refuse(seat.node, text, help)
        return False

    def _of_cluster(self, kind: str, sender: Seat, call: cst.Call) -> str:
        """What to write for an operation of one node: that of the cluster whose value or name it is given."""
        clusters = [r.name for r in self.choreography.roles if r.cluster]
        given = call.args[0].value if call.args else None
        seat = self.seat(given) if given is not None else None
        named = {seat.role} if seat is not None else names_of(given).reads if given else set()
        spoken = [name for name in clusters if name in named and name != sender.role]
        if given is None or not spoken or kind not in NEEDS_TO:
            return f"write `await {sender}.send(…, to=…)`, {self.as_cluster(sender, kind)}"
        value = "x" if seat is not None else self.module.code(given)
        rest = [self.module.code(a.value) for a in call.args[1:] if a.keyword is None]
        return written(kind, spoken[0], value, str(sender), *rest[:1])

    def _optional(self, expr: cst.BaseExpression | None) -> Root | None:
        return None if expr is None else self.root(expr)

    def _arguments(self, kind: str, call: cst.Call) -> dict[str, cst.BaseExpression] | None:
        found: dict[str, cst.BaseExpression] = {}
        names = iter(POSITIONAL[kind])
        for arg in call.args:
            name = KEYWORDS.get(arg.keyword.value) if arg.keyword is not None else next(names, None)
            if arg.star or name is None or name in found:
                text = self.module.code(arg).strip(", ")
                self._refuse(
                    arg, f"`{kind}` cannot be called with `{text}`", self.mended(kind, call)
                )
                return None
            if name == "to" and kind not in NEEDS_TO:
                self._addresses(kind, call, arg)
                return None
            found[name] = arg.value
        missing = [n for n in ("value", *(["to"] if kind in NEEDS_TO else [])) if n not in found]
        missing += [n for n in ("function", "partner") if n in POSITIONAL[kind] and n not in found]
        if missing:
            lacks = ", ".join(f"`{m}`" for m in missing)
            self._refuse(call, f"`{kind}` lacks {lacks}", self.mended(kind, call))
            return None
        if "at_least" in found and "why" not in found:
            self.findings.error(
                "missing-nondet",
                self.module.span(call),
                "which members answer first is not determined, and no reason says that this does not matter",
                'add `why=nondet("…")` with the reason',
            )
        return found

    def _addresses(self, kind: str, call: cst.Call, to: cst.Arg) -> None:
        """An operation among the members of a cluster has no receiver; one for all of them has one for one."""
        one = kind.removeprefix("all_")
        help = self.mended(one if one in NEEDS_TO else kind, call)
        self._refuse(to, f"`{kind}` has no receiver: every member has a result", help)

    def mended(self, kind: str, call: cst.Call) -> str:
        """How a call that is not written as it should be would be written."""
        assert isinstance(call.func, cst.Attribute)
        seats = [
            a.value
            for a in call.args
            if self.seat(a.value) is not None or (a.keyword is not None and a.keyword.value == "to")
        ]
        values = [a.value for a in call.args if a.value not in seats and not a.star]
        receiver = self.module.code(seats[0]) if seats else "…"
        value = self.module.code(values[0]) if values else "x"
        function = self.module.code(values[1]) if len(values) > 1 else "max"
        return written(kind, self.module.code(call.func.value), value, receiver, function)

    def _receivers(
        self, kind: str, to: cst.BaseExpression | None, call: cst.Call
    ) -> tuple[Seat, ...] | None:
        if to is None:
            return ()
        parts = [e.value for e in to.elements] if isinstance(to, cst.Tuple) else [to]
        if not parts:
            self._refuse(
                to, f"`{kind}` addresses nobody", "name a receiver, or leave the message out"
            )
            return None
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
                    self._exchanged(kind, call, part) or self._named(part),
                )
                return None
            seats.append(seat)
        return tuple(seats)

    def _exchanged(self, kind: str, call: cst.Call, part: cst.BaseExpression) -> str:
        """How it would be written where the value and the receiver have changed places."""
        value = call.args[0] if call.args and call.args[0].keyword is None else None
        if (
            value is None
            or self.seat(value.value) is None
            or not isinstance(call.func, cst.Attribute)
        ):
            return ""
        code = self.module.code
        return written(kind, code(call.func.value), code(part), code(value.value))

    def _named(self, part: cst.BaseExpression) -> str:
        """What to write in place of a receiver that is none."""
        if isinstance(part, cst.IfExp):
            return _ONE_OF_TWO
        if isinstance(part, (cst.List, cst.Set)):
            seats = [self.module.code(e.value) for e in part.elements]
            return (
                f"write `to={seats[0]}`" if len(seats) == 1 else f"write `to=({', '.join(seats)})`"
            )
        said = part.raw_value if isinstance(part, cst.SimpleString) else self.module.code(part)
        role = next((r for r in self.choreography.roles if said in (r.name, r.class_name)), None)
        if role is not None:
            return f"write `to={role.name}`"
        seat = self.seat(part.value) if isinstance(part, cst.Subscript) else None
        if seat is not None and not seat.cluster:
            return f"`{seat}` is one node: write `to={seat}`"
        clusters = [r.name for r in self.choreography.roles if r.cluster]
        if isinstance(part, cst.Name) and clusters:
            return (
                f"of a member whose id is `{said}`, write `to={clusters[0]}[{said}]`, if all know it; for receivers "
                "chosen by data use `all_to_all` between members, or `demux` on a stream"
            )
        return (
            "name a location parameter or `workers[i]` with an `i` that all know; for receivers chosen "
            "by data use `all_to_all` between members, or `demux` on a stream"
        )
