"""Reads calls of choreographies, alone and in `concurrently`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.model import FOLLOWS
from motetc.diagnostics.report import count
from motetc.frontend.seats import Recognition
from motetc.ir.nodes import Argument, Choreography, Concurrent, Invoke, Seat
from motetc.ir.roles import Role


@dataclass(slots=True)
class ChoreographyCalls(Recognition):
    """Who plays which role, and what is passed; one node plays one role."""

    def _invoke(self, node: cst.BaseExpression, call: cst.Call) -> Invoke | None:
        callee_name = self.callee(call.func)
        assert callee_name is not None
        callee = self.program.choreographies[callee_name]
        if not callee.understood:
            self._refuse(call, FOLLOWS, "")
            return None
        roles: list[tuple[str, Seat]] = []
        arguments: list[Argument] = []
        reasons: list[tuple[str, str]] = []
        formals = {r.name: r for r in callee.roles}
        positional = iter(_parameter_names(callee.node))
        for arg in call.args:
            name = self._parameter(arg, callee, positional)
            if name is None:
                return None
            if name in callee.reasons:
                reasons.append((name, self.reason(arg.value)))
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

    def _parameter(
        self, arg: cst.Arg, callee: Choreography, positional: Iterator[str]
    ) -> str | None:
        """Which parameter an argument is for; `positional`: those that are left."""
        name = arg.keyword.value if arg.keyword is not None else next(positional, None)
        slots = _parameter_names(callee.node)
        by_name = [p.name.value for p in callee.node.params.kwonly_params]
        if arg.star:
            text = "arguments of a choreography are written out one by one"
        elif name is None:
            text = f"`{callee.name}` takes no more than {count(len(slots), 'argument')}"
            text += " without their names" if by_name else ""
        elif arg.keyword is not None and name not in (*slots, *by_name):
            text = f"`{callee.name}` has no parameter `{name}`"
        else:
            return name
        self._refuse(arg, text, f"write `{_called(callee.name, slots, by_name)}`")
        return None

    def _actual(self, arg: cst.Arg, formal: Role) -> Seat | None:
        seat = self.seat(arg.value)
        if seat is None:
            text = f"`{self.module.code(arg.value)}` is no location of this choreography"
            self._refuse(arg, text, "pass one of the location parameters")
            return None
        if self.asks(seat):
            return None
        if seat.whole == formal.cluster:
            return None if self._refuse_derived(arg, seat, formal) else seat
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

    def _refuse_derived(self, arg: cst.Arg, seat: Seat, formal: Role) -> bool:
        """Whether a role of a class is to be played by a derived class, which has modules of its own."""
        actual = next(r for r in self.choreography.roles if r.name == seat.role)
        derived = formal.location in self.program.ancestors(actual.location)
        if formal.variable or not (derived or actual.variable):
            return False
        text = f"`{seat}` is of class `{actual.class_name}`, and `{formal.name}` of `{formal.class_name}` alone"
        help = (
            f"let it be played by derived classes, too: `{formal.name}: L`, with "
            f'`L = TypeVar("L", bound={formal.class_name})`'
        )
        self._refuse(arg, text, help)
        return True

    def _refuse_aliases(self, call: cst.Call, roles: list[tuple[str, Seat]]) -> bool:
        """Whether one node would play two roles; of one that has been given a name that is said already."""
        if any(
            isinstance(arg.value, cst.Name) and arg.value.value in self.aliases for arg in call.args
        ):
            return True
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

    def _is_forgotten(self, call: cst.Call) -> bool:
        """Whether what is called is no choreography only for its decorator, which is told there."""
        named = isinstance(call.func, (cst.Name, cst.Attribute))
        return named and self.program.resolve(self.module, call.func) in self.program.forgotten

    def _calls_in(self, arg: cst.Arg) -> str:
        """The calls that are in an awaited one, or in a list, as arguments; else how they look."""
        match arg.value:
            case cst.Await(expression=inner):
                found = [inner]
            case cst.List(elements=elements) | cst.Tuple(elements=elements):
                found = [element.value for element in elements]
            case _:
                found = []
        calls = [c for c in found if isinstance(c, cst.Call) and self.callee(c.func) is not None]
        if not calls or len(calls) < len(found):
            return "f(a, b, x), g(a, c, y)"
        return ", ".join(map(self.module.code, calls)) + (", …" if len(calls) == 1 else "")

    def _concurrent(self, node: cst.Await, call: cst.Call) -> Concurrent | None:
        calls = []
        why = ""
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value == "why":
                why = self.reason(arg.value)
                continue
            inner = arg.value
            if isinstance(inner, cst.Call) and self._is_forgotten(inner):
                self._refuse(call, FOLLOWS, "")
                return None
            if arg.star or not isinstance(inner, cst.Call) or self.callee(inner.func) is None:
                help = f"pass calls of choreographies, not awaited: `concurrently({self._calls_in(arg)})`"
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
        if len(calls) < 2:
            alone = f"`await {self.module.code(calls[0].node)}`" if calls else "leave it out"
            self._refuse(
                call, "`concurrently` runs two calls or more", f"write {alone}" if calls else alone
            )
            return None
        return Concurrent(next(self.counter), node, tuple(calls), self.module.span(node), why)


def _parameter_names(node: cst.FunctionDef) -> list[str]:
    return [p.name.value for p in (*node.params.posonly_params, *node.params.params)]


def _called(name: str, slots: Sequence[str], by_name: Sequence[str]) -> str:
    """A call of a choreography, with what it takes."""
    return f"{name}({', '.join([*slots, *(f'{n}={n}' for n in by_name)])})"
