"""What the generator knows while it writes a choreography: roles, names and their places, who may act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True)
class Place:
    """The roles that know a value; `None` is everybody. `own`: each member of the cluster its own."""

    roles: frozenset[str] | None
    own: bool = False

    def meet(self, other: Place) -> Place:
        own = self.own or other.own
        if self.roles is None:
            return Place(other.roles, own)
        return Place(self.roles if other.roles is None else self.roles & other.roles, own)

    def covers(self, roles: Iterable[str]) -> bool:
        return self.roles is None or self.roles >= frozenset(roles)


EVERYWHERE = Place(None)


def at(*roles: str, own: bool = False) -> Place:
    return Place(frozenset(roles), own)


@dataclass(frozen=True, slots=True)
class Var:
    name: str
    type: str
    place: Place


@dataclass(frozen=True, slots=True)
class Text:
    """An expression, and where it is known."""

    code: str
    place: Place


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    kind: str  # the class, or the type variable
    cluster: bool = False
    session: bool = False  # a member within `for member in cluster.each()`


@dataclass(frozen=True, slots=True)
class Signature:
    """A choreography that others may call. Places name its own roles."""

    name: str
    roles: tuple[Role, ...]
    params: tuple[tuple[str, str, frozenset[str]], ...]
    results: tuple[tuple[str, Place], ...]
    stateful: bool
    commutes: bool
    reason: bool = False


@dataclass(slots=True)
class Function:
    """The choreography being written."""

    random: Random
    roles: dict[str, Role]
    stateful: bool
    commutes: bool  # may run concurrently with others: no order of its effects can be seen
    callees: list[Signature]
    results: tuple[tuple[str, Place], ...] = ()
    lines: list[str] = field(default_factory=list)
    counter: int = 0
    in_session: bool = False

    def fresh(self, stem: str) -> str:
        self.counter += 1
        return f"{stem}{self.counter}"

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def write(self, scope: Scope, text: str) -> None:
        self.lines.append("    " * scope.indent + text)

    @property
    def result_roles(self) -> frozenset[str]:
        return frozenset(r for _, place in self.results for r in place.roles or ())


@dataclass(slots=True)
class Scope:
    """One point of it: who may act, and what is known."""

    actors: frozenset[str]
    names: dict[str, Var]
    indent: int
    depth: int
    budget: int
    loop: bool = False  # a `break` here is known to all who act in the innermost loop
    leaves: bool = True  # so is a `return`, to all who act anywhere
    fixed: set[str] = field(default_factory=set)  # names that may not be bound again here

    def inner(self, actors: frozenset[str], loop: bool | None = None) -> Scope:
        """The scope of an arm or a loop's body, of which `actors` know the condition."""
        whole = actors == self.actors
        inside = Scope(
            self.actors,
            dict(self.names),
            self.indent + 1,
            self.depth + 1,
            max(1, self.budget // 2),
            loop=self.loop and whole if loop is None else loop,
            leaves=self.leaves and whole,
            fixed=set(self.fixed),
        )
        inside.narrow(actors)
        return inside

    def narrow(self, actors: frozenset[str]) -> None:
        """From here on, only these may act."""
        self.actors = actors
        for var in list(self.names.values()):
            if var.place.roles is not None and not var.place.roles <= actors:
                self.fixed.add(var.name)
                self.names[var.name] = Var(
                    var.name, var.type, Place(var.place.roles & actors, var.place.own)
                )

    def bind(self, name: str, type_: str, place: Place) -> Var:
        roles = place.roles & self.actors if place.roles is not None else None
        self.names[name] = Var(name, type_, Place(roles, place.own))
        return self.names[name]

    def known(self, type_: str, roles: Iterable[str], own: bool = False) -> list[Var]:
        """Names of a type that all of some roles know."""
        wanted = frozenset(roles)
        return [
            v
            for v in self.names.values()
            if v.type == type_ and v.place.covers(wanted) and (own or not v.place.own)
        ]
