"""Who knows what a statement binds: assignments, `with` blocks, local code."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from motetc.frontend.local_names import local_names
from motetc.frontend.scope import code_of, names_of
from motetc.frontend.tree import inner_statements
from motetc.frontend.walrus import doubtful
from motetc.ir.nodes import Block, Case, Each, Opaque, Simple
from motetc.ir.place import EVERYWHERE, OWN, SAME, Place
from motetc.ir.walk import statements
from motetc.passes.aliases import code_in
from motetc.passes.environment import Binding, Environment
from motetc.passes.later import read_later
from motetc.passes.place_names import bound_in_operations
from motetc.passes.place_repeats import where
from motetc.passes.place_tuples import TuplePlaces
from motetc.passes.targets import (
    bound_by,
    nonlocals,
    plain_targets,
    target_named,
    targets,
    without_targets,
)
from motetc.passes.uses import Atom, Use


@dataclass(slots=True)
class BindingPlaces(TuplePlaces):
    """Statements without others in them, and blocks that are copied whole."""

    def _simple(self, stmt: Simple) -> None:
        for name in stmt.binds:
            self._refuse_role(name, target_named(stmt.node, name), stmt.span)
        located = self._located_tuple(stmt)
        if located is not None:
            self._unpack(stmt, located)
            return
        if stmt.parts and self._is_apart(stmt):
            self._parts(stmt)
            return
        self.facts.apart.discard(id(stmt))
        uses = self._uses(stmt)
        if isinstance(stmt.node, cst.AnnAssign) and isinstance(stmt.node.target, cst.Name):
            self._declare(stmt.node.target.value, stmt.place)
        place = self._settle(uses, stmt.span, self._home(stmt, uses), "unknown-value")
        self.facts.stmt_place[id(stmt)] = place
        self.facts.pure[id(stmt)] = not any(u.impure for u in uses)
        self._unpacks_set(stmt, place)
        for root in stmt.roots:
            self.facts.root_place[id(root)] = place
        self._mutation(stmt, uses, place)
        self._bind_by(stmt, place, any(self._is_refused(a) for use in uses for a in use.atoms))
        if self._never_returns(stmt.node):
            self.facts.fatal.add(id(stmt))
            self.env = self.env.dead()
        if isinstance(stmt.node, cst.Del):
            gone = plain_targets(stmt.node.target)
            for target in gone:
                self._refuse_role(target.value, target, stmt.span)  # type: ignore[attr-defined]
            self.env = self.env.without({t.value for t in gone})  # type: ignore[attr-defined]

    def _uses(self, stmt: Simple) -> list[Use]:
        """What a statement reads and does; the names that it assigns to are not read, but by `x += 1`."""
        uses = []
        for root in stmt.roots:
            self._ops(root)
            uses.append(self.reader.read(root.expr))
        if uses:
            self.reader.made_by(stmt.node, uses[0])
        if uses and isinstance(stmt.node, (cst.Assign, cst.AnnAssign)):
            assigned = zip(stmt.roots[1:], uses[1:], strict=True)
            return [uses[0], *(without_targets(root, use) for root, use in assigned)]
        return uses

    def _bind_by(self, stmt: Simple, place: Place, lost: bool) -> None:
        """The names that a statement binds; those of `:=` may not be bound on each of its ways."""
        inner = bound_in_operations(stmt.roots)
        assigned = {t.value for e in targets(stmt.node) for t in plain_targets(e)}  # type: ignore[attr-defined]
        binds = [n for n in stmt.binds if n not in inner or n in assigned]
        before = self.env
        self.facts.wider[id(stmt)] = wider = self._wider(stmt, place)
        for part in wider:
            self._simple(part)
        binds = [n for n in binds if not any(n in part.binds for part in wider)]
        self._bind(binds, place, stmt.span, stmt.node, stmt.scratch, lost)
        for root in stmt.roots:
            if isinstance(stmt.node, cst.Assert):
                self._on_way(root, before, True)
                continue
            passing = names_of(root.expr).binds.intersection(binds) - assigned
            self._doubt(passing, doubtful(code_of(root.expr)) if passing else (), before)

    def _block(self, stmt: Block) -> None:
        wanted = Place({s.role: s.mode for s in stmt.seats})
        for name in stmt.binds:
            self._refuse_role(name, target_named(stmt.node.body, name), stmt.span)
        absent = self._left_session(stmt.seats, stmt.node.items[0])
        for seat in stmt.seats:
            self._index(seat, wanted)
        use = self._local(stmt.node.body)
        inner = set(stmt.binds)
        atoms = [a for a in use.atoms if not self._is_own(a, stmt)]
        self._report_unbound([(n, k) for n, k in use.unbound if n not in inner])
        self.states |= use.states
        self._foreign_classes(use, wanted)
        shared = len(stmt.seats) > 1
        read = [
            a
            for a in atoms
            if not absent and (a.place or a.text not in inner or not isinstance(a.node, cst.Name))
        ]
        self._require_in(", ".join(map(str, stmt.seats)), read, wanted)
        own = any(m == OWN for a in read for m in a.place.modes.values())
        if shared:
            self._deterministic(use, "what several locations compute must come out the same")
            self._changes_outer(stmt, wanted)
            self._changed_values(use, wanted)
        modes = {s.role: (SAME if s.whole and shared and not own else s.mode) for s in stmt.seats}
        place = EVERYWHERE if self._is_broken() else Place(modes)
        self.facts.stmt_place[id(stmt)] = place
        before = self.env
        for name in stmt.binds:
            node = target_named(stmt.node.body, name)
            block = self._mutable_block(node) if shared else ""
            span = self.reader.module.span(node, stmt.node) if node is not None else stmt.span
            self.env = self.env.bind(
                name,
                Binding(
                    place,
                    span,
                    block=block,
                    refused=self._is_broken(),
                    reads=read_later(name, stmt.node.body, self.env),
                ),
            )
            self.facts.names.append((name, stmt.span.line, place))
        self._may_leave_unbound(stmt, before, place)
        if self._never_returns(stmt.node.body):
            self.facts.fatal.add(id(stmt))
            self.env = self.env.dead()

    def _begin_sessions(self, stmt: Each) -> Environment:
        """What is known around sessions, and in them as they begin: a name that they bind anew is theirs alone."""
        before = self.env
        binds = {n for s in stmt.body for n in bound_by(s)}
        bound = binds & before.names.keys()
        self.passing |= dict.fromkeys(binds - bound, stmt)
        for name in bound:
            self.ended[name] = (stmt, before.names[name])
        for name in sorted(bound & _kept_on(stmt)):
            self._ends_with_session(name, *self.ended[name])
        self.env = before.without(bound)
        known = {n: b.place for n, b in self.env.names.items() if not b.maybe}
        self.facts.known_before[id(stmt)] = known
        return self.env

    def _is_own(self, atom: Atom, stmt: Block | Opaque) -> bool:
        """Whether local code binds a name before it reads it, whatever it was before."""
        if not atom.named or atom.text not in stmt.binds:
            return False
        known = self.env.names
        return atom.text not in known or atom.text not in local_names(code_of(stmt.node)).needed

    def _local(self, node: cst.CSTNode) -> Use:
        """What local code reads."""
        self.inside = True
        use = self.reader.read(node)
        self.inside = False
        return use

    def _mutable_block(self, node: cst.CSTNode | None) -> str:
        found = self.type_of(node) if node is not None else None
        return self.mutable(found) or ""

    def _tried(self, case: Case, subject: Place) -> Place:
        """Who can try a case: the values in its pattern must be known where the subject is."""
        use = self.reader.read(case.node.pattern)
        for found in use.unstable if subject.is_agreement() else ():
            self._unstable(found, subject)
        for atom in use.atoms:
            if subject.everywhere:
                subject = atom.place
                continue
            for role, mode in subject.modes.items():
                if not atom.place.knows(role, mode):
                    self._not_compared(atom, Place({role: mode}))
                    break
        return subject

    def _not_compared(self, atom: Atom, wanted: Place) -> None:
        """A pattern has a value that is elsewhere."""
        ((role, mode),) = wanted.modes.items()
        send = self._unknown_help(atom, role, mode, atom.place.mode(role), "")
        name = (atom.full or atom.text).rpartition(".")[2]
        help = f"{send}, and compare in a guard: `case x if x == {name}:`"
        why = "the cases are tried where the subject is known"
        self._require(atom, wanted, "unknown-value", why, help)

    def _changes_outer(self, stmt: Block | Opaque, place: Place) -> None:
        """A local function of several may be called by one of them, and must not change what all of them hold."""
        if not place.is_agreement():
            return
        needed = local_names(code_of(stmt.node)).needed
        for node in nonlocals(stmt.node):
            changed = {n.name.value for n in node.names} & set(stmt.binds) & needed
            for name in sorted(changed)[:1]:
                self._error(
                    "mutable-agreement",
                    node,
                    f"`{name}` is known {where(place)}, and whoever calls this would change a copy of its own",
                    "return the new value, and assign it where this is called; or put it into `with location:`",
                )

    def _opaque(self, stmt: Opaque) -> None:
        use = self._local(stmt.node)
        inner = set(stmt.binds)
        use.atoms = [a for a in use.atoms if not self._is_own(a, stmt)]
        use.unbound = [(n, k) for n, k in use.unbound if n not in inner]
        if not stmt.runs:
            place = use.place()
            self._report_unbound(use.unbound)
            if not place:
                self._no_common(use, stmt.span)
            self._changes_outer(stmt, place)
        else:
            place = self._opaque_place(stmt, use)
        self.facts.stmt_place[id(stmt)] = place
        raises = any(isinstance(s, (cst.Raise, cst.Assert)) for s in inner_statements(stmt.node))
        self.facts.pure[id(stmt)] = not use.impure and not raises
        before = self.env
        self._bind(stmt.binds, place, stmt.span, stmt.node)
        self._may_leave_unbound(stmt, before, place)

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


def _kept_on(stmt: Each) -> set[str]:
    """The names whose old value the code of sessions may read though it binds them."""
    found: set[str] = set()
    inside = [*statements(stmt.body)]
    for inner in inside:
        if isinstance(inner, Simple) and isinstance(inner.node, cst.AugAssign):
            found |= bound_by(inner)
        if isinstance(inner, (Block, Opaque)):
            names = local_names(code_of(inner.node))
            others = {
                n for s in inside if s is not inner for c in code_in(s) for n in names_of(c).reads
            }
            found |= bound_by(inner) & (names.needed | (others - names.bound))
    return found
