"""The places of operations: communications, calls of choreographies, `concurrently`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from motetc.ir.nodes import Answer, Argument, Choreography, Comm, Concurrent, Invoke, Root, Seat
from motetc.ir.place import EVERYWHERE, NOWHERE, Place, at
from motetc.ir.roles import Parameter
from motetc.passes.actual import mapped, mapped_apart
from motetc.passes.place_comms import CommPlaces


@dataclass(slots=True)
class OperationPlaces(CommPlaces):
    """Who knows the result of an operation."""

    def _ops(self, root: Root) -> None:
        for op in root.ops:
            match op:
                case Comm():
                    place = self._comm(op)
                case Invoke():
                    place = self._invoke(op)
                case Concurrent():
                    place = self._concurrent(op)
                case Answer():
                    place = self._answer(op)
            self.op_places[id(op.node)] = place
            self.facts.op_place[op.uid] = place

    def _answer(self, op: Answer) -> Place:
        """A reply goes from where its port is. It counts as something of that location's: clients see the order."""
        here = at(op.seat.role, op.seat.mode)
        if self._left_session((op.seat,), op.node):
            return EVERYWHERE
        for root in op.given:
            self._ops(root)
            use = self.reader.read(root.expr)
            for atom in use.atoms:
                self._require(atom, here, "unknown-value", f"the port `{op.port.name}` is there")
            self._finish(use, here)
            self.facts.root_place[id(root)] = here
            self._walrus(root, here)
        self.states.add(op.seat.role)
        return here

    def _invoke(self, op: Invoke) -> Place:
        callee = self.program.choreographies[op.callee]
        actual = dict(op.roles)
        for seat in actual.values():
            self._index(seat, Place({s.role: s.mode for s in actual.values()}))
        self._left_session(actual.values(), op.node)
        for argument in op.arguments:
            self._ops(argument.root)
            formal = next((p for p in callee.parameters if p.name == argument.parameter), None)
            if formal is not None:
                self._argument(argument, formal, actual, callee.name)
        self._one_place_each(op, callee)
        self.states |= self._states_of(op)
        places = self._result_places(op)
        return places[0] if len(places) == 1 else (EVERYWHERE if not places else NOWHERE)

    def _argument(
        self, argument: Argument, formal: Parameter, actual: Mapping[str, Seat], callee: str
    ) -> None:
        wanted, *further = mapped_apart(formal.place, actual)
        use = self.reader.read(argument.root.expr)
        for atom in use.atoms:
            for place in (wanted, *further):
                self._require(
                    atom, place, "unknown-value", f"`{callee}` wants `{formal.name}` there"
                )
        self._finish(use, wanted)
        self.facts.root_place[id(argument.root)] = wanted
        self._walrus(argument.root, wanted)

    def _one_place_each(self, op: Invoke, callee: Choreography) -> None:
        """A place tells one member of a cluster from the rest, not two."""
        for result in callee.results:
            if len(mapped_apart(result.place, dict(op.roles))) > 1:
                known = ", ".join(str(s) for f, s in op.roles if f in result.place)
                self._error(
                    "unsupported-syntax",
                    op.node,
                    f"a result of `{callee.name}` would be known to several members of one cluster: {known}",
                    "return it to one of them, and send it on",
                )

    def _states_of(self, op: Invoke) -> set[str]:
        """Whose state a call uses while it runs; its arguments are evaluated before."""
        actual = dict(op.roles)
        return {actual[r].role for r in self.touched[op.callee] if r in actual}

    def _result_places(self, op: Invoke) -> list[Place]:
        callee = self.program.choreographies[op.callee]
        return [mapped(r.place, dict(op.roles)) for r in callee.results]

    def _result_of(self, op: Invoke) -> Place:
        places = self._result_places(op)
        return places[0] if len(places) == 1 else EVERYWHERE

    def _concurrent(self, op: Concurrent) -> Place:
        used: dict[str, str] = {}
        self._refuse_halves(op)
        for call in op.calls:
            self.op_places[id(call.node)] = self.facts.op_place[call.uid] = self._invoke(call)
            name = call.callee.rpartition(".")[2]
            for role in sorted(self._states_of(call)):
                if role in used and not op.why:
                    self._error(
                        "missing-nondet",
                        op.node,
                        f"`{used[role]}` and `{name}` both use the state or methods of `{role}`, "
                        "in whatever order they come",
                        'give the reason why that is right: `concurrently(…, why=nondet("…"))`',
                    )
                used[role] = name
        places = [self._result_of(call) for call in op.calls]
        alike = places and all(p == places[0] and not p.everywhere for p in places)
        return places[0] if alike else NOWHERE

    def _refuse_halves(self, op: Concurrent) -> None:
        """A member takes part in its own call and in that of all: it would have to tell when it runs."""
        seats = [seat for call in op.calls for _, seat in call.roles]
        for seat in seats:
            if seat.picked and any(s.whole and s.role == seat.role for s in seats):
                self._error(
                    "unsupported-syntax",
                    op.node,
                    f"`{seat}` is in one of these calls, and all of `{seat.role}` in another",
                    "make the calls one after the other",
                )
                return
