"""What the free type variables of choreographies stand for, call by call, and whether such values may be sent.

Runs after the places of all choreographies are known, because a call is checked against what the callee, and whatever
that calls, does with its values. Before: `Facts` of every choreography, whose payloads mention type variables. After:
`Facts.given` of every call; and a finding for each call whose types cannot travel, or cannot be held by several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related
from motetc.frontend.naming import free_name
from motetc.frontend.program import Program
from motetc.ir.aliases import folded
from motetc.ir.answers import Check, TypeIn
from motetc.ir.facts import Facts
from motetc.ir.generic_types import substituted, typevars
from motetc.ir.mutability import mutable_part
from motetc.ir.nodes import Choreography, Invoke
from motetc.ir.types import Declared, Type
from motetc.ir.typetext import short
from motetc.ir.walk import operations

Given = Mapping[str, Type]
_DEPTH = 8  # of types in types


@dataclass(slots=True)
class TypeArguments:
    """All calls of one program. `check`: why values of a type cannot travel; `type_of`: of a node of a module."""

    program: Program
    facts: Mapping[str, Facts]
    type_of: TypeIn
    declared: Declared
    check: Check
    findings: Findings
    earlier: Mapping[str, Findings]
    """What is wrong with each choreography besides."""
    given: dict[str, dict[int, Given]] = field(default_factory=dict)
    passed: dict[int, Given] = field(default_factory=dict)  # what arguments alone say, by id
    done: set[tuple[str, tuple[Type, ...]]] = field(default_factory=set)

    def run(self) -> None:
        """Find the types given in all calls, then follow those in which no type variable is left."""
        choreographies = self.program.choreographies
        for key, choreography in choreographies.items():
            generic = (op for op in calls(choreography) if choreographies[op.callee].free)
            self.given[key] = {op.uid: self._given(choreography, op) for op in generic}
        self._carry()
        for key, choreography in choreographies.items():
            for op in calls(choreography):
                given = self.given[key].get(op.uid)
                if given is not None and not any(map(typevars, given.values())):
                    self._follow(choreography, op, op, given, 0)

    def _given(self, caller: Choreography, op: Invoke) -> Given:
        """What mypy takes each type variable of a callee for."""
        callee = self.program.choreographies[op.callee]
        node = op.node.expression if isinstance(op.node, cst.Await) else op.node
        assert isinstance(node, cst.Call)
        function = self.type_of(caller.module, node.func)
        given = [t for t in (function.args if function else ()) if t.kind == "given"]
        found = {t.name: folded(t.args[0], self.declared) for t in given}
        self.passed[id(op)] = found | {t.name: folded(t.args[-1], self.declared) for t in given}
        return {name: found.get(name, Type("any")) for name in callee.free}

    def _carry(self) -> None:
        """Find the type variables of which values travel: those in payloads, and in what callees send."""
        carried = {
            key: {v.name for t in facts.payload.values() for v in typevars(t)}
            for key, facts in self.facts.items()
        }
        before = 0
        while before != (before := sum(map(len, carried.values()))):
            for key, op, name, type_ in self._passed():
                if name in carried[op.callee]:
                    carried[key] |= {v.name for v in typevars(type_)}
        for key, facts in self.facts.items():
            facts.carried.extend(
                v for v in self.program.choreographies[key].free if v in carried[key]
            )
        for key, op, name, type_ in self._passed():
            if name in carried[op.callee]:
                given = self.facts[key].given.get(op.uid, {})
                self.facts[key].given[op.uid] = {**given, name: type_}

    def _passed(self) -> Iterator[tuple[str, Invoke, str, Type]]:
        """Each type given in a call: who calls, the call, the callee's type variable, and the type."""
        for key, choreography in self.program.choreographies.items():
            for op in calls(choreography):
                for name, type_ in self.given[key].get(op.uid, {}).items():
                    yield key, op, name, type_

    def _follow(
        self, caller: Choreography, outer: Invoke, op: Invoke, given: Given, depth: int
    ) -> bool:
        """Check what a call does with values of these types, and the calls in it; whether all is well."""
        callee = self.program.choreographies[op.callee]
        known = op.callee, tuple(given.values())
        if known in self.done:
            return True
        self.done.add(known)
        why = self._refusal(callee, given) or (_endless(callee, given) if depth > _DEPTH else None)
        if why is not None:
            if outer is op and self._is_drowned(caller, op, given):
                why = "missing-type", "cannot send all that this may be", self._named(caller, op)
            self._refuse(caller, outer, callee, *why)
            return False
        for inner in calls(callee):
            passed = self.given[op.callee].get(inner.uid)
            if passed is not None:
                types = {name: substituted(t, given) for name, t in passed.items()}
                if not self._follow(caller, outer, inner, types, depth + 1):
                    return False
        return True

    def _is_drowned(self, caller: Choreography, op: Invoke, given: Given) -> bool:
        """Whether what is around a call makes its types vaguer than what is passed, which could be sent."""
        callee, passed = self.program.choreographies[op.callee], self.passed[id(op)]
        return passed != given and self._refusal(callee, passed, caller.free) is None

    def _refusal(
        self, callee: Choreography, given: Given, free: tuple[str, ...] = ()
    ) -> tuple[str, str, str] | None:
        """The code, the reason and the way out, if a call with these types is refused."""
        facts = self.facts[callee.key]
        for payload in facts.payload.values():
            if typevars(payload):
                why = self.check(substituted(payload, given), free)
                if why is not None:
                    return "not-serializable", f"sends such values; {why}", _travel(given)
        for agreed in facts.agreed:
            if typevars(agreed):
                why = mutable_part(substituted(agreed, given), self.declared)
                if why is not None:
                    text = f"makes such a value known to several, and {why}"
                    return "mutable-agreement", text, _IMMUTABLE
        return None

    def _named(self, caller: Choreography, op: Invoke) -> str:
        """The edit that keeps what is around a call from having a say in its types."""
        module = self.program.modules[caller.module]
        name = free_name("result", caller.locals.__contains__)
        call = " ".join(module.code(op.node).split())
        return (
            "mypy looks at what is around the call: give the result a name in a statement before, "
            f"`{name} = {call}`, and write `{name}` here"
        )

    def _refuse(
        self, caller: Choreography, op: Invoke, callee: Choreography, code: str, why: str, help: str
    ) -> None:
        span = self.program.modules[caller.module].span(op.node)
        if self.earlier[caller.key].has(code, span):  # where the result is bound
            return
        given = self.given[caller.key][op.uid]
        shown = " and ".join(f"`{name}` is `{_short(t)}`" for name, t in given.items())
        text = (
            f"{shown} in this call of `{op.callee.rpartition('.')[2]}`, and `{callee.name}` {why}"
        )
        related = (Related(callee.span, f"`{callee.name}` is here"),)
        self.findings.error(code, span, text, help, related)


def calls(choreography: Choreography) -> Iterator[Invoke]:
    """All calls in a choreography."""
    return (op for op in operations(choreography.body) if isinstance(op, Invoke))


_IMMUTABLE = "pass an immutable value: a tuple, a frozenset, a frozen dataclass"


def _travel(given: Given) -> str:
    if any(t.kind == "any" for t in given.values()):
        return "annotate the value that is passed: what travels has a type that both ends agree on"
    return (
        "pass its data instead: a dataclass, a tuple, a scalar; or register a codec for the class"
    )


def _endless(callee: Choreography, given: Given) -> tuple[str, str, str]:
    text = f"calls itself with ever larger types, such as `{_short(next(iter(given.values())))}`"
    return "unsupported-syntax", text, f"pass `{callee.name}` a value of the same type each time"


def _short(t: Type) -> str:
    shown = short(t)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
