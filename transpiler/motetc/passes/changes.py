"""Which values of modules the program changes, and where: what everybody then has for himself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from motetc.diagnostics.model import Span
from motetc.frontend.definitions import Reach, Used
from motetc.frontend.outline import with_imported
from motetc.frontend.source import SourceModule
from motetc.ir.mutability import ADVANCING
from motetc.passes.handing import Handing, reaches

CONTEXT: Final = "decimal.getcontext()"
_GETTING: Final = "decimal.getcontext"
_SETTING: Final = "decimal.setcontext"
_CONTEXT: Final = r"\b[gs]etcontext\b"


@dataclass(frozen=True, slots=True)
class Change:
    """Where a value of a module is changed; `kept`: put in something, so that it may be changed from there."""

    span: Span
    kept: bool = False


@dataclass(slots=True, eq=False)
class Changes(Handing):
    """What the functions of the project change, by module."""

    changed: dict[str, Mapping[str, Change]] = field(default_factory=dict)
    imported: dict[str, list[SourceModule]] = field(default_factory=dict)
    contexts: dict[str, Change | None] = field(default_factory=dict)
    beside: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def _parts(self, full: str, word: str) -> Iterator[tuple[str, Reach]]:
        """The methods and fields of a class of the project and those that it inherits, as a dataclass takes its fields;
        of classes in whose module a word is."""
        found: dict[str, Reach] = {}
        for kind in reversed([*self.kinds(full)]):
            owner, name = self.program.split(kind)
            there = owner is not None and says(owner, word)
            for inner, reach in reaches(owner).items() if owner is not None and there else ():
                if inner.startswith(f"{name}.") and "." not in inner[len(name) + 1 :]:
                    found[inner[len(name) + 1 :]] = reach
        yield from found.items()

    def changed_at(self, full: str, by: SourceModule) -> Change | None:
        """Where functions first change a value, or the attributes of a class: those of a module and what it imports, or
        of its own."""
        owner, _ = self.program.split(full)
        names = dict.fromkeys([full, self.original(full)])
        modules = [m for m in self._with_imported(by) if m is by or self._may_change(m, names)]
        if owner is not None and owner not in modules:
            modules.append(owner)
        return next(
            filter(None, (self._changed_by(m).get(n) for m in modules for n in names)), None
        )

    def _with_imported(self, module: SourceModule) -> list[SourceModule]:
        """A module, and all that it imports, itself or by others."""
        if module.name not in self.imported:
            names = with_imported(self.program.modules, {module.name})
            others = (self.program.modules[n] for n in sorted(names - {module.name}))
            self.imported[module.name] = [module, *others]
        return self.imported[module.name]

    def _may_change(self, module: SourceModule, names: Iterable[str]) -> bool:
        """Whether it is worth to look: a module says what it changes."""
        return any(name.rpartition(".")[2] in _words(module.text) for name in names)

    def context_changed(self, by: SourceModule) -> Change | None:
        """Where functions of a module, or of what it imports, first change the context of `decimal`."""
        if by.name not in self.contexts:
            modules = (m for m in self._with_imported(by) if says(m, _CONTEXT))
            found = (self._changed_by(m).get(_GETTING) for m in modules)
            self.contexts[by.name] = next(filter(None, found), None)
        return self.contexts[by.name]

    def _changed_by(self, module: SourceModule) -> Mapping[str, Change]:
        """The full names of all that the functions of a module change, and where they first do."""
        if module.name not in self.changed:
            found: dict[str, Change] = {}
            for kept, changes in ((False, self._changes), (True, self._kept)):
                for name, line in changes(module):
                    change = Change(module.line(line), kept)
                    found.setdefault(name, change)
                    found.setdefault(self.original(name), change)
            self._spread(found)
            self.changed[module.name] = found
        return self.changed[module.name]

    def _spread(self, found: dict[str, Change]) -> None:
        """A collection that is in another value may be changed there, and what is changed in a value shows in it."""
        todo = [*found]
        while todo:
            full = todo.pop()
            owner, name = self.program.split(full)
            for other in self._beside(owner).get(name, ()) if owner is not None else ():
                if other not in found:
                    found[other] = found[full]
                    todo.append(other)

    def _beside(self, module: SourceModule) -> Mapping[str, Sequence[str]]:
        """By the name of a value of a module, the full names of those that are in it, or that it is in."""
        if module.name not in self.beside:
            known = reaches(module)
            found = self.beside[module.name] = {}
            for name, reach in known.items():
                for held in reach.holds:
                    if held in known and known[held].growing:
                        found.setdefault(name, []).append(f"{module.name}.{held}")
                        found.setdefault(held, []).append(f"{module.name}.{name}")
        return self.beside[module.name]

    def _changes(self, module: SourceModule) -> Iterator[tuple[str, int]]:
        """What the functions of a module change, and the lines."""
        for defined, reach in reaches(module).items():
            for name in sorted(reach.own_changed):
                if full := self._of_class(f"{module.name}.{defined}", name):
                    yield full, reach.line
            for decorator in reach.decorators:
                made = self.reach(self.resolved(module, decorator))
                if made is not None and made.keeps:
                    yield f"{module.name}.{defined}", decorator.line
            for name, line in reach.changed.items():
                yield self.resolved(module, Used(name)), line
            for name, line in reach.results.items():
                full = self.resolved(module, Used(name))
                if self.is_cached(full) or full == _GETTING:
                    yield full, line
                elif giver := self._giver(full):
                    yield giver, line
            for name, line in reach.augmented.items():
                if self._grows(full := self.original(self.resolved(module, Used(name)))):
                    yield full, line
            for handed in reach.given:
                if self.changes(module, handed):
                    yield self._handed_on(module, handed.param), handed.line
            for used in reach.used if reach.kind != "value" else ():
                whole = self.resolved(module, used)
                if value := self._altered(whole):
                    yield value, used.line
                    yield from ((name, used.line) for name in self._altered_of_class(whole))
                if whole == _SETTING:
                    yield _GETTING, used.line

    def _altered_of_class(self, method: str) -> Iterator[str]:
        """The attributes of a class that a class method changes."""
        called = self.reach(self.defined(method))
        if called is not None and called.of_class:
            kind = method.rpartition(".")[0]
            yield from (self.defined(f"{kind}.{name}") for name in sorted(called.own_changed))

    def _of_class(self, method: str, attribute: str) -> str:
        """The collection that all instances of a class share, if a method means that by an attribute."""
        kind = method.rpartition(".")[0]
        full = self.defined(f"{kind}.{attribute}")
        value = self.reach(full)
        made = value.made.rpartition(".")[2] if value is not None else ""
        if value is None or value.kind != "value" or not value.growing or made == "field":
            return ""
        methods = (reach for _, reach in self._parts(kind, ""))
        return "" if any(attribute in reach.own_set for reach in methods) else full

    def _giver(self, full: str) -> str:
        """The value of a module that gives itself, or something in it, by such a method."""
        value, _, method = self.original(full).rpartition(".")
        owner, _ = self.program.split(value)
        reach = self.reach(value)
        if owner is None or reach is None or not reach.made:
            return ""
        called = self.defined(f"{self.resolved(owner, Used(reach.made))}.{method}")
        gives = self.reach(called)
        itself = gives is not None and gives.first in gives.kept
        return value if itself or self.lent(called) else ""

    def _kept(self, module: SourceModule) -> Iterator[tuple[str, int]]:
        """The collections that functions of a module give or put in something: they may be changed from there."""
        for reach in reaches(module).values():
            handed = [(h, self.keeps(module, h)) for h in reach.given]
            wholes = {h.param: h.line for h, kept in handed if kept == "whole"}
            items = {h.param: h.line for h, kept in handed if kept == "item"}
            for found, nested in (
                ({**reach.kept, **wholes}, False),
                ({**reach.kept_parts, **items}, True),
            ):
                for name, line in found.items():
                    value = self.reach(full := self._handed_on(module, name))
                    if value is not None and (value.nested if nested else value.growing):
                        yield full, line

    def _altered(self, full: str) -> str:
        """The value of a module that changes by such a use: an iterator, or what has a method that changes it."""
        full = self.original(full)
        owner, name = self.program.split(full)
        value, _, method = name.partition(".")
        reach = reaches(owner).get(value) if owner is not None else None
        if owner is None or reach is None:
            return ""
        if reach.kind == "class":
            changing = self.reach(self.defined(full))
            return f"{owner.name}.{value}" if changing is not None and changing.of_class else ""
        if not reach.made:
            return ""
        made = self.resolved(owner, Used(reach.made))
        called = self.reach(self.defined(f"{made}.{method or '__call__'}"))
        if called is not None:
            alters = called.alters
        else:
            maker = self.reach(made)
            alters = maker.keeps if maker is not None else made.startswith(ADVANCING)
        return f"{owner.name}.{value}" if alters else ""


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    return frozenset(_pattern(r"\w+").findall(text))


@cache
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(word)


def says(module: SourceModule, word: str) -> bool:
    """Whether some words stand in the text of a module, by a regular expression."""
    return _found(module.text, word)


@lru_cache(maxsize=4096)
def _found(text: str, word: str) -> bool:
    return _pattern(word).search(text) is not None
