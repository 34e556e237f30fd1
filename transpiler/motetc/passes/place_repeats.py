"""What several locations compute comes out the same at each, and nothing runs twice: how a breach is told."""

from __future__ import annotations

from dataclasses import dataclass, replace

import libcst as cst

from motetc.diagnostics.model import Related
from motetc.frontend.tree import inner_statements
from motetc.ir.nodes import Each
from motetc.ir.place import NOWHERE, Place
from motetc.passes.chance import asking
from motetc.passes.changes import CONTEXT
from motetc.passes.cures import keeper as user_of
from motetc.passes.environment import Binding, keeper
from motetc.passes.impurity import Impure
from motetc.passes.place_state import State
from motetc.passes.uses import Atom, Use

CHANGED = "it is changed here, by whoever comes here"
KEPT = "it is handed on here, and may be changed from there"


@dataclass(slots=True)
class Repeats(State):
    """The findings about what would be evaluated at several locations."""

    def _changed_values(self, use: Use, place: Place) -> None:
        """What the module's own code changes is not the same at each location."""
        module = self.reader.module
        owner = next(iter((*place.modes, *(r.name for r in self.choreography.roles))), "location")
        for name, node, changed in use.changing:
            code = module.code(node)
            by = f" by `{code}`" if code != name else ""
            kept = changed is not None and changed.kept
            how = (
                "handed on in the program, so that it may change"
                if kept
                else "changed in the program"
            )
            text = f"`{name}` is read {where(place)}{by}, and {how}: each location has a `{name}` of its own"
            read_only = (
                "make it a `tuple`, a `frozenset` or a `MappingProxyType`, or " if kept else ""
            )
            attribute = f"{owner}.{name.rpartition('.')[2].lower()}"
            help = f"{read_only}keep it on a location, as `{attribute}`, and share what it is"
            if name == CONTEXT:
                help = "compute it at one location and `share` it; or set it where it is used: `with localcontext(…):`"
            related = (
                (Related(changed.span, KEPT if kept else CHANGED),) if changed is not None else ()
            )
            if not related or not self.findings.told(text, related):
                self.findings.error("mutable-agreement", module.span(node), text, help, related)

    def _deterministic(self, use: Use, why: str) -> None:
        asking = [c for c in use.impure if c.unstable or c.asks]
        others = [c for c in use.impure if not (c.unstable or c.asks)]
        asking += [replace(c, asks=asks) for c in others if (asks := self.reader.asked_by_types(c))]
        for call in [*asking, *use.later, *use.unstable]:
            self._error(
                "not-deterministic",
                call.node,
                f"{call.shown} may come out differently at each location; {why}",
                self._repeated(call),
            )

    def _report_unbound(self, unbound: list[tuple[str, cst.CSTNode]]) -> None:
        for name, node in unbound:
            if name in self.ended:
                self._ends_with_session(name, *self.ended[name])
                continue
            text, help = (
                f"`{name}` is not bound on every path to here",
                f"bind `{name}` before it is read",
            )
            if name in self.passing:
                inside, here = self._kept_by(name, self.passing[name])
                text = f"`{name}` is bound in the sessions, and what is bound in a session ends with it"
                help = (
                    f"keep it on a location: `{inside}.{name} = …`, and read `{here}.{name}` here"
                )
            if not any(found.message == text for found in self.findings.found.values()):
                binding, span = self.env.names.get(name), self.reader.module.span(node)
                only = f"`{name}` is bound here, but not on every path"
                partly = (
                    (Related(binding.span, only),) if binding is not None and binding.partly else ()
                )
                self.findings.error("maybe-unbound", span, text, help, partly)

    def _kept_by(self, name: str, sessions: Each) -> tuple[str, str]:
        """What has a name that sessions bind, as they call it and as it is called behind them."""
        place = next((place for n, _, place in reversed(self.facts.names) if n == name), NOWHERE)
        inside = keeper(sessions, place)
        return inside, sessions.role if inside == sessions.variable else inside

    def _ends_with_session(self, name: str, sessions: Each, outer: Binding) -> None:
        owner = keeper(sessions, outer.place)
        single = [role for role in self.choreography.roles if not role.cluster]
        if outer.place.everywhere and single:
            owner = user_of(name, self.choreography, single).name
        kept = f"{owner}.{name}"
        self.findings.error(
            "unsupported-syntax",
            sessions.span,
            f"`{name}` is bound before the sessions and again in them, and what is bound in a session ends with it",
            f"use another name in the session, or keep the value on a location: `{kept}`",
            (Related(outer.span, f"`{name}` is bound here"),),
        )

    def _unstable(self, call: Impure, place: Place) -> None:
        self._error(
            "not-deterministic",
            call.node,
            f"{call.shown} may come out differently at each {'location' if place.everywhere else f'of {place}'}",
            self._repeated(call),
        )

    def _repeated(self, call: Impure) -> str:
        """How what differs from location to location becomes the same."""
        if isinstance(call.node, cst.Comparison) and not call.asks:
            return "compare the values: `==`, and not whether they are one object"
        if call.iterates:
            return f"iterate over `sorted({self._code(call.node)})`; or compute it at one location and `share` it"
        return "compute it at one location and `share` it"

    def _unplaced(self, call: Impure, place: Place) -> None:
        roles = [*place.modes, *self.control.modes, *(r.name for r in self.choreography.roles)]
        first = roles[0] if roles else "location"
        how = "at no place in particular" if place.everywhere else f"at each of {place}"
        text = f"`{call.text}(…)` is not known to be pure and would run {how}"
        if call.asks:
            text = f"`{call.text}(…)` {asking(call.asks)} and would run {how}"
        elif call.acts:
            text = f"`{self._code(call.node)}` {call.acts} and would run {how}"
        elif isinstance(call.node, cst.Attribute):
            text = f"`{call.text}` is each location's own and would be read {how}"
        self._error(
            "unplaced-call",
            call.node,
            text,
            f"say where it runs: in a block `with {first}:`, or in a method `{first}.…`{self._marked(call)}",
        )

    def _marked(self, call: Impure) -> str:
        """A function or a method of the program's own may be declared pure."""
        if call.unstable or call.asks or call.acts:
            return ""
        func = call.node.func if isinstance(call.node, cst.Call) else call.node
        if isinstance(func, cst.Name) and self._is_defined_here(func.value):
            return f"; or define `{func.value}` at the top level of the module, and mark it `@pure`"
        names = [self.program.resolve(self.reader.module, func) or ""]
        if isinstance(func, cst.Attribute):
            names += self.reader.methods(func)
        own = any(owner is not None and name for owner, name in map(self.program.split, names))
        return "; if it is pure, mark it `@pure`" if own else ""

    def _is_defined_here(self, name: str) -> bool:
        """Whether the choreography itself defines a function of that name, or gives it to a `lambda`."""
        for node in inner_statements(self.choreography.node.body):
            match node:
                case (
                    cst.FunctionDef(name=cst.Name(value=found))
                    | cst.Assign(
                        targets=[cst.AssignTarget(target=cst.Name(value=found))], value=cst.Lambda()
                    )
                ) if found == name:
                    return True
                case _:
                    pass
        return False


def where(place: Place) -> str:
    """A place as messages name it, with its preposition."""
    return "everywhere" if place.everywhere else f"at {place}"


def sent(atom: Atom, speaker: str, target: str) -> str:
    """The statement that brings a value to `target`."""
    whole = atom.full or atom.text
    if whole.startswith("await "):
        return f"result = {whole}`, then `await {speaker}.send(result, to={target})"
    name = whole.partition("(")[0].rpartition(".")[2]
    return f"{name} = await {speaker}.send({whole}, to={target})"
