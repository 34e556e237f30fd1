"""What a location does in some statements that others would notice, or that is its own doing; and as which member."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from motetc.diagnostics.model import Span
from motetc.ir.facts import Facts
from motetc.ir.nodes import (
    Answer,
    Block,
    Choreography,
    Comm,
    Flow,
    Invoke,
    Op,
    Opaque,
    Return,
    Seat,
    Simple,
    Stmt,
)
from motetc.ir.place import ONE, OWN, Place, mentions
from motetc.ir.walk import root_operations, roots, statements
from motetc.passes.targets import bound_by


@dataclass(frozen=True, slots=True)
class Deed:
    """`mode` says who of the location does it: all, or one member."""

    mode: str
    span: Span


@dataclass(frozen=True, slots=True)
class Deeds:
    """Finds the deeds of one role of one choreography."""

    choreography: Choreography
    facts: Facts
    role: str
    found: dict[int, frozenset[str]] = field(default_factory=dict)

    def of(self, stmts: Sequence[Stmt]) -> Iterator[Deed]:
        """Every deed in the statements, in source order."""
        for stmt in statements(stmts):
            yield from self._operations(stmt)
            yield from (Deed(mode, stmt.span) for mode in self._own(stmt))

    def modes(self, stmts: Sequence[Stmt]) -> frozenset[str]:
        """As whom the role acts; empty if it does not."""
        return frozenset().union(*map(self._modes, stmts))

    def modes_after(self, stmts: Sequence[Stmt]) -> list[frozenset[str]]:
        """For each statement of a list, as whom the role acts after it."""
        after = [frozenset[str]()]
        for stmt in reversed(stmts[1:]):
            after.append(moved(after[-1] | self._modes(stmt), bound_by(stmt)))
        return after[::-1]

    def _modes(self, stmt: Stmt) -> frozenset[str]:
        """Asked again for every statement list that the statement is in, and after."""
        if id(stmt) not in self.found:
            self.found[id(stmt)] = frozenset(d.mode for d in self.of((stmt,)))
        return self.found[id(stmt)]

    def _operations(self, stmt: Stmt) -> Iterator[Deed]:
        for root in roots(stmt):
            for op in root_operations(root):
                for seat in _seats(op):
                    if seat.role == self.role:
                        yield Deed(seat.mode, op.span)

    def _own(self, stmt: Stmt) -> Iterator[str]:
        match stmt:
            case Simple() if id(stmt) in self.facts.apart:
                for part in stmt.parts:
                    yield from self._own(part)
            case Simple():
                place = self.facts.stmt_place.get(id(stmt), Place())
                if place.is_single() and self.role in place:
                    yield place.modes[self.role]
            case Block():
                yield from (s.mode for s in stmt.seats if s.role == self.role)
            case Opaque():
                place = self.facts.stmt_place.get(id(stmt), Place())
                mode = place.mode(self.role)
                if stmt.runs and mode is not None and not self.facts.is_idle(stmt):
                    yield mode
            case Return():
                found = (r.place.mode(self.role) for r in self.choreography.results)
                yield from (mode for mode in found if mode is not None)
            case Flow():
                cluster = {r.name: r.cluster for r in self.choreography.roles}
                yield from (OWN if cluster[r] else ONE for r in stmt.roles if r == self.role)
            case _:
                pass


def is_member(mode: str) -> bool:
    """Whether a mode is that of one member, picked by an index."""
    return mode.startswith("@") and not mode.startswith("@.")


def moved(modes: frozenset[str], bound: Collection[str]) -> frozenset[str]:
    """Modes after names were bound to something else: an index with one of them may pick another member than before."""
    return frozenset(f"{m}′" if any(mentions(m, n) for n in bound) else m for m in modes)


def others(modes: frozenset[str], mode: str) -> frozenset[str]:
    """Those who act and do not know what is known as `mode`: the other members, if one alone knows."""
    return modes - {mode} if is_member(mode) else frozenset()


def _seats(op: Op) -> Sequence[Seat]:
    match op:
        case Comm():
            return (op.sender, *op.receivers)
        case Invoke():
            return [seat for _, seat in op.roles]
        case Answer():
            return (op.seat,)
        case _:
            return ()  # its calls are walked one by one
