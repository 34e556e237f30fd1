"""The places of live collections: what an operator's functions mention must be known where the operator runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

import libcst as cst

from motetc.diagnostics.model import Related
from motetc.frontend.mutation import MUTATORS
from motetc.ir.live import Live
from motetc.ir.nodes import Flow, Turns
from motetc.ir.place import EVERYWHERE, ONE, OWN, SAME, Place
from motetc.ir.slices import SliceLive
from motetc.ir.types import Type
from motetc.passes.environment import Binding
from motetc.passes.place_ports import PortPlaces

_AWAITS = frozenset({"for_each", "dest_sink", "map", "map_with_key"})  # a map gives futures
_MAPS = frozenset({"map", "map_with_key", "filter_map", "filter_map_with_key"})
_FOLDS = frozenset({"fold", "reduce"})
_AWAITED = re.compile(r"\b(Coroutine|Awaitable|Future|Task)\b").search
"""Whether the name of a type says that values of it are awaited."""


@dataclass(slots=True)
class FlowPlaces(PortPlaces):
    """Who knows what in a flow, and who knows the results that are awaited."""

    def _pipelines(self, flow: Flow) -> None:
        self._elements(flow)
        for live, given in flow.given:
            place = self._of(live.role)
            if self._elsewhere(live, given.expr) or self._waits(live, given.expr):
                continue
            if self._unresolved(live, given.expr):
                continue
            if self._gives_nothing(live, given.expr):
                continue
            use = self.reader.read(given.expr)
            self._settle([use], self.reader.module.span(given.expr), place, "unknown-value")
        for live in flow.lives:
            if isinstance(live, SliceLive) and live.slice is not None:
                self._slice(live, live.slice)
            if live.hop is not None and live.hop.uid not in self.facts.op_place:
                self._hop_payload(live, live.hop)
                self.facts.op_place[live.hop.uid] = self._of(live.role)

    def _elsewhere(self, live: Live, function: cst.BaseExpression) -> bool:
        """A method of another location, which cannot travel: the elements have to."""
        if not isinstance(function, cst.Attribute) or not isinstance(function.value, cst.Name):
            return False
        role = next((r for r in self.choreography.roles if r.name == function.value.value), None)
        called = any(
            live.arguments[n].expr is function for n in live.arguments if n in ("f", "make")
        )
        if role is None or role.name == live.role or not called:
            return False  # a value can be sent here
        code, op = self.reader.module.code(function), "broadcast" if role.cluster else "send"
        self.findings.error(
            "unknown-value",
            self.reader.module.span(function),
            f"`{code}` is at `{role.name}`, and these elements are at `{live.role}`",
            f"send them there first: `.{op}(to={role.name}).{live.op}({code})`",
            (Related(live.inputs[0].span, f"at `{live.role}`"),) if live.inputs else (),
        )
        return True

    def _waits(self, live: Live, function: cst.BaseExpression) -> bool:
        """An `async` function where an operator needs what it gives at once: only sinks and futures are awaited."""
        if live.op in _AWAITS or not live.inputs:
            return False
        result = self._result(function)
        if result is None or not result.name.startswith("typing.Coroutine"):
            return False
        code = self._code(function)
        self.findings.error(
            "not-awaited",
            self.reader.module.span(function),
            f"`{code}` is async, and `{live.op}` calls it without waiting for what it gives",
            self._at_once(live, code),
        )
        return True

    def _unresolved(self, live: Live, function: cst.BaseExpression) -> bool:
        """Elements that are still to be awaited, and a function that takes them for what they give."""
        before = live.inputs[0] if live.inputs else None
        made = before.arguments.get("f") if before is not None and before.op in _MAPS else None
        given = self._result(made.expr) if made is not None else None
        if given is None or not given.name.startswith("typing.Coroutine"):
            return False
        found, result = self.type_of(function), self._result(function)
        takes = found is not None and not isinstance(function, cst.Lambda) and _AWAITED(found.name)
        if takes or (result is not None and _AWAITED(result.name)):
            return False
        assert made is not None
        assert before is not None
        self._error(
            "not-awaited",
            function,
            f"what `{self._code(made.expr)}` gives is not awaited yet where `{live.op}` takes it",
            f"write `.{before.op}({self._code(made.expr)}).resolve_futures_ordered()` before it",
        )
        return True

    def _result(self, function: cst.BaseExpression) -> Type | None:
        """What a function gives, if its type is known."""
        found = self.type_of(function)
        return found.args[0] if found is not None and found.kind == "other" and found.args else None

    def _gives_nothing(self, live: Live, function: cst.BaseExpression) -> bool:
        """A function that only does something, where elements, or a value, are made of what it gives."""
        asked = live.arguments.get("f")
        if asked is None or asked.expr is not function:
            return False
        code = self._code(function)
        found = self.type_of(function) if isinstance(function, cst.Call) else None
        if found is not None and found.name == "None":
            text = f"`{code}` is called here and gives nothing, and `{live.op}` takes the function itself"
            help = f"write `{code.partition('(')[0]}`, or `lambda …: {code}`"
            self._error("unsupported-syntax", function, text, help)
            return True
        if live.op not in _MAPS | _FOLDS or not self._is_of_nothing(live, function):
            return False
        if live.op in _FOLDS:
            text = f"`{code}` gives nothing, and `{live.op}` goes on with what it gives"
            help = "give the next value, such as `[*value, x]`; or let a function change it, and return it"
        else:
            made = (
                "drops each `None`, and leaves none"
                if live.op.startswith("filter")
                else "makes each element `None`"
            )
            text = f"`{code}` gives nothing, so that `{live.op}` {made}"
            help = f"look at each element as it passes: `.{_looks(live.op)}({code})`"
            help += (
                f"; or let the stream end in it: `.for_each({code})`"
                if live.shape == "stream"
                else ""
            )
        self._error("unsupported-syntax", function, text, help)
        return True

    def _is_of_nothing(self, live: Live, function: cst.BaseExpression) -> bool:
        """Whether a function gives nothing; of a fold mypy may not know, and what changes its value gives nothing."""
        if not isinstance(function, cst.Lambda):
            result = self._result(function)
            return result is not None and result.name == "None"
        if not isinstance(function.body, cst.Call):
            return False
        result = self.type_of(function.body)
        if result is not None and result.kind != "any":
            return result.name == "None"
        match function.body.func:
            case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=method)):
                first = function.params.params[:1]
                return (
                    live.op in _FOLDS
                    and method in MUTATORS
                    and [name] == [p.name.value for p in first]
                )
        return False

    def _at_once(self, live: Live, code: str) -> str:
        """What to write instead of an operator with an `async` function."""
        plain = "give it a plain function (`def`, not `async def`)"
        if not all(x.shape == "stream" for x in (live, *live.inputs)):
            return plain
        if live.op == "inspect":
            return f"{plain}; or let the stream end in it: `.for_each({code})`"
        return f"{plain}; what has to be awaited goes before it: `.map({code}).resolve_futures_ordered()`"

    def _results(self, flow: Flow) -> None:
        for port in flow.ports:
            self._port_payload(port)
            self.facts.op_place[port.uid] = self._of(port.role)
        for collect in flow.collects:
            place = self._of(collect.live.role)
            bound = EVERYWHERE if self._is_broken() else place
            binding = Binding(bound, collect.span, refused=self._is_broken())
            self.env = self.env.bind(collect.name, binding)
            self.facts.names.append((collect.name, collect.span.line, bound))
        self.facts.stmt_place[id(flow)] = Place(
            {r: self._of(r).modes[r] for r in sorted(flow.roles)}
        )

    def _known(self, turns: Turns) -> Place:
        """Who knows the elements that an `async for` loops over."""
        return Place({role: self._agreed(role, turns) for role in turns.roles})

    def _agreed(self, role: str, turns: Turns) -> str:
        """How a role knows the elements: what is shared with a cluster is the same at every member."""
        if not self.choreography.role(role).cluster:
            return ONE
        return SAME if len(turns.roles) > 1 else OWN


def _looks(op: str) -> str:
    """The operator that looks at what `op` would change."""
    return "inspect_with_key" if op.endswith("_with_key") else "inspect"
