"""Sessions and concurrent calls that meet at a value: each comes when it comes, so what they do is done in any order.

Runs when places are known, all choreographies together. That they use one location's state the places pass has found;
here it is what that location has besides: values of its modules, and those that several names stand for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Span
from motetc.frontend.program import Program, dotted_name
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children
from motetc.ir.answers import TypeIn
from motetc.ir.facts import Facts
from motetc.ir.nodes import Choreography, Comm, Concurrent, Each, Invoke, Stmt
from motetc.ir.place import Place
from motetc.ir.through_calls import through_calls
from motetc.ir.types import Declared
from motetc.ir.walk import operations, roots, statements
from motetc.passes.aliases import Aliases, code_in
from motetc.passes.chance import Chance, chance_of

Pairs = Mapping[
    str, tuple[tuple[str, str], ...]
]  # by choreography: roles, each with what it touches


@dataclass(slots=True)
class Races:
    """Finds them. `states`: by choreography, the roles whose state or methods it uses."""

    program: Program
    placed: Mapping[str, Facts]
    anywhere: TypeIn
    declared: Declared
    states: Mapping[str, frozenset[str]]
    findings: Findings
    touched: Pairs = field(default_factory=dict)

    def run(self, told: Mapping[str, Findings]) -> None:
        """Look at every choreography with sessions or concurrent calls. `told`: what was found in each already."""
        racing = {k: c for k, c in self.program.choreographies.items() if _has_races(c)}
        if racing:
            self.touched = through_calls(self.program.choreographies, self._own)
        for key, choreography in racing.items():
            _Racing(self, choreography, self.placed[key], told[key]).run()

    def _own(self, choreography: Choreography) -> Iterator[tuple[str, str]]:
        return self.touching(choreography, choreography.body)

    def touching(
        self, choreography: Choreography, body: tuple[Stmt, ...]
    ) -> Iterator[tuple[str, str]]:
        """The roles that use values of modules, which the program changes, by code of some statements."""
        facts, module = self.placed[choreography.key], self.program.modules[choreography.module]
        sent = {id(op.value.expr): op for op in operations(body) if isinstance(op, Comm)}
        code = [(n, sorted(_place(s, facts).modes)) for s in statements(body) for n in code_in(s)]
        code += [(op.value.expr, [op.sender.role]) for op in sent.values()]
        for node, roles in code:
            for name in _dotted(node, sent.keys()):
                for value in self._values(choreography, module, name):
                    yield from ((role, value) for role in roles)

    def _values(self, choreography: Choreography, module: SourceModule, name: str) -> Iterator[str]:
        """The values that a name of the module comes to; of a location, those that its class comes to."""
        head, _, rest = name.partition(".")
        role = next((r for r in choreography.roles if r.name == head), None)
        if role is not None:
            yield from self.chance.touched(role.location) if rest else ()
        elif head not in choreography.locals:
            yield from self.chance.touched(self.program.resolve_name(module, name) or "", module)

    @property
    def chance(self) -> Chance:
        return chance_of(self.program)


@dataclass(slots=True)
class _Racing:
    """One choreography with sessions or concurrent calls."""

    races: Races
    choreography: Choreography
    facts: Facts
    told: Findings
    aliases: Aliases = field(init=False)

    def run(self) -> None:
        program, module = self.races.program, self.choreography.module
        source = program.modules[module]
        self.aliases = Aliases(
            program,
            source,
            self.choreography,
            lambda node: self.races.anywhere(module, node),
            self.races.declared,
            self.races.chance,
        )
        self.aliases.find()
        for stmt in statements(self.choreography.body):
            if isinstance(stmt, Each) and not stmt.why:
                self._sessions(stmt)
        for op in operations(self.choreography.body):
            if isinstance(op, Concurrent) and not op.why:
                self._calls(op)

    def _sessions(self, each: Each) -> None:
        raced = next(self._met_in(each), "")
        if raced and ("missing-nondet", each.span) not in self.told.found:
            self.races.findings.error(
                "missing-nondet",
                each.span,
                f"the sessions all use {raced}, in whatever order they come",
                f'give the reason why that is right: `{each.role}.each(nondet("…"))`',
            )

    def _met_in(self, each: Each) -> Iterator[str]:
        """What several sessions meet at."""
        outer = self.facts.known_before.get(id(each), {})
        mine = {n for n, place in outer.items() if each.role not in place} - {
            *self.aliases.functions
        }
        changed = {
            self.aliases.group(name)
            for stmt in statements(each.body)
            for node in code_in(stmt)
            for name in self.aliases.changed(node)
        }
        yield from (f"`{n}`, which can change" for n in sorted(mine) if self._is_in(n, changed))
        pairs = [*self.races.touching(self.choreography, each.body)]
        for op in operations(each.body):
            pairs += self._touched_by(op) if isinstance(op, Invoke) else ()
        for role, value in pairs:
            if role != each.role:
                yield f"`{value}` at `{role}`"

    def _is_in(self, name: str, changed: set[str]) -> bool:
        return self.aliases.group(name) in changed

    def _calls(self, op: Concurrent) -> None:
        used: dict[tuple[str, str], str] = {}
        for call in op.calls:
            name = call.callee.rpartition(".")[2]
            for (kind, what), shown in self._resources(call).items():
                other = used.get((kind, what))
                if other and ("missing-nondet", self._span(op)) not in self.told.found:
                    self.races.findings.error(
                        "missing-nondet",
                        self._span(op),
                        f"`{other}` and `{name}` both use {shown}, in whatever order they come",
                        'give the reason why that is right: `concurrently(…, why=nondet("…"))`',
                    )
                used.setdefault((kind, what), name)

    def _resources(self, call: Invoke) -> dict[tuple[str, str], str]:
        """What a call uses that another one might, and how messages name it."""
        found = {
            (role, self.aliases.group(value)): f"`{value}` at `{role}`"
            for role, value in self._touched_by(call)
        }
        states = {
            seat.role for formal, seat in call.roles if formal in self.races.states[call.callee]
        }
        for role in states:
            found[role, self.aliases.group(role)] = f"the state of `{role}`"
        for argument in call.arguments:
            for role in self.facts.root_place.get(
                id(argument.root), ()
            ):  # none, where a parameter has been refused
                for name in self.aliases.flowing(argument.root.expr):
                    found[role, self.aliases.group(name)] = f"`{name}`, which can change"
        return found

    def _touched_by(self, call: Invoke) -> list[tuple[str, str]]:
        plays = {formal: seat.role for formal, seat in call.roles}
        return [(plays[f], v) for f, v in self.races.touched[call.callee] if f in plays]

    def _span(self, op: Concurrent) -> Span:
        return self.races.program.modules[self.choreography.module].span(op.node)


def _has_races(choreography: Choreography) -> bool:
    each = any(isinstance(s, Each) and not s.why for s in statements(choreography.body))
    ops = operations(choreography.body)
    return each or any(isinstance(op, Concurrent) and not op.why for op in ops)


def _place(stmt: Stmt, facts: Facts) -> Place:
    """Where the code of a statement runs."""
    place = facts.stmt_place.get(id(stmt), Place())
    for root in roots(stmt):
        place = place.join(facts.root_place.get(id(root), Place()))
    return place


def _dotted(node: cst.CSTNode, apart: Collection[int]) -> Iterator[str]:
    """The names in a piece of code, dotted as far as they are, but for those in other pieces: `apart`, by id."""
    name = dotted_name(node)
    if name is not None:
        yield name
        return
    for child in children(node):
        if id(child) not in apart:
            yield from _dotted(child, apart)
