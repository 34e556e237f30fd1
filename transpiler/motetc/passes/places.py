"""Places: who knows each value, and whether everyone who uses one does.

Runs first, on the lowered program, because every later pass asks it who takes part in what. Flow-sensitive: a name has
the place of its latest binding; loops run to a fixpoint. Before: statements with unplaced expressions. After: `Facts`
with the place of every root, operation and statement, and a diagnostic for each rule of the language that is broken.
The rule for choices is the agreement typing of MultiChor and Klor (multiply located values), written for Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.operations import Operations
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.ir.nodes import (
    Block,
    Choreography,
    Comm,
    Concurrent,
    Each,
    Facts,
    For,
    If,
    Invoke,
    Jump,
    Match,
    Op,
    Opaque,
    Return,
    Root,
    Seat,
    Simple,
    Stmt,
    While,
)
from motetc.ir.place import EVERYWHERE, NOWHERE, ONE, OWN, SAME, Place, at, describe
from motetc.ir.purity import mutable_part
from motetc.ir.types import ClassDecl, Type
from motetc.passes.environment import Binding, Environment, join
from motetc.passes.expressions import Atom, Impure, Reader, Use
from motetc.passes.payloads import payload_type

Declared = Callable[[str], ClassDecl | None]
_FIXPOINT_LIMIT = 12


def find_places(
    program: Program,
    choreography: Choreography,
    type_of: Callable[[cst.CSTNode], Type | None],
    declared: Declared,
    unserializable: Callable[[Type], str | None],
    findings: Findings,
) -> Facts:
    """The facts about one choreography; what is wrong with it goes to `findings`."""
    walk = _Walk(program, choreography, type_of, declared, unserializable, findings)
    walk.run()
    return walk.facts


@dataclass(slots=True)
class _Walk:
    program: Program
    choreography: Choreography
    type_of: Callable[[cst.CSTNode], Type | None]
    declared: Declared
    unserializable: Callable[[Type], str | None]
    findings: Findings
    facts: Facts = field(default_factory=Facts)
    env: Environment = field(default_factory=lambda: Environment({}))
    op_places: dict[int, Place] = field(default_factory=dict)  # by id of the operation's node
    breaks: list[list[Environment]] = field(default_factory=list)
    continues: list[list[Environment]] = field(default_factory=list)
    control: Place = EVERYWHERE  # who knows the conditions around us, inside the innermost loop
    left_under: list[Place] = field(
        default_factory=list
    )  # who knows when that loop is left or cut short
    states: set[str] = field(default_factory=set)
    broken: int = 0
    reader: Reader = field(init=False)
    operations: Operations = field(init=False)

    def run(self) -> None:
        """Walk the body once."""
        module = self.program.modules[self.choreography.module]
        self.operations = Operations(self.program, module, self.choreography, Findings())
        self.reader = Reader(
            self.program,
            module,
            self.choreography,
            self.operations,
            self.type_of,
            self.declared,
            self._lookup,
            self.op_places,
        )
        for name in self._unplaced_parameters():
            self.env = self.env.bind(
                name, Binding(EVERYWHERE, self.choreography.span, refused=True)
            )
        for parameter in self.choreography.parameters:
            self._agree(parameter.node.name, parameter.place, parameter.span, parameter.name)
            self.env = self.env.bind(parameter.name, Binding(parameter.place, parameter.span))
            self.facts.names.append((parameter.name, parameter.span.line, parameter.place))
        self._body(self.choreography.body)
        self.facts.uses_state[""] = self.states

    def _unplaced_parameters(self) -> Iterator[str]:
        """Parameters that were refused: whoever reads them is not to blame."""
        params = self.choreography.node.params
        stars = [p for p in (params.star_arg, params.star_kwarg) if isinstance(p, cst.Param)]
        placed = {r.name for r in self.choreography.roles} | {
            p.name for p in self.choreography.parameters
        }
        for param in (*params.posonly_params, *params.params, *params.kwonly_params, *stars):
            if param.name.value not in placed:
                yield param.name.value

    # Statements

    def _body(self, body: Sequence[Stmt]) -> None:
        for statement in body:
            self.broken = len(self.findings)
            self._statement(statement)

    def _is_broken(self) -> bool:
        """Whether the statement at hand has a finding: what it binds is then nobody else's fault."""
        return len(self.findings) > self.broken

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

    def _simple(self, stmt: Simple) -> None:
        located = self._located_tuple(stmt)
        if located is not None:
            self._unpack(stmt, located)
            return
        uses = []
        for root in stmt.roots:
            self._ops(root)
            uses.append(self.reader.read(_stripped(root.expr)))
        if isinstance(stmt.node, cst.AugAssign) and isinstance(stmt.node.target, cst.Name):
            pass  # the target was read as a root: `x += 1` reads x
        elif isinstance(stmt.node, (cst.Assign, cst.AnnAssign)):
            uses = (
                [
                    uses[0],
                    *(
                        _without_targets(r, u)
                        for r, u in zip(stmt.roots[1:], uses[1:], strict=True)
                    ),
                ]
                if uses
                else []
            )
        place = self._settle(uses, stmt.span, stmt.place, "unknown-value")
        self.facts.stmt_place[id(stmt)] = place
        self.facts.pure[id(stmt)] = not any(u.impure for u in uses) and not any(
            r.ops for r in stmt.roots
        )
        self._unpacks_set(stmt, place)
        for root in stmt.roots:
            self.facts.root_place[id(root)] = place
        self._mutation(stmt, uses, place)
        self._bind(stmt.binds, place, stmt.span, stmt.node)
        if isinstance(stmt.node, cst.Raise):
            self.env = self.env.dead()
        if isinstance(stmt.node, cst.Del):
            gone = _plain_targets(stmt.node.target)
            names = {n: b for n, b in self.env.names.items() if n not in {t.value for t in gone}}  # type: ignore[attr-defined]
            self.env = Environment(names, self.env.live)

    def _unpacks_set(self, stmt: Simple, place: Place) -> None:
        """`a, b = a_set` iterates."""
        if not isinstance(stmt.node, cst.Assign) or not place.is_agreement():
            return
        if any(isinstance(t, (cst.Tuple, cst.List)) for t in _targets(stmt.node)):
            use = Use()
            self.reader.iterates(stmt.node.value, use)
            for found in use.unstable:
                self._unstable(found, place)

    def _mutation(self, stmt: Simple, uses: list[Use], place: Place) -> None:
        """Assigning to an item or attribute of what several hold would let them disagree."""
        if not place.is_agreement() or not isinstance(
            stmt.node, (cst.Assign, cst.AugAssign, cst.AnnAssign, cst.Del)
        ):
            return
        for target in _targets(stmt.node):
            if isinstance(target, (cst.Attribute, cst.Subscript)) and not stmt.place:
                self._error(
                    "mutable-agreement",
                    target,
                    f"`{self._code(target)}` is changed at {place}: each would change a copy of its own",
                    "say where: put the statement into `with location:`",
                )

    def _bind(self, names: Sequence[str], place: Place, span: Span, node: cst.CSTNode) -> None:
        refused = self._is_broken() or isinstance(node, cst.Pass)
        if refused:
            place = EVERYWHERE
        for name in names:
            target = _target_named(node, name) if not refused else None
            if target is not None:
                self._agree(target, place, self.reader.module.span(target, node), name)
            self.env = self.env.bind(name, Binding(place, span, refused=refused))
            self.facts.names.append((name, span.line, place))

    def _agree(self, node: cst.CSTNode, place: Place, span: Span, name: str) -> None:
        """A value known at several places must be of an immutable type."""
        if not place.is_agreement():
            return
        found = self.type_of(node)
        why = mutable_part(found, self.declared) if found is not None else None
        if why is not None:
            where = "everywhere" if place.everywhere else f"at {place}"
            first = self.choreography.roles[0].class_name if self.choreography.roles else "L"
            self.findings.error(
                "mutable-agreement",
                span,
                f"`{name}` is known {where}, and {why}: one could change it behind the others' backs",
                f"use an immutable type (a tuple, a frozenset, a frozen dataclass), or keep it at one location: "
                f"`{name}: At[…, {first}] = …`",
            )

    def _located_tuple(self, stmt: Simple) -> list[Place] | None:
        """The places of the parts, for `x, y = await f(…)` where the results are at different places."""
        if not isinstance(stmt.node, (cst.Assign, cst.Expr)) or not stmt.roots:
            return None
        root = stmt.roots[0]
        if len(root.ops) != 1 or _stripped(root.expr) is not root.ops[0].node:
            return None
        op = root.ops[0]
        if isinstance(op, Concurrent):
            return [self._result_of(c) for c in op.calls]
        if isinstance(op, Invoke):
            places = self._result_places(op)
            return places if len(places) > 1 else None
        return None

    def _unpack(self, stmt: Simple, places: list[Place]) -> None:
        self._ops(stmt.roots[0])
        whole = NOWHERE
        for place in places:
            whole = whole.join(place) if not place.everywhere else whole
        self.facts.stmt_place[id(stmt)] = whole
        self.facts.pure[id(stmt)] = False
        for root in stmt.roots:
            self.facts.root_place[id(root)] = whole
        if isinstance(stmt.node, cst.Expr):
            return
        targets = _targets(stmt.node)
        target = targets[0]
        if (
            len(targets) != 1
            or not isinstance(target, (cst.Tuple, cst.List))
            or len(target.elements) != len(places)
        ):
            self._error(
                "unsupported-syntax",
                stmt.roots[0].expr,
                f"this gives {len(places)} results at different places",
                f"unpack it: `{', '.join('abcdefgh'[: len(places)])} = await …`",
            )
            return
        op = stmt.roots[0].ops[0]
        for index, (element, place) in enumerate(zip(target.elements, places, strict=True)):
            call = op.calls[index] if isinstance(op, Concurrent) else None
            self._bind_result(element.value, place, call, stmt)

    def _bind_result(
        self, target: cst.BaseExpression, place: Place, call: Invoke | None, stmt: Simple
    ) -> None:
        parts = self._result_places(call) if call is not None else []
        if isinstance(target, cst.Name) and len(parts) < 2:
            self._bind((target.value,), place, stmt.span, target)
        elif isinstance(target, (cst.Tuple, cst.List)) and len(target.elements) == len(parts) > 1:
            for element, part in zip(target.elements, parts, strict=True):
                self._bind_result(element.value, part, None, stmt)
        else:
            self._error(
                "unsupported-syntax",
                target,
                "each located result is bound to a plain name",
                "name it",
            )

    def _block(self, stmt: Block) -> None:
        wanted = Place({s.role: s.mode for s in stmt.seats})
        for seat in stmt.seats:
            self._index(seat, wanted)
        use = self.reader.read(stmt.node.body)
        inner = set(stmt.binds)
        atoms = [
            a
            for a in use.atoms
            if not (a.named and a.text in inner and a.text not in self.env.names)
        ]
        self._report_unbound([(n, k) for n, k in use.unbound if n not in inner])
        self.states |= use.states
        shared = len(stmt.seats) > 1
        own = False
        for atom in atoms:
            if atom.text in inner and isinstance(atom.node, cst.Name) and not atom.place:
                continue
            self._require(
                atom, wanted, "unknown-value", f"in `with {', '.join(map(str, stmt.seats))}:`"
            )
            own = own or any(m == OWN for m in atom.place.modes.values())
        if shared:
            self._deterministic(use, "what several locations compute must come out the same")
        modes = {s.role: (SAME if s.whole and shared and not own else s.mode) for s in stmt.seats}
        place = EVERYWHERE if self._is_broken() else Place(modes)
        self.facts.stmt_place[id(stmt)] = place
        for name in stmt.binds:
            node = _target_named(stmt.node.body, name)
            block = self._mutable_block(node) if shared else ""
            where = self.reader.module.span(node, stmt.node) if node is not None else stmt.span
            self.env = self.env.bind(
                name, Binding(place, where, block=block, refused=self._is_broken())
            )
            self.facts.names.append((name, stmt.span.line, place))

    def _mutable_block(self, node: cst.CSTNode | None) -> str:
        found = self.type_of(node) if node is not None else None
        return (mutable_part(found, self.declared) or "") if found is not None else ""

    def _opaque(self, stmt: Opaque) -> None:
        use = self.reader.read(stmt.node)
        inner = set(stmt.binds)
        use.atoms = [a for a in use.atoms if not (a.text in inner and a.text not in self.env.names)]
        use.unbound = [(n, k) for n, k in use.unbound if n not in inner]
        if not stmt.runs:
            place = use.place()
            self._report_unbound(use.unbound)
            if not place:
                self._no_common(use, stmt.span)
        else:
            place = self._opaque_place(stmt, use)
        self.facts.stmt_place[id(stmt)] = place
        self._bind(stmt.binds, place, stmt.span, stmt.node)

    def _opaque_place(self, stmt: Opaque, use: Use) -> Place:
        place = use.place()
        if isinstance(stmt.node, (cst.Try, cst.TryStar)) and (not place or len(place.modes) > 1):
            self.findings.error(
                "unsupported-syntax",
                self.reader.module.span(stmt.node),
                "`try` around statements of several places",
                "put the `try` into `with location:`, or use `await location.attempt(f, x)`",
            )
            return place
        return self._settle([use], stmt.span, None, "unknown-value")

    # Choices and loops

    def _if(self, stmt: If) -> None:
        decided = self._condition(stmt.test)
        before, outer = self.env, self.control
        self.control = outer.meet(decided)
        self._body(stmt.then)
        then = self.env
        self.env = before
        self._body(stmt.orelse)
        self.control = outer
        self.env = join(before, (then, self.env), decided)

    def _condition(self, root: Root) -> Place:
        self._ops(root)
        use = self.reader.read(root.expr)
        place = self._settle([use], self.reader.module.span(root.expr), None, "unknown-value")
        if self._is_broken():
            place = EVERYWHERE
        self.facts.root_place[id(root)] = place
        self._walrus(root, place)
        return place

    def _walrus(self, root: Root, place: Place) -> None:
        for name in sorted(names_of(root.expr).binds):
            self._bind((name,), place, self.reader.module.span(root.expr), root.expr)

    def _while(self, stmt: While) -> None:
        endless = isinstance(stmt.test.expr, cst.Name) and stmt.test.expr.value == "True"

        def turn() -> Place:
            decided = self._condition(stmt.test)
            after_test = self.env
            self._body(stmt.body)
            self.env = join(after_test, (self.env, *self.continues[-1]), self.left_under[-1])
            return decided

        self._loop(turn, stmt.orelse, endless)

    def _for(self, stmt: For) -> None:
        def turn() -> Place:
            decided = self._condition(stmt.iter)
            found = self.type_of(stmt.iter.expr)
            if decided.is_agreement() and found is not None and found.kind == "collection":
                use = Use()
                self.reader.iterates(stmt.iter.expr, use)
                self._deterministic(use, f"the loop runs at {decided}")
            after_test = self.env
            self._bind(stmt.binds, decided, stmt.span, stmt.node.target)
            self._body(stmt.body)
            self.env = join(after_test, (self.env, *self.continues[-1]), self.left_under[-1])
            return decided

        self._loop(turn, stmt.orelse, endless=False)

    def _loop(self, turn: Callable[[], Place], orelse: Sequence[Stmt], endless: bool) -> None:
        """Run a loop's body until the environment at its head no longer changes, then once more for the findings."""
        entry = self.env
        head = entry
        outer, self.findings = self.findings, Findings()
        decided = EVERYWHERE
        for _ in range(_FIXPOINT_LIMIT):
            self.env, after, decided = head, head, EVERYWHERE
            _, decided = self._turn(turn)
            after = self.env
            merged = join(entry, (entry, after), decided) if after.live else entry
            if merged.names == head.names:
                break
            head = merged
        self.findings = outer
        self.env = head
        broken, decided = self._turn(turn)
        last = self.env
        exits = [*broken]
        if not endless:
            self.env = join(entry, (entry, last), decided) if last.live else entry
            self._body(orelse)
            exits.append(self.env)
        self.env = join(head, exits, decided) if exits else head.dead()

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
            self._bind(
                case.binds, decided, self.reader.module.span(case.node.pattern), case.node.pattern
            )
            if case.guard is not None:
                decided = decided.meet(self._condition(case.guard))
            self.control = outer.meet(decided)
            self._body(case.body)
            ends.append(self.env)
            exhaustive = exhaustive or case.irrefutable
        self.control = outer
        self.facts.root_place[id(stmt.subject)] = decided
        if exhaustive or self._covers(stmt):
            self.facts.exhaustive.add(id(stmt))
        else:
            ends.append(before)
        self.env = join(before, ends, decided)

    def _covers(self, stmt: Match) -> bool:
        """Whether the cases name every member of a union, an enum or a Literal: mypy's exhaustiveness, roughly."""
        subject = self.type_of(stmt.subject.expr)
        if subject is None:
            return False
        wanted = _alternatives(subject, self.declared)
        covered = set()
        for case in stmt.cases:
            if case.guard is None:
                covered |= _pattern_covers(case.node.pattern)
        return bool(wanted) and wanted <= covered

    def _return(self, stmt: Return) -> None:
        results = self.choreography.results
        if not self.choreography.results_known:
            self.env = self.env.dead()
            return
        for index, root in enumerate(stmt.values):
            self._ops(root)
            if len(stmt.values) < len(results):  # a call that passes on all results
                self._pass_on(root)
                continue
            wanted = results[index].place if index < len(results) else None
            use = self.reader.read(root.expr)
            span = self.reader.module.span(root.expr)
            place = self._settle([use], span, wanted, "unknown-value", "the result must be known")
            self.facts.root_place[id(root)] = place
        self.facts.stmt_place[id(stmt)] = NOWHERE
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
        before, states = self.env, self.states
        outer_control, self.control = self.control, EVERYWHERE
        self.states = set()
        self.operations.sessions[stmt.variable] = stmt.role
        bound = {n for s in stmt.body for n in _bound_by(s)}
        self._body(stmt.body)
        del self.operations.sessions[stmt.variable]
        for name in sorted(bound & set(before.names)):
            self.findings.error(
                "unsupported-syntax",
                stmt.span,
                f"`{name}` is bound before the sessions and again in them, and what is bound in a session ends with it",
                f"use another name in the session, or keep the value on a location: `server.{name}`",
                (Related(before.names[name].span, f"`{name}` is bound here"),),
            )
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

    # Operations

    def _ops(self, root: Root) -> None:
        for op in root.ops:
            match op:
                case Comm():
                    place = self._comm(op)
                case Invoke():
                    place = self._invoke(op)
                case Concurrent():
                    place = self._concurrent(op)
            self.op_places[id(op.node)] = place
            self.facts.op_place[op.uid] = place

    def _comm(self, op: Comm) -> Place:
        sender = at(op.sender.role, op.sender.mode)
        self._ops(op.value)
        natural = self._value(op, sender)
        for seat in (op.sender, *op.receivers):
            self._index(seat, Place({s.role: s.mode for s in (op.sender, *op.receivers)}))
        self._check_ends(op)
        self._extras(op)
        self._payload(op)
        if op.kind == "share":
            self._known_already(op, natural)
            for seat in op.receivers:
                natural = natural.join(at(seat.role, _received(seat)))
            self._agree_shared(op, natural)
            return natural
        return _result(op)

    def _value(self, op: Comm, sender: Place) -> Place:
        """Check that the sender knows the value; give who knows it by now."""
        use = self.reader.read(op.value.expr)
        natural = use.place()
        if op.sender.whole and op.kind in ("send", "share"):
            self._error(
                "wrong-sender",
                op.node,
                f"`{op.sender}` is a cluster: which of its members would `{op.kind}`?",
                f"let one speak, `{op.sender}[0].{op.kind}(…)`, or collect from all: `{op.sender}.gather(…, to=…)`",
            )
        for atom in use.atoms:
            self._require(atom, sender, "wrong-sender", f"`{op.sender}` sends it")
        self._finish(use, sender)
        named = any(a.named for a in use.atoms)
        self.facts.root_place[id(op.value)] = sender
        if op.kind != "share":
            return natural
        if natural.everywhere and named and not use.impure and not op.value.ops:
            return natural
        bare = isinstance(op.value.expr, cst.Name) and named
        if not bare or (not natural and not natural.everywhere):
            pure_elsewhere = (
                not use.impure
                and not op.value.ops
                and use.atoms
                and natural
                and not natural.everywhere
            )
            natural = natural if pure_elsewhere else sender
        if op.sender.key and natural.mode(op.sender.role) == OWN:
            natural = Place({**natural.modes, op.sender.role: op.sender.mode})
        return natural

    def _known_already(self, op: Comm, natural: Place) -> None:
        known = [
            s for s in op.receivers if natural.knows(s.role, _received(s) if s.whole else s.mode)
        ]
        if not known:
            return
        if self.choreography.polymorphic:
            for seat in known:
                self.facts.elided.add(id(seat))
            return
        self._error(
            "already-known",
            op.node,
            f"`{self._code(op.value.expr)}` is known at {natural} already, so telling `{known[0]}` sends nothing new",
            f"leave the `share` out, or only tell those who do not know: not `{known[0]}`",
        )

    def _check_ends(self, op: Comm) -> None:
        seen: set[tuple[str, str]] = set()
        for seat in op.receivers:
            ident = (seat.role, seat.key)
            if ident in seen:
                self._error(
                    "role-aliasing",
                    seat.node,
                    f"`{seat}` is named twice as a receiver",
                    "name it once",
                )
            seen.add(ident)
            if seat.role == op.sender.role and seat.key == op.sender.key and op.kind == "send":
                self._error(
                    "role-aliasing",
                    op.node,
                    f"`{seat}` would send to itself",
                    f"bind the value there: `with {seat}: …`",
                )
            if op.kind == "scatter" and seat.role == op.sender.role:
                help = "use `all_to_all`, in which every member hands out"
                self._error(
                    "unsupported-syntax", seat.node, "`scatter` to the sender's own cluster", help
                )
            if op.kind == "scatter" and not seat.whole:
                self._error(
                    "unsupported-syntax",
                    seat.node,
                    f"`scatter` is for a cluster, and `{seat}` is one node",
                    "`send` it",
                )
        if op.kind in ("gather", "reduce") and any(s.role == op.sender.role for s in op.receivers):
            self._error(
                "unsupported-syntax",
                op.node,
                f"`{op.kind}` to a member of the same cluster",
                "use `all_gather` or `all_reduce`, which give the result to every member",
            )
        if len(op.receivers) > 1 and any(s.role == op.sender.role for s in op.receivers):
            text = "the sender's own cluster among several receivers"
            self._error(
                "unsupported-syntax",
                op.node,
                text,
                "share with the cluster in a statement of its own",
            )
        if len(op.receivers) > 1 and any(s.key and not s.session for s in op.receivers):
            text = "one member among several receivers"
            self._error(
                "unsupported-syntax", op.node, text, "send to the member in a statement of its own"
            )

    def _extras(self, op: Comm) -> None:
        """`f`, `at_least`, `by` and `partner` must be known to those who use them."""
        receiver = op.receivers[0] if op.receivers else op.sender
        self._partner_type(op)
        for root, seat, mode in (
            (op.function, receiver, receiver.mode),
            (op.at_least, receiver, receiver.mode),
            (op.by, op.sender, SAME),
            (op.partner, op.sender, OWN),
        ):
            if root is None:
                continue
            use = self.reader.read(root.expr)
            wanted = at(seat.role, mode)
            for atom in use.atoms:
                self._require(atom, wanted, "unknown-value", f"`{op.kind}` needs it at `{seat}`")
            self._finish(use, wanted)
            self.facts.root_place[id(root)] = wanted

    def _payload(self, op: Comm) -> None:
        found = payload_type(op, self.type_of)
        if found is None:
            self._error(
                "missing-type",
                op.value.expr,
                f"mypy cannot tell the type of `{self._code(op.value.expr)}`",
                "annotate the name it is bound to",
            )
            return
        self.facts.payload[op.uid] = found
        why = self.unserializable(found)
        if why is not None:
            self._error(
                "not-serializable",
                op.value.expr,
                f"`{self._code(op.value.expr)}` cannot travel: {why}",
                _cure(found),
            )

    def _agree_shared(self, op: Comm, place: Place) -> None:
        found = self.facts.payload.get(op.uid)
        why = mutable_part(found, self.declared) if found is not None else None
        if why is not None and place.is_agreement():
            self._error(
                "mutable-agreement",
                op.node,
                f"`{self._code(op.value.expr)}` would be known at {place}, and {why}",
                "share an immutable value (a tuple, a frozenset, a frozen dataclass), or `send` a copy",
            )

    def _index(self, seat: Seat, ends: Place) -> None:
        """The `i` of `workers[i]` must be known to every member and to the other end."""
        if seat.index is None or seat.session:
            return
        use = self.reader.read(seat.index)
        self._index_type(seat)
        wanted = Place(
            {
                **{
                    r: (ONE if m[0] != "@" and m not in (OWN, SAME) else SAME)
                    for r, m in ends.modes.items()
                },
                seat.role: SAME,
            }
        )
        for atom in use.atoms:
            if not atom.place.covers(wanted):
                self.findings.error(
                    "data-dependent-receiver",
                    self.reader.module.span(seat.index, seat.node),
                    f"which member `{seat}` is depends on `{atom.text}`, known at {atom.place}; every member of "
                    f"`{seat.role}` and the other end must know it, or nobody knows whom the message is for",
                    f"share it with `{seat.role}` first; for receivers chosen by data use `all_to_all` or `demux`",
                    self._where(atom),
                )
                return
        self._finish(use, wanted)

    def _partner_type(self, op: Comm) -> None:
        if op.partner is not None:
            self._check_member(op.partner.expr, op.sender)

    def _index_type(self, seat: Seat) -> None:
        if seat.index is not None:
            self._check_member(seat.index, seat)

    def _check_member(self, index: cst.BaseExpression, seat: Seat) -> None:
        """A `MemberId` picks a member of its own cluster only."""
        found = self.type_of(index)
        role = self.choreography.role(seat.role)
        if (
            found is None
            or found.kind != "member"
            or not found.args
            or found.args[0].name == role.location
        ):
            return
        if found.args[0].kind == "location":
            other, mine = found.args[0].name.rpartition(".")[2], role.class_name
            self.findings.error(
                "wrong-member",
                self.reader.module.span(index, seat.node),
                f"`{self._code(index)}` is a `MemberId[{other}]`, and `{seat.role}` has members "
                f"`MemberId[{mine}]`",
                f"use an id of `{mine}`, or an index: `{seat.role}[i]`",
            )

    def _invoke(self, op: Invoke) -> Place:
        callee = self.program.choreographies[op.callee]
        actual = dict(op.roles)
        for argument in op.arguments:
            self._ops(argument.root)
            formal = next((p for p in callee.parameters if p.name == argument.parameter), None)
            if formal is None:
                continue
            wanted = _mapped(formal.place, actual)
            use = self.reader.read(argument.root.expr)
            for atom in use.atoms:
                self._require(
                    atom, wanted, "unknown-value", f"`{callee.name}` wants `{formal.name}` there"
                )
            self._finish(use, wanted)
            self.facts.root_place[id(argument.root)] = wanted
        self.states |= {actual[r].role for r in self._callee_states(op.callee) if r in actual}
        places = self._result_places(op)
        return places[0] if len(places) == 1 else (EVERYWHERE if not places else NOWHERE)

    def _callee_states(self, callee: str) -> set[str]:
        return states_used(self.program, callee)

    def _result_places(self, op: Invoke) -> list[Place]:
        callee = self.program.choreographies[op.callee]
        return [_mapped(r.place, dict(op.roles)) for r in callee.results]

    def _result_of(self, op: Invoke) -> Place:
        places = self._result_places(op)
        return places[0] if len(places) == 1 else EVERYWHERE

    def _concurrent(self, op: Concurrent) -> Place:
        used: dict[str, str] = {}
        for call in op.calls:
            outer, self.states = self.states, set()
            self.op_places[id(call.node)] = self.facts.op_place[call.uid] = self._invoke(call)
            mine, self.states = self.states, outer | self.states
            name = call.callee.rpartition(".")[2]
            for role in sorted(mine):
                if role in used and not op.why:
                    self._error(
                        "missing-nondet",
                        op.node,
                        f"`{used[role]}` and `{name}` both use the state or methods of `{role}`, "
                        "in whatever order they come",
                        'give the reason why that is right: `concurrently(…, why=nondet("…"))`',
                    )
                used[role] = name
        return NOWHERE if op.calls else EVERYWHERE

    # Expressions

    def _settle(
        self, uses: list[Use], span: Span, wanted: Place | None, code: str, why: str = ""
    ) -> Place:
        """Where a statement's expressions are evaluated: where all is known, or where it was asked for."""
        whole = Use()
        for use in uses:
            whole.atoms += use.atoms
            whole.impure += use.impure
            whole.unstable += use.unstable
            whole.states |= use.states
            whole.unbound += use.unbound
        if any(self._is_refused(a) for a in whole.atoms):
            return EVERYWHERE if wanted is None else wanted
        if wanted is not None:
            if not whole.place() and len(whole.atoms) > 1:
                self._no_common(whole, span)
                self._finish(whole, NOWHERE)
                return wanted
            for atom in whole.atoms:
                self._require(atom, wanted, code, why or "it is evaluated there")
            self._finish(whole, wanted)
            return wanted
        place = whole.place()
        if not place and not place.everywhere:
            if not self._is_broken():
                self._no_common(whole, span)
            self._report_unbound(whole.unbound)
            self.states |= whole.states
            return place
        self._finish(whole, place)
        return place

    def _is_refused(self, atom: Atom) -> bool:
        """Whether an earlier finding is behind the place of a name."""
        binding = self.env.names.get(atom.text) if atom.named else None
        return binding is not None and binding.refused

    def _finish(self, use: Use, place: Place) -> None:
        """Check the calls of an expression against the place where it is evaluated."""
        if any(self._is_refused(a) for a in use.atoms):
            return
        self.states |= use.states
        self._report_unbound(use.unbound)
        for atom in use.atoms:
            self._check_block(atom)
        for call in use.impure:
            if place.is_single() or not place:
                continue
            if call.unstable and not place.everywhere:
                self._unstable(call, place)
            else:
                self._unplaced(call, place)
        if place.is_agreement() and not place.everywhere:
            for found in use.unstable:
                self._unstable(found, place)
        elif place.everywhere:
            for found in use.unstable:
                self._unplaced(found, place) if not found.text.startswith(
                    "iteration"
                ) else self._unstable(found, place)

    def _check_block(self, atom: Atom) -> None:
        binding = self.env.names.get(atom.text) if atom.named else None
        if binding is not None and binding.block:
            self.findings.error(
                "mutable-agreement",
                binding.span,
                f"`{atom.text}` is known at {binding.place} and used after its block, and {binding.block}",
                "make it immutable before the block ends, for example `tuple(…)`",
                (Related(self.reader.module.span(atom.node), "used here"),),
            )

    def _deterministic(self, use: Use, why: str) -> None:
        for call in [c for c in use.impure if c.unstable] + use.unstable:
            self._error(
                "not-deterministic",
                call.node,
                f"`{call.text}` may come out differently at each location; {why}",
                "compute it at one location and `share` it; for a set, iterate over `sorted(…)`",
            )

    def _unstable(self, call: Impure, place: Place) -> None:
        self._error(
            "not-deterministic",
            call.node,
            f"`{call.text}` may come out differently at each of {place}",
            "compute it at one location and `share` it; for a set, iterate over `sorted(…)`",
        )

    def _unplaced(self, call: Impure, place: Place) -> None:
        first = next(
            iter(place.modes),
            self.choreography.roles[0].name if self.choreography.roles else "location",
        )
        where = "at no place in particular" if place.everywhere else f"at each of {place}"
        self._error(
            "unplaced-call",
            call.node,
            f"`{call.text}(…)` is not known to be pure and would run {where}",
            f"say where it runs: `with {first}:` around it, or a method `{first}.…`; if it is pure, mark it `@pure`",
        )

    def _require(self, atom: Atom, wanted: Place, code: str, why: str) -> None:
        """Check that everyone in `wanted` knows `atom`."""
        self._check_block(atom)
        for role, mode in wanted.modes.items():
            if atom.place.knows(role, mode):
                continue
            mine = atom.place.mode(role)
            if mine is not None and mine[0] == "@":
                code = "wrong-member"
            self.findings.error(
                code,
                self.reader.module.span(atom.node),
                self._unknown_text(atom, role, mode, mine, why),
                self._unknown_help(atom, role, mode, mine),
                self._where(atom),
            )
            return

    def _unknown_text(self, atom: Atom, role: str, mode: str, mine: str | None, why: str) -> str:
        target = describe(role, mode)
        if mine == OWN and mode == SAME:
            return (
                f"`{atom.text}` is each member's own, and `{role}` must hold the same value; {why}"
            )
        known = f"known at {atom.place}" if atom.place else "known nowhere at this point"
        return f"`{atom.text}` is {known}, not at `{target}`; {why}"

    def _unknown_help(self, atom: Atom, role: str, mode: str, mine: str | None) -> str:
        if mine == OWN and mode == SAME:
            return f"agree first: `await {role}.all_gather({atom.text})` or `all_reduce`"
        if not atom.place:
            return f"bind `{atom.text}` where it is needed on every path"
        source = next(iter(atom.place.modes), "")
        sender = describe(source, atom.place.modes.get(source, ONE)) if source else "sender"
        if source == role and atom.place.modes[source][0] == "@":
            return f"send it first: `await {sender}.send({atom.text}, to={describe(role, mode)})`"
        if atom.place.modes.get(source) in (OWN, SAME):
            sender = f"{source}[0]" if atom.place.modes[source] == SAME else source
            if atom.place.modes[source] == OWN:
                return f"collect it: `await {source}.gather({atom.text}, to={role})`"
        return f"send it first: `await {sender}.send({atom.text}, to={describe(role, mode)})`"

    def _no_common(self, use: Use, span: Span) -> None:
        """No location knows all the names of an expression."""
        atoms = [a for a in use.atoms if not a.place.everywhere]
        lost = [a for a in atoms if not a.place]
        if lost:
            self._require(
                lost[0],
                at(self.choreography.roles[0].name),
                "unknown-value",
                "its last binding is not known on every path",
            )
            return
        if len({(r, m) for a in atoms for r, m in a.place.modes.items() if m[0] == "@"}) > 1:
            roles = {r for a in atoms for r in a.place.modes}
            if len(roles) == 1:
                texts = ", ".join(f"`{a.text}` at {a.place}" for a in atoms)
                self.findings.error(
                    "wrong-member",
                    span,
                    f"different members hold these: {texts}",
                    "send one to the other first",
                )
                return
        parts: dict[str, Atom] = {}
        for atom in atoms:
            parts.setdefault(atom.text, atom)
        texts = ", ".join(f"`{a.text}` at {a.place}" for a in parts.values())
        values = [a for a in parts.values() if a.named and self._is_value(a)]
        first = values[0] if values else atoms[0]
        other = next((a for a in parts.values() if a is not first), first)
        source, target = next(iter(first.place.modes)), next(iter(other.place.modes))
        self.findings.error(
            "no-common-place",
            span,
            f"no location knows all of this expression: {texts}",
            f"bring it together first: `{first.text} = await {source}.send({first.text}, to={target})`",
            tuple(r for a in parts.values() for r in self._where(a)),
        )

    def _is_value(self, atom: Atom) -> bool:
        return atom.text in self.env.names

    def _report_unbound(self, unbound: list[tuple[str, cst.CSTNode]]) -> None:
        for name, node in unbound:
            self._error(
                "maybe-unbound",
                node,
                f"`{name}` is not bound on every path to here",
                f"bind `{name}` before it is read",
            )

    def _where(self, atom: Atom) -> tuple[Related, ...]:
        binding = self.env.names.get(atom.text) if atom.named else None
        if binding is None:
            return ()
        return (Related(binding.span, f"`{atom.text}` is bound here, at {binding.place}"),)

    def _lookup(self, name: str) -> Place | None:
        binding = self.env.names.get(name)
        return None if binding is None or binding.maybe else binding.place

    def _error(self, code: str, node: cst.CSTNode, message: str, help: str) -> None:
        self.findings.error(code, self.reader.module.span(node), message, help)

    def _code(self, node: cst.CSTNode) -> str:
        text = " ".join(self.reader.module.code(node).split())
        return text if len(text) <= 60 else text[:57] + "…"


def states_used(program: Program, key: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """The roles of a choreography whose state or methods it uses, its callees' included."""
    if key in seen:
        return set()
    choreography = program.choreographies[key]
    found: set[str] = set()
    _collect_states(program, choreography, choreography.body, found, seen | {key})
    return found


def _collect_states(
    program: Program,
    choreography: Choreography,
    body: Sequence[Stmt],
    found: set[str],
    seen: frozenset[str],
) -> None:
    module = program.modules[choreography.module]
    roles = {r.name for r in choreography.roles}
    for node in _local_code(body):
        found |= roles & _roles_touched(node)
    for op in _all_ops(body):
        if isinstance(op, Invoke):
            inner = states_used(program, op.callee, seen)
            found |= {seat.role for formal, seat in op.roles if formal in inner}
    del module


def _local_code(body: Sequence[Stmt]) -> list[cst.CSTNode]:
    nodes: list[cst.CSTNode] = []
    for stmt in body:
        match stmt:
            case Simple() | Return():
                nodes.append(stmt.node)
            case Block():
                nodes.append(stmt.node.body)
            case Opaque():
                nodes.append(stmt.node)
            case If():
                nodes += [stmt.test.expr, *_local_code(stmt.then), *_local_code(stmt.orelse)]
            case While():
                nodes += [stmt.test.expr, *_local_code(stmt.body), *_local_code(stmt.orelse)]
            case For():
                nodes += [stmt.iter.expr, *_local_code(stmt.body), *_local_code(stmt.orelse)]
            case Match():
                nodes.append(stmt.subject.expr)
                for case in stmt.cases:
                    nodes += _local_code(case.body)
            case Each():
                nodes += _local_code(stmt.body)
            case Jump():
                pass
    return nodes


def _roles_touched(node: cst.CSTNode, parent: cst.CSTNode | None = None) -> set[str]:
    """Names read as `role.attribute`, other than the operations' own and the membership."""
    found: set[str] = set()
    if (
        isinstance(node, cst.Attribute)
        and isinstance(node.value, cst.Name)
        and node.attr.value not in _NOT_STATE
    ):
        found.add(node.value.value)
    for child in node.children:
        found |= _roles_touched(child, node)
    return found


_NOT_STATE = frozenset(
    [
        "send",
        "share",
        "gather",
        "scatter",
        "reduce",
        "all_gather",
        "all_to_all",
        "all_reduce",
        "shift",
        "exchange",
        "each",
        "members",
        "me",
        "attempt",
    ]
)


def _all_ops(body: Sequence[Stmt]) -> list[Op]:
    from motetc.ir.walk import operations

    return list(operations(body))


def _mapped(place: Place, actual: dict[str, Seat]) -> Place:
    return Place({actual[r].role: m for r, m in place.modes.items() if r in actual})


def _received(seat: Seat) -> str:
    """How a receiver of `send` or `share` knows the value."""
    return SAME if seat.whole else seat.mode


def _result(op: Comm) -> Place:
    role = op.sender.role
    match op.kind:
        case "all_gather" | "all_reduce":
            return at(role, SAME)
        case "all_to_all" | "shift" | "exchange":
            return at(role, OWN)
        case "gather" | "reduce" | "scatter":
            return Place({s.role: (OWN if s.whole else s.mode) for s in op.receivers})
        case _:
            return Place({s.role: _received(s) for s in op.receivers})


def _stripped(expr: cst.BaseExpression) -> cst.BaseExpression:
    return expr


def _without_targets(root: Root, use: Use) -> Use:
    """A target's own names are bound, not read."""
    names = _plain_targets(root.expr)
    use.atoms = [a for a in use.atoms if a.node not in names]
    use.unbound = [(n, k) for n, k in use.unbound if k not in names]
    return use


def _plain_targets(expr: cst.CSTNode) -> set[cst.CSTNode]:
    if isinstance(expr, cst.Name):
        return {expr}
    if isinstance(expr, (cst.Tuple, cst.List)):
        return (
            set().union(*(_plain_targets(e.value) for e in expr.elements))
            if expr.elements
            else set()
        )
    return set()


def _targets(node: cst.CSTNode) -> list[cst.BaseExpression]:
    if isinstance(node, cst.Assign):
        return [t.target for t in node.targets]
    if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        return [node.target]
    if isinstance(node, cst.Del):
        return [node.target]
    return []


def _target_named(node: cst.CSTNode, name: str) -> cst.Name | None:
    """A place in `node` where `name` is bound, for asking mypy its type."""
    if isinstance(node, cst.Name):
        return node if node.value == name else None
    if isinstance(node, (cst.Lambda, cst.Annotation)):
        return None
    if isinstance(node, (cst.Assign, cst.AnnAssign, cst.AugAssign)):
        parts: Sequence[cst.CSTNode] = [
            *_targets(node),
            *([node.value] if node.value is not None else []),
        ]
    else:
        parts = node.children
    for child in parts:
        found = _target_named(child, name)
        if found is not None:
            return found
    return None


def _bound_by(stmt: Stmt) -> set[str]:
    match stmt:
        case Simple() | Block() | Opaque():
            return set(stmt.binds)
        case If():
            return {n for s in (*stmt.then, *stmt.orelse) for n in _bound_by(s)}
        case While():
            return {n for s in (*stmt.body, *stmt.orelse) for n in _bound_by(s)}
        case For():
            return {*stmt.binds, *(n for s in (*stmt.body, *stmt.orelse) for n in _bound_by(s))}
        case Match():
            return {n for c in stmt.cases for s in c.body for n in _bound_by(s)} | {
                n for c in stmt.cases for n in c.binds
            }
        case _:
            return set()


def _alternatives(subject: Type, declared: Declared) -> set[str]:
    if subject.kind == "union":
        return set().union(*(_alternatives(t, declared) for t in subject.args))
    if subject.kind == "literal":
        return {f"{subject.name}.{v!s}" if subject.name else repr(v) for v in subject.values}
    if subject.kind == "enum":
        decl = declared(subject.name)
        return (
            {f"{subject.name.rpartition('.')[2]}.{m}" for m in decl.members}
            if decl
            else {subject.name}
        )
    if subject.kind == "scalar" and subject.name == "bool":
        return {"True", "False"}
    return {subject.name.rpartition(".")[2] or subject.kind}


def _pattern_covers(pattern: cst.MatchPattern) -> set[str]:
    match pattern:
        case cst.MatchOr():
            return set().union(*(_pattern_covers(p.pattern) for p in pattern.patterns))
        case cst.MatchAs() if pattern.pattern is not None:
            return _pattern_covers(pattern.pattern)
        case cst.MatchSingleton():
            return {pattern.value.value}
        case cst.MatchValue():
            text = cst.Module([]).code_for_node(pattern.value)
            return {".".join(text.split(".")[-2:])} if "." in text else {text}
        case cst.MatchClass():
            inner = [p.value for p in pattern.patterns if isinstance(p, cst.MatchSequenceElement)]
            plain = all(_captures(p) for p in (*inner, *(k.pattern for k in pattern.kwds)))
            plain = plain and len(inner) == len(pattern.patterns)
            return (
                {cst.Module([]).code_for_node(pattern.cls).rpartition(".")[2]} if plain else set()
            )
    return set()


def _captures(pattern: cst.MatchPattern) -> bool:
    return isinstance(pattern, cst.MatchAs) and pattern.pattern is None


def _cure(found: Type) -> str:
    if found.kind == "any":
        return "annotate the value: what travels has a type that both ends agree on"
    return (
        "send its data instead: a dataclass, a tuple, a scalar; or register a codec for the class"
    )
