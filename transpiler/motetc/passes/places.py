"""Places: who knows each value, and whether everyone who uses one does.

Runs first, on the lowered program, because every later pass asks it who takes part in what. Flow-sensitive: a name has
the place of its latest binding; loops run to a fixpoint. Before: statements with unplaced expressions. After: `Facts`
with the place of every root, operation and statement, and a diagnostic for each rule of the language that is broken.
The rule for choices is the agreement typing of MultiChor and Klor (multiply located values), written for Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.operations import Operations
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.frontend.tree import all_parameters
from motetc.ir.answers import Check, TypeOf
from motetc.ir.facts import Facts
from motetc.ir.nodes import (
    Block,
    Choreography,
    Each,
    Flow,
    For,
    If,
    Invoke,
    Jump,
    Match,
    Opaque,
    Return,
    Root,
    Simple,
    Stmt,
    Turns,
    While,
)
from motetc.ir.place import EVERYWHERE, NOWHERE, Place
from motetc.ir.types import Declared
from motetc.passes.chance import chance_of
from motetc.passes.environment import Binding, Environment, join
from motetc.passes.expressions import Reader
from motetc.passes.place_bindings import BindingPlaces
from motetc.passes.place_edits import RESULT
from motetc.passes.place_repeats import where
from motetc.passes.targets import bound_by
from motetc.passes.uses import Use

_FIXPOINT_LIMIT = 12


def find_places(
    program: Program,
    choreography: Choreography,
    type_of: TypeOf,
    declared: Declared,
    check: Check,
    touched: Mapping[str, frozenset[str]],
    findings: Findings,
    told: Mapping[int, Place] = MappingProxyType({}),
) -> Facts:
    """The facts about one choreography; what is wrong with it goes to `findings`. For `told` see `mended`."""
    walk = _Walk(program, choreography, type_of, declared, check, touched, findings, told, Facts())
    before = len(findings)
    walk.run()
    refused = len(findings) > before
    return replace(walk.facts, supposed=bool(told or walk.lost or refused))


@dataclass(slots=True)
class _Walk(BindingPlaces):
    """Statement by statement."""

    def run(self) -> None:
        """Walk the body once."""
        module = self.program.modules[self.choreography.module]
        self.operations = Operations(self.program, module, self.choreography, Findings())
        self.reader = Reader(
            self.program,
            module,
            self.choreography,
            self.type_of,
            self.declared,
            chance_of(self.program),
            self.operations,
            self._lookup,
            self.op_places,
        )
        for name in self._unplaced_parameters():
            self.env = self.env.bind(
                name, Binding(EVERYWHERE, self.choreography.span, refused=True)
            )
        for parameter in self.choreography.parameters:
            node = parameter.node
            self._agree(node.name, parameter.place, parameter.span, parameter.name, node)
            self._declare(parameter.name, parameter.place)
            self.env = self.env.bind(parameter.name, Binding(parameter.place, parameter.span))
            self.facts.names.append((parameter.name, parameter.span.line, parameter.place))
        self._note_slices()
        self._body(self.choreography.body)
        self._check_comparisons()

    def _unplaced_parameters(self) -> Iterator[str]:
        """Parameters that were refused: whoever reads them is not to blame."""
        placed = {r.name for r in self.choreography.roles} | {
            p.name for p in self.choreography.parameters
        }
        for param in all_parameters(self.choreography.node.params):
            if param.name.value not in placed:
                yield param.name.value

    def _body(self, body: Sequence[Stmt]) -> None:
        for statement in body:
            self.broken = len(self.findings)
            self._statement(statement)

    def _statement(self, stmt: Stmt) -> None:
        match stmt:
            case Simple():
                self._simple(stmt)
            case Block():
                self._block(stmt)
            case Opaque():
                self._opaque(stmt)
            case If():
                self._if(stmt)
            case While():
                self._while(stmt)
            case For():
                self._for(stmt)
            case Match():
                self._match(stmt)
            case Return():
                self._return(stmt)
            case Jump():
                stack = self.breaks if isinstance(stmt.node, cst.Break) else self.continues
                if stack:
                    stack[-1].append(self.env)
                    self.left_under[-1] = self.left_under[-1].meet(self.control)
                self.env = self.env.dead()
            case Each():
                self._each(stmt)
            case Flow():
                self._flow(stmt)

    def _if(self, stmt: If) -> None:
        first = self.env
        decided = self._condition(stmt.test, asked=True)
        before, outer = self.env, self.control
        self.control = outer.meet(decided)
        self._on_way(stmt.test, first, True)
        self._body(stmt.then)
        then = self.env
        self.env = before
        self._on_way(stmt.test, first, False)
        self._body(stmt.orelse)
        self.control = outer
        lost = id(stmt.test) in self.lost
        self.env = join(before, (then, self.env), decided, operands=stmt.node is None, lost=lost)

    def _condition(self, root: Root, asked: bool = False) -> Place:
        """Where it is decided. `asked`: whether it is true, and not what it is."""
        self._ops(root)
        use = self.reader.read(root.expr)
        if asked:
            self.reader.asked_whether(root.expr, use)
        place = self._settle([use], self.reader.module.span(root.expr), None, "unknown-value")
        if self._lose(root, self._is_broken() or any(map(self._is_refused, use.atoms))):
            place = EVERYWHERE
        if id(root) in self.told:
            place = place.join(self._tell(root, self.told[id(root)]))
        self.facts.pure[id(root)] = not use.impure
        self.facts.root_place[id(root)] = place
        self.facts.asked[id(root)] = tuple((a.text, a.node, a.place) for a in use.atoms)
        self._walrus(root, place)
        return place

    def _tell(self, root: Root, told: Place) -> Place:
        """Go on as if a condition had been shared; what `and` and `or` are made of is bound to a name of ours."""
        for name in names_of(root.expr).reads & self.choreography.scratch.keys():
            binding = self.env.names[name]
            self.env = self.env.bind(name, replace(binding, place=binding.place.join(told)))
        return told

    def _while(self, stmt: While) -> None:
        endless = isinstance(stmt.test.expr, cst.Name) and stmt.test.expr.value == "True"

        def turn() -> Place:
            before = self.env
            decided = self._condition(stmt.test, asked=True)
            tested = self.env
            self._on_way(stmt.test, before, False)
            after_test, self.env = self.env, tested
            self._on_way(stmt.test, before, True)
            self._body(stmt.body)
            self.tests.append(after_test)
            self.env = join(after_test, (self.env, *self.continues[-1]), self.left_under[-1])
            return decided

        self._loop(turn, stmt.test, stmt.orelse, endless)

    def _for(self, stmt: For) -> None:
        def turn() -> Place:
            decided = self._condition(stmt.iter)
            found = self.type_of(stmt.iter.expr)
            told = id(stmt.iter) in self.told  # what is to be shared is put in order then
            if decided.is_agreement() and found is not None and not told:
                use = Use()
                self.reader.iterates(stmt.iter.expr, use)
                self._deterministic(use, f"the loop runs {where(decided)}")
            after_test = self.env
            lost = id(stmt.iter) in self.lost
            self._bind(stmt.binds, decided, stmt.span, stmt.node.target, lost=lost)
            self._body(stmt.body)
            self.env = join(after_test, (self.env, *self.continues[-1]), self.left_under[-1])
            return decided

        self._head(stmt.iter)
        self._loop(turn, stmt.iter, stmt.orelse)

    def _head(self, root: Root) -> None:
        """What `:=` in the head of a `for` binds is bound without a turn, too; each turn says what is wrong."""
        if names_of(root.expr).binds:
            outer, before = self.findings, self.broken
            self.findings, self.broken = Findings(), 0
            self._condition(root)
            self.findings, self.broken = outer, before

    def _flow(self, stmt: Flow) -> None:
        self._pipelines(stmt)
        if stmt.turns is not None:
            self._turns(stmt.turns)
        self._results(stmt)

    def _turns(self, turns: Turns) -> None:
        """The body of an `async for`, as that of a loop whose values are known to all who know the stream."""
        known = self._known(turns).join(self.told.get(id(turns.root), NOWHERE))
        bound = {n for s in turns.body for n in bound_by(s)} | set(turns.binds)
        places = {n: b.place for n, b in self.env.names.items() if n in bound and not b.maybe}
        self.facts.known_before[id(turns)] = places

        def turn() -> Place:
            self.facts.root_place[id(turns.root)] = known
            self.facts.pure[id(turns.root)] = True
            before = self.env
            self._bind(turns.binds, known, turns.span, turns.node.target)
            self._body(turns.body)
            self.env = join(before, (self.env, *self.continues[-1]), self.left_under[-1])
            return known

        self._loop(turn, turns.root)

    def _loop(
        self,
        turn: Callable[[], Place],
        test: Root,
        orelse: Sequence[Stmt] = (),
        endless: bool = False,
    ) -> None:
        """Run a loop's body until the environment at its head no longer changes; what that run finds is told."""
        entry = self.env
        head = self._begun(test, entry)
        outer = self.findings
        for _ in range(_FIXPOINT_LIMIT):
            self.findings = outer.copy()
            self.broken = len(outer)  # findings elsewhere are not this statement's
            self.env = head
            self.tests.clear()
            broken, decided = self._turn(turn)
            last = self.env
            merged = join(entry, (entry, last.forgiven(entry)), decided) if last.live else entry
            if merged.names == head.names or (head is not entry and merged.knows_as(head)):
                self.heads[id(test)] = entry, head
                break
            head = merged
        outer.extend(self.findings)
        self.findings = outer
        tested = self.tests.pop() if self.tests else None
        exits = [*broken]
        lost = id(test) in self.lost
        if not endless:
            if tested is not None:  # a `while` is left where its condition was evaluated
                self.env = tested.refusing(last)
            else:
                self.env = join(entry, (entry, last), decided, lost=lost) if last.live else entry
            self._body(orelse)
            exits.append(self.env)
        before = entry if lost else head  # whatever the loop binds
        self.env = join(before, exits, decided, lost=lost) if exits else head.dead()

    def _begun(self, test: Root, entry: Environment) -> Environment:
        """What to suppose at the head of a loop. One within another is come to again, with less known before it: then
        not more is known at its head than it came to last time, and one turn says whether it is as much.
        """
        if id(test) not in self.heads or not entry.live:
            return entry
        before, head = self.heads[id(test)]
        if join(before, (before, entry), EVERYWHERE).names != entry.names:
            return entry
        return join(entry, (head, entry), EVERYWHERE)  # where a name is bound, the entry tells

    def _turn(self, turn: Callable[[], Place]) -> tuple[list[Environment], Place]:
        outer, self.control = self.control, EVERYWHERE
        self.breaks.append([])
        self.continues.append([])
        self.left_under.append(EVERYWHERE)
        decided = turn()
        self.continues.pop()
        self.control = outer
        return self.breaks.pop(), decided.meet(self.left_under.pop())

    def _match(self, stmt: Match) -> None:
        decided = self._condition(stmt.subject)
        before, outer = self.env, self.control
        ends: list[Environment] = []
        exhaustive = False
        for case in stmt.cases:
            self.env = before
            decided = self._tried(case, decided)
            self._bind(
                case.binds, decided, self.reader.module.span(case.node.pattern), case.node.pattern
            )
            if case.guard is not None:
                unguarded = self.env
                decided = decided.meet(self._condition(case.guard))
                self._on_way(case.guard, unguarded, True)
            self.control = outer.meet(decided)
            self._body(case.body)
            ends.append(self.env)
            exhaustive = exhaustive or case.irrefutable
        self.control = outer
        self.facts.decided[id(stmt)] = decided
        if self.facts.root_place[id(stmt.subject)].everywhere:
            self.facts.root_place[id(stmt.subject)] = decided
        if exhaustive or self._covers(stmt.subject.expr, [case.node for case in stmt.cases]):
            self.facts.exhaustive.add(id(stmt))
        else:
            ends.append(before)
        self.env = join(before, ends, decided, lost=id(stmt.subject) in self.lost)

    def _return(self, stmt: Return) -> None:
        results = self.choreography.results
        if not self.choreography.results_known:
            self.env = self.env.dead()
            return
        for root in stmt.values:
            self._ops(root)
        swapped = self._turned_round(stmt)
        for index, root in enumerate(stmt.values):
            if len(stmt.values) < len(results):  # a call that passes on all results
                self._pass_on(root)
                continue
            wanted = results[index].place if index < len(results) else None
            if wanted is not None and index in swapped:
                self.facts.root_place[id(root)] = wanted
                continue
            use = self.reader.read(root.expr)
            span = self.reader.module.span(root.expr)
            place = self._settle([use], span, wanted, "unknown-value", RESULT)
            self.facts.root_place[id(root)] = place
        self.env = self.env.dead()

    def _pass_on(self, root: Root) -> None:
        whole = NOWHERE
        for result in self.choreography.results:
            whole = whole.join(result.place)
        op = root.ops[0] if root.ops else None
        places = self._result_places(op) if isinstance(op, Invoke) else []
        if places != [r.place for r in self.choreography.results]:
            text = "the call's results are not at the places of this choreography's results"
            self._error(
                "unsupported-syntax", root.expr, text, "unpack them first, then return a tuple"
            )
        self.facts.root_place[id(root)] = whole

    def _each(self, stmt: Each) -> None:
        before, states = self._begin_sessions(stmt), self.states
        outer_control, self.control = self.control, EVERYWHERE
        self.states = set()
        self.operations.sessions[stmt.variable] = stmt.role
        self._body(stmt.body)
        del self.operations.sessions[stmt.variable]
        raced = sorted(self.states - {stmt.role})
        if raced and not stmt.why:
            self.findings.error(
                "missing-nondet",
                stmt.span,
                f"the sessions all use the state or methods of `{raced[0]}`, in whatever order they come",
                f'give the reason why that is right: `{stmt.role}.each(nondet("…"))`',
            )
        self.env, self.states = before, states | self.states
        self.control = outer_control
