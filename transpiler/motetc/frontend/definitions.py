"""What is known of a definition by its text: the names that it uses, what it changes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["function", "property", "value", "class"]


@dataclass(frozen=True, slots=True)
class Used:
    """A name that code uses, dotted as far as it is. `imported`: a full name, of an import within the function."""

    name: str
    imported: bool = False
    called: bool = False
    given: int = 0  # how many arguments it is called with
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Handed:
    """A call that may change a parameter, or a value of the module: of a method of it (`of`: of an attribute of it), or
    with it given (`item`: something in it), `at` a place or as a keyword; `bound`: behind what a method is called on.
    """

    param: str
    called: str
    method: bool
    of: str = ""
    imported: bool = False
    at: int | str = 0
    bound: bool = False
    item: bool = False
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reach:
    """Of one definition: what it uses, in order, and the names whose values it changes, dotted as far as they are,
    each with the line where it first does.

    `rebound`: those that it binds anew. `altered`: its parameters whose values it changes, of which `alters` says
    whether the first one is among them. `keeps`: a function that it makes changes what that one keeps. `unordered`:
    the set over which it goes. `of_class`: a class method that changes its class. `own_used`, `own_changed`: the
    attributes of the first of its `params` that it uses, and whose values it changes; `own_set`: those that it binds;
    `lent`: those that it gives, and `lent_by` methods on it. `handed`: the calls that its parameters are made on or
    given to; `given`: those that values of the module are given to; `only_read`: as `reading.py` says. `kept`: the
    parameters, and the values of the module, that it gives or puts in something, so that they may be changed from
    there; `kept_parts`: those of which it does so with what is in them. `kinds`: the classes of its parameters, and of
    what it sets on the first. Of a value, `same`: what it is one more name for; `made`: what is called to make it;
    `growing`: whether it is a collection that can be changed, and `nested`: of such; `holds`: the names that are in
    it, not in a copy. Of a class, `bases`. `line`: where a function begins.
    """

    kind: Kind
    used: tuple[Used, ...] = ()
    changed: Mapping[str, int] = field(default_factory=dict)
    rebound: frozenset[str] = frozenset()
    altered: frozenset[str] = frozenset()
    alters: bool = False
    keeps: bool = False
    unordered: str = ""
    of_class: bool = False
    own_used: frozenset[str] = frozenset()
    own_changed: frozenset[str] = frozenset()
    lent: frozenset[str] = frozenset()
    lent_by: frozenset[str] = frozenset()
    params: tuple[str, ...] = ()
    handed: tuple[Handed, ...] = ()
    given: tuple[Handed, ...] = ()
    only_read: Mapping[str, frozenset[tuple[str, int]]] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    kept_parts: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    decorators: tuple[Used, ...] = ()
    augmented: Mapping[str, int] = field(default_factory=dict)
    results: Mapping[str, int] = field(default_factory=dict)
    walked: frozenset[str] = frozenset()
    own_set: frozenset[str] = frozenset()
    same: str = ""
    made: str = ""
    growing: bool = False
    nested: bool = False
    holds: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def first(self) -> str:
        """The first parameter, "" if there is none."""
        return self.params[0] if self.params else ""

    def joined(self, other: Reach) -> Reach:
        """Of what is defined twice: in two branches, or as a property that can be set."""
        kind = self.kind if self.kind == "property" else other.kind
        return Reach(
            kind,
            self.used + other.used,
            {**other.changed, **self.changed},
            self.rebound | other.rebound,
            self.altered | other.altered,
            self.alters or other.alters,
            self.keeps or other.keeps,
            self.unordered or other.unordered,
            self.of_class or other.of_class,
            self.own_used | other.own_used,
            self.own_changed | other.own_changed,
            self.lent | other.lent,
            self.lent_by | other.lent_by,
            self.params or other.params,
            self.handed + other.handed,
            self.given + other.given,
            {},
            {**other.kept, **self.kept},
            {**other.kept_parts, **self.kept_parts},
            {**other.kinds, **self.kinds},
            self.decorators + other.decorators,
            {**other.augmented, **self.augmented},
            {**other.results, **self.results},
            self.walked | other.walked,
            self.own_set | other.own_set,
            growing=self.growing or other.growing,
            nested=self.nested or other.nested,
            bases=self.bases + other.bases,
            line=self.line or other.line,
        )
