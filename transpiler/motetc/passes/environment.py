"""What is known of each local name at one point of a choreography, and how two such states meet."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

from motetc.diagnostics.model import Span
from motetc.ir.nodes import Each
from motetc.ir.place import EVERYWHERE, NOWHERE, OWN, SAME, Place


@dataclass(frozen=True, slots=True)
class Binding:
    """A name's place. `maybe`: some path does not bind it. `block`: bound in a `with` block of several locations,
    where `block` says what is mutable about it. `partly`: local code has bound it on some of its ways only, and
    other local code may know which it took."""

    place: Place
    span: Span
    maybe: bool = False
    block: str = ""
    partly: bool = False
    refused: bool = (
        False  # bound by a statement that has a finding: nobody who reads it is to blame
    )
    reads: frozenset[str] = (
        frozenset()
    )  # of a function, or of what evaluates later: what it reads then
    moved: str = ""  # of those, what has been bound anew where not all know it who have this


@dataclass(frozen=True, slots=True)
class Environment:
    """The names bound so far. `live` is False after a `return`, `break` or `continue`.

    `picked`: the names known to one member of a cluster alone, told by an index; few, and all that a binding of another
    name can be about.
    """

    names: Mapping[str, Binding] = field(default_factory=dict)
    live: bool = True
    picked: frozenset[str] = frozenset()

    def bind(self, name: str, binding: Binding) -> Environment:
        """The state after `name` was bound; members picked by its old value are no longer known."""
        old = self.names.get(name)
        place = _updated(old.place, binding.place) if old is not None else binding.place
        names = {**self.names, name: replace(binding, place=place)}
        for other in self.picked - {name}:
            known = names[other]
            names[other] = replace(known, place=known.place.without(name))
        for other, known in self.names.items():
            if name in known.reads and other != name:
                left = known.place.meet(place)
                moved = known.moved if left == known.place else name
                names[other] = replace(known, place=left, moved=moved)
        return Environment(names, self.live, _picked(names, self.picked | {name}))

    def without(self, gone: Container[str]) -> Environment:
        """The state after names were deleted."""
        names = {n: b for n, b in self.names.items() if n not in gone}
        return Environment(names, self.live, _picked(names, self.picked))

    def knows_as(self, other: Environment) -> bool:
        """Whether each name has the same place in both, wherever it was bound."""
        if self.names.keys() != other.names.keys():
            return False
        pairs = ((b, other.names[n]) for n, b in self.names.items())
        return all(a is b or replace(a, span=b.span) == b for a, b in pairs)

    def forgiven(self, entry: Environment) -> Environment:
        """The state for another turn of a loop: what a turn could not bind is as it was, and the next says why, too."""
        if not any(b.refused for b in self.names.values()):
            return self
        kept = {n: b for n, b in entry.names.items() if not b.refused}
        names = {n: kept.get(n, b) if b.refused else b for n, b in self.names.items()}
        return Environment(names, self.live, _picked(names, names))

    def refusing(self, last: Environment) -> Environment:
        """The state in which what the last turn of a loop could not bind is nobody's fault."""
        refused = {n: b for n, b in last.names.items() if b.refused and n in self.names}
        names = {**self.names, **refused}
        return Environment(names, self.live, _picked(names, names)) if refused else self

    def dead(self) -> Environment:
        return replace(self, live=False)


def _picked(names: Mapping[str, Binding], among: Iterable[str]) -> frozenset[str]:
    return frozenset(n for n in among if n in names and names[n].place.is_picked())


def _updated(old: Place, new: Place) -> Place:
    """A value computed at one member updates that member's own copy, if every member has one."""
    if new.everywhere or len(new.modes) != 1:
        return new
    ((role, mode),) = new.modes.items()
    if mode[0] == "@" and (old.everywhere or old.mode(role) in (OWN, SAME)):
        return Place({role: OWN})
    return new


def join(
    before: Environment,
    arms: Iterable[Environment],
    decided: Place,
    operands: bool = False,
    lost: bool = False,
) -> Environment:
    """The state after a choice: what every arm that goes on binds, known to those who know the condition too.

    `operands`: it is one between operands of `and` or `or`. What `:=` binds in one alone is there where the whole tells
    that it was come to, as in Python. `lost`: the condition was refused, so nobody can say who knows it.
    """
    alive = [a for a in arms if a.live]
    if not alive:
        return before.dead()
    names: dict[str, Binding] = {}
    for arm in alive:
        names |= arm.names
    for name in _touched(before, alive):
        found = [a.names.get(name) for a in alive]
        known = [b for b in found if b is not None]
        if known:
            missing = len(known) < len(found) and not operands
            if operands:  # what an earlier turn of a loop may have bound is not what comes here
                known = [b for b in known if not b.maybe] or known
            met = _met(before.names.get(name), known, missing, decided, lost)
            only = operands and len(known) < len(found) and not met.refused
            names[name] = replace(met, partly=True) if only else met
    return Environment(names, picked=_picked(names, names))


def _touched(before: Environment, arms: Iterable[Environment]) -> set[str]:
    """The names that some arm bound or deleted; all others have the very binding that they had."""
    found: set[str] = set()
    for arm in arms:
        found.update(n for n, b in arm.names.items() if before.names.get(n) is not b)
        found |= before.names.keys() - arm.names.keys()
    return found


def _met(
    before: Binding | None, known: list[Binding], missing: bool, decided: Place, lost: bool
) -> Binding:
    if not missing and all(b == before for b in known):
        return known[0]
    place = decided
    for binding in known:
        place = place.meet(binding.place)
    maybe = missing or any(b.maybe for b in known)
    block = next((b.block for b in known if b.block), "")
    refused = lost or any(b.refused for b in known)
    place = EVERYWHERE if refused else place
    partly = any(b.partly for b in known)
    span = next((b.span for b in reversed(known) if b.place == place), known[-1].span)
    return Binding(
        place,
        span,
        maybe and not refused,
        block,
        partly and not refused,
        refused,
        frozenset().union(*(b.reads for b in known)),
        next((b.moved for b in known if b.moved), ""),
    )


def unknown(span: Span) -> Binding:
    """A name that nobody is known to have."""
    return Binding(NOWHERE, span)


def keeper(sessions: Each, place: Place) -> str:
    """The location that may keep, beyond the sessions, a value of such a place: as they call it."""
    roles = place.modes
    return sessions.variable if sessions.role in roles else next(iter(roles), sessions.variable)
