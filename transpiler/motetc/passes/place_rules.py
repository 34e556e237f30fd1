"""The rules of evaluation: who must know what, and what may run at several places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import libcst as cst

from motetc.diagnostics.model import APART, Related, Span
from motetc.ir.nodes import Return, Simple
from motetc.ir.place import EVERYWHERE, NOWHERE, ONE, OWN, SAME, Place, at, describe
from motetc.passes.cures import BRIEF
from motetc.passes.place_edits import RESULT, Edits, shared
from motetc.passes.place_repeats import where
from motetc.passes.strangers import NAMED
from motetc.passes.targets import targets
from motetc.passes.uses import Atom, Use

_EDIT: Final = re.compile(r"`(\w+ = await [^`]*)`")


@dataclass(slots=True)
class Rules(Edits):
    """The rules for evaluating an expression somewhere: everyone there knows it, and nothing runs twice by accident."""

    def _settle(
        self,
        uses: list[Use],
        span: Span,
        wanted: Place | None,
        code: str,
        why: str = "",
        help: str = "",
    ) -> Place:
        """Where a statement's expressions are evaluated: where all is known, or where it was asked for."""
        whole = Use()
        for use in uses:
            whole.atoms += use.atoms
            whole.impure += use.impure
            whole.unstable += use.unstable
            whole.states |= use.states
            whole.changing += use.changing
            whole.classes += use.classes
            whole.strangers += use.strangers
            whole.unbound += use.unbound
        if any(self._is_refused(a) for a in whole.atoms):
            return EVERYWHERE if wanted is None else wanted
        if wanted is not None:
            if not whole.place() and len(whole.atoms) > 1:
                self._no_common(whole, span)
                self._finish(whole, NOWHERE)
                return wanted
            if not self._is_elsewhere(whole, span, wanted, code, why):
                for atom in whole.atoms:
                    self._require(atom, wanted, code, why or "it is evaluated there")
            self._finish(whole, wanted)
            return wanted
        place = whole.place()
        if not place and not place.everywhere:
            if not self._is_broken():
                self._no_common(whole, span, help)
            self._report_unbound(whole.unbound)
            self.states |= whole.states
            return place
        self._finish(whole, place)
        return place

    def _is_elsewhere(self, use: Use, span: Span, wanted: Place, code: str, why: str) -> bool:
        """Whether a result is known at one other location as a whole, which is one finding, whatever it is made of."""
        place = use.place()
        lacking = [a for a in use.atoms if not a.place.covers(wanted)]
        if (
            why != RESULT
            or len(lacking) < 2
            or not place.is_single()
            or not wanted.is_single()
            or wanted == place
        ):
            return False
        (here, mode), (there, mine) = (next(iter(p.modes.items())) for p in (place, wanted))
        if here == there or mode[0] == "@" or mine[0] == "@" or OWN in (mode, mine):
            return False
        self.findings.error(
            code,
            span,
            f"this is known at {place}, not at `{there}`; {why}",
            f"send it as a whole: `await {here}.send({self._brief(span)}, to={there})`",
            tuple(dict.fromkeys(r for a in lacking for r in self._where(a))),
        )
        return True

    def _turned_round(self, stmt: Return) -> tuple[int, ...]:
        """Two results that are each where the other one should be: which they are."""
        results = self.choreography.results
        if len(results) != len(stmt.values):
            return ()
        places = [self.reader.read(root.expr).place() for root in stmt.values]
        wrong = [
            n
            for n, place in enumerate(places)
            if place.modes and not place.covers(results[n].place)
        ]
        for one, other in combinations(wrong, 2):
            if places[one].covers(results[other].place) and places[other].covers(
                results[one].place
            ):
                span = self.reader.module.span(stmt.values[one].expr)
                here, wanted = places[one], results[one].place
                code = [self._code(root.expr) for root in stmt.values]
                code[one], code[other] = code[other], code[one]
                self.findings.error(
                    "unknown-value",
                    span,
                    f"this is known at {here}, not at `{wanted}`, and another result at {wanted}, not at `{here}`; "
                    f"{RESULT}",
                    f"the other way round: `return {', '.join(code)}`",
                )
                return one, other
        return ()

    def _brief(self, span: Span) -> str:
        """The code of an expression, if it is short."""
        line = self.reader.module.text.split("\n")[span.line - 1]
        if (
            span.end_line != span.line
            or span.end_column - span.column > BRIEF
            or self.reader.module.map is not None
        ):
            return "…"
        return line[span.column - 1 : span.end_column - 1]

    def _finish(self, use: Use, place: Place) -> None:
        """Check the calls of an expression against the place where it is evaluated."""
        if any(self._is_refused(a) for a in use.atoms):
            return
        self.states |= use.states
        self._foreign_classes(use, place)
        self._report_unbound(use.unbound)
        if use.unbound:
            return
        for atom in use.atoms:
            self._check_block(atom)
            self._check_session(atom)
        foreign = {node for _, node in use.classes}
        for call in use.impure:
            if place.is_single() or not place:
                continue
            if isinstance(call.node, cst.Call) and call.node.func in foreign:
                continue
            if call.unstable and not place.everywhere:
                self._unstable(call, place)
            else:
                self._unplaced(call, place)
                break  # whatever it is given is placed with it
        if place.is_agreement() and not place.everywhere:
            for found in use.unstable:
                self._unstable(found, place)
        elif place.everywhere:
            for found in use.unstable:
                if found.iterates or found.is_value:
                    self._unstable(found, place)
                else:
                    self._unplaced(found, place)
        if place.is_agreement() and not self._is_broken():
            self._changed_values(use, place)

    def _foreign_classes(self, use: Use, place: Place) -> None:
        """A location's class exists in that location's modules only."""
        for full, node in use.classes if not self._is_broken() else ():
            owners = {r.name for r in self.choreography.roles if r.location == full}
            if place.is_single() and set(place.modes) <= owners:
                continue
            name = full.rpartition(".")[2]
            help = f"call a method where a `{name}` runs, and send the result; a constant belongs to the module"
            if owners:
                help = f"write `{min(owners)}`, which is the location; or {help}"
            text = (
                f"`{name}` is a location's class, and its body is in that location's modules only"
            )
            self._error("unsupported-syntax", node, text, help)
        for other, node in use.strangers if not self._is_broken() and not place.everywhere else ():
            owners = {r.name for r in self.choreography.roles if r.location == other.location}
            if set(place.modes) <= owners or other.location in self.program.bounds:
                continue
            name = other.location.rpartition(".")[2]
            self.findings.error(
                "unsupported-syntax",
                self.reader.module.span(node),
                f"`{self._code(node)}` comes to `{name}`, a location's class, whose body is in that location's modules "
                "only",
                f"call a method where a `{name}` runs, and send the result; a constant belongs to the module",
                (Related(other.span, NAMED),),
            )

    def _check_block(self, atom: Atom) -> None:
        binding = self.env.names.get(atom.text) if atom.named else None
        if binding is not None and binding.block and not binding.refused:
            self.findings.error(
                "mutable-agreement",
                binding.span,
                f"`{atom.text}` is known at {binding.place} and used after its block, and {binding.block}",
                "make it immutable before the block ends, for example `tuple(…)`",
                (Related(self.reader.module.span(atom.node), "used here"),),
            )

    def _check_session(self, atom: Atom) -> None:
        """In a session of one member, nobody speaks of what each of the members has."""
        for variable, role in self.operations.sessions.items():
            if atom.text == role and atom.named and atom.place.mode(role) == OWN:
                written = atom.full or atom.text
                self.findings.error(
                    "unsupported-syntax",
                    self.reader.module.span(atom.node),
                    f"`{written}` is each member's own, and this is the session of one, `{variable}`",
                    f"write `{variable}{written.removeprefix(role)}`",
                )
                return

    def _require(self, atom: Atom, wanted: Place, code: str, why: str, help: str = "") -> None:
        """Check that everyone in `wanted` knows `atom`."""
        self._check_block(atom)
        lacking = [(r, m) for r, m in wanted.modes.items() if not atom.place.knows(r, m)]
        bound = self._where(atom) if lacking else ()
        roles = [r for r, _ in lacking if not self._is_mended(shared(atom, r), bound)]
        help = help or self._several_help(atom, roles)
        for role, mode in lacking:
            mine = atom.place.mode(role)
            if mine is not None and mine[0] == "@":
                code = "wrong-member"
            text = self._unknown_text(atom, role, mode, mine, why)
            if moved := self._moved(atom):
                there = describe(role, mode)
                text = (
                    f"`{self._shown(atom)}` reads `{moved}` when it is called, which has been bound anew, "
                    f"and is not known at `{there}`"
                )
                help = f"give what is bound anew another name than `{moved}`"
            help = help or self._unknown_help(atom, role, mode, mine, why, wanted)
            if not self._is_told(code, text) and not self._is_mended(help, bound):
                self.findings.error(code, self.reader.module.span(atom.node), text, help, bound)
            return

    def _moved(self, atom: Atom) -> str:
        """What a function reads that is elsewhere by now."""
        binding = self.env.names.get(atom.text) if atom.named else None
        return binding.moved if binding is not None else ""

    def _require_in(self, block: str, atoms: list[Atom], wanted: Place) -> None:
        """Check that a block's location knows what it reads; values that are all known at another one are one
        finding."""
        others: dict[str, Atom] = {}
        for atom in atoms:
            if not atom.place.covers(wanted):
                others.setdefault(atom.text, atom)
        places = {a.place for a in others.values()}
        if len(others) > 1 and len(places) == 1 and (place := places.pop()).is_single():
            values = list(others.values())
            own = any(not a.place.everywhere and a.text not in others for a in atoms)
            if wanted.is_single() and self._are_elsewhere(block, values, place, wanted, own):
                return
        for atom in atoms:
            self._require(atom, wanted, "unknown-value", f"in `with {block}:`")

    def _are_elsewhere(
        self, block: str, values: list[Atom], place: Place, wanted: Place, own: bool
    ) -> bool:
        """Tell of values at one location that a block of another one reads, if one edit each brings them there; `own`:
        it reads what is there, too."""
        ((there, mode),) = wanted.modes.items()
        if {*place.modes.values(), mode} != {ONE} or any(a.full or self._moved(a) for a in values):
            return False
        helps = [
            self._unknown_help(a, there, mode, None, f"in `with {block}", wanted) for a in values
        ]
        edits = dict(m.group(1).split(" = ", 1) for h in helps for m in _EDIT.finditer(h))
        bound = tuple(dict.fromkeys(r for a in values for r in self._where(a)))
        if len(edits) < len(values) or any(
            self._is_mended(h, self._where(a)) for h, a in zip(helps, values, strict=True)
        ):
            return False
        named = ", ".join(f"`{self._shown(a)}`" for a in values)
        sent = ", ".join(f"`{name} = {value}`" for name, value in edits.items())
        other = "" if own else f"; or write `with {min(place.modes)}:`"
        self.findings.error(
            "unknown-value",
            self.reader.module.span(values[0].node),
            f"{named} are known at {place}, not at `{there}`; in `with {block}:`",
            f"send them before the block: {sent}{other}",
            bound,
        )
        return True

    def _is_told(self, code: str, text: str) -> bool:
        """Whether the statement at hand has a finding of this kind about the same value and location."""
        told = list(self.findings.found.values())[self.broken :]
        what = text.partition(";")[0]
        return any(f.code == code and f.message.partition(";")[0] == what for f in told)

    def _is_mended(self, help: str, bound: tuple[Related, ...]) -> bool:
        """Whether the edit that mends an earlier statement brings what was bound there to this one, too."""
        edit = _EDIT.search(help)
        if edit is None or not bound:
            return False
        earlier = list(self.findings.found.values())[: self.broken]
        return any(
            {*bound} <= {*f.related} and _told(edit[1]) in map(_told, _EDIT.findall(f.help))
            for f in earlier
        )

    def _unknown_text(self, atom: Atom, role: str, mode: str, mine: str | None, why: str) -> str:
        target = describe(role, mode)
        if mine == OWN and mode == SAME:
            shown = self._shown(atom)
            return f"`{shown}` is each member's own, and `{role}` must hold the same value; {why}"
        if not atom.place and atom.text in self.choreography.scratch:
            return f"`{self._written(atom.node)}` is known nowhere: {APART}"
        known = f"known at {atom.place}" if atom.place else "known nowhere at this point"
        return f"`{self._shown(atom)}` is {known}, not at `{target}`; {why}"

    def _no_common(self, use: Use, span: Span, help: str = "") -> None:
        """No location knows all the names of an expression."""
        atoms = [a for a in use.atoms if not a.place.everywhere]
        lost = [a for a in atoms if not a.place]
        if lost:
            others = (role for atom in atoms for role in atom.place.modes)
            self._require(
                lost[0],
                at(next(others, self.choreography.roles[0].name)),
                "unknown-value",
                "its last binding is not known on every path",
            )
            return
        if len({(r, m) for a in atoms for r, m in a.place.modes.items() if m[0] == "@"}) > 1:
            roles = {r for a in atoms for r in a.place.modes}
            if len(roles) == 1:
                texts = ", ".join(f"`{a.text}` at {a.place}" for a in atoms)
                text = f"different members hold these: {texts}"
                self.findings.error("wrong-member", span, text, "send one to the other first")
                return
        parts: dict[str, Atom] = {}
        for atom in atoms:
            parts.setdefault(atom.text, atom)
        texts = ", ".join(f"`{self._shown(a)}` at {a.place}" for a in parts.values())
        text = f"no location knows all of this expression: {texts}"
        help = help or self._brought(list(parts.values()))
        bound = tuple(r for a in parts.values() for r in self._where(a))
        if not self._is_mended(help, bound):
            self.findings.error("no-common-place", span, text, help, bound)

    def _agree(
        self, node: cst.CSTNode, place: Place, span: Span, name: str, binder: cst.CSTNode
    ) -> None:
        """A value known at several places must be of an immutable type. `binder`: what binds it."""
        if not place.is_agreement():
            return
        found = self.type_of(node)
        why = self.mutable(found)
        if why is not None:
            vague = found is not None and found.kind == "any"
            self.findings.error(
                "mutable-agreement",
                span,
                f"`{name}` is known {where(place)}, and {why}: one could change it behind the others' backs",
                f"say what it is: `{name}: … = …`"
                if vague
                else self._made_one(name, binder, place, found),
            )

    def _unpacks_set(self, stmt: Simple, place: Place) -> None:
        """`a, b = a_set` iterates."""
        if not isinstance(stmt.node, cst.Assign) or not place.is_agreement():
            return
        if any(isinstance(t, (cst.Tuple, cst.List)) for t in targets(stmt.node)):
            use = Use()
            self.reader.iterates(stmt.node.value, use)
            for found in use.unstable:
                self._unstable(found, place)

    def _mutation(self, stmt: Simple, uses: list[Use], place: Place) -> None:
        """Assigning to an item or attribute of what several hold would let them disagree."""
        if self._is_broken() or any(self._is_refused(a) for u in uses for a in u.atoms):
            return
        if not place.is_agreement() or not isinstance(
            stmt.node, (cst.Assign, cst.AugAssign, cst.AnnAssign, cst.Del)
        ):
            return
        for target in targets(stmt.node):
            if isinstance(target, (cst.Attribute, cst.Subscript)) and not stmt.place:
                self._error(
                    "mutable-agreement",
                    target,
                    f"`{self._code(target)}` is changed {where(place)}: each would change a copy of its own",
                    "say where: put the statement into `with location:`",
                )


def _told(edit: str) -> str:
    """An edit without whether the sender goes on to know the value."""
    return edit.replace(".send(", ".share(")
