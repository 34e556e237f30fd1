"""What definitions of a program ask of chance, a clock or the surroundings, and what they do besides giving a result.

Such answers are each location's own, and such deeds would be done by each. Looked for in the bodies of functions and
the values of constants, through all those of the project that they name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.frontend.definitions import Reach, Used
from motetc.frontend.outline import with_imported
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.ir.mutability import ADVANCING
from motetc.ir.purity import ASKING_WORDS, is_acting, is_asking
from motetc.passes.handing import Handing, reaches

_MAKING: Final = ("__new__", "__init__", "__post_init__")
CONTEXT: Final = "decimal.getcontext()"
_GETTING: Final = "decimal.getcontext"
_SETTING: Final = "decimal.setcontext"
_CONTEXT: Final = r"\b[gs]etcontext\b"
_SEEDED: Final = frozenset({"random.Random"})
_ASKING: Final = rf"\b({'|'.join(sorted(ASKING_WORDS))})\b"


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for in definitions. `told` says it of a use of what has a full name, "" where that is something
    else; `changes`: so is a value of the module that is changed."""

    told: Callable[[Used, str], str]
    changes: bool = False
    unordered: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Where a value of a module is changed; `kept`: put in something, so that it may be changed from there."""

    span: Span
    kept: bool = False


@dataclass(slots=True, eq=False)
class Chance(Handing):
    """What definitions ask, do and come to."""

    known: dict[tuple[Question, str], str] = field(default_factory=dict)
    changed: dict[str, Mapping[str, Change]] = field(default_factory=dict)
    imported: dict[str, list[SourceModule]] = field(default_factory=dict)
    beside: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    asking: dict[str, bool] = field(default_factory=dict)
    touches: dict[tuple[str, str], Mapping[str, Change]] = field(default_factory=dict)
    special: dict[str, list[str]] = field(default_factory=dict)

    def asked(self, full: str) -> str:
        """The first function that differs from node to node which a definition comes to; "" if none."""
        owner, _ = self.program.split(full)
        may = owner is not None and self._may_ask(owner)
        return self._first(_ASKS, full) if may else ""

    def _may_ask(self, module: SourceModule) -> bool:
        """Whether it is worth to look: some word stands in the module, or one that it imports."""
        if module.name not in self.asking:
            names = with_imported(self.program.modules, {module.name})
            seen = [self.program.modules[name] for name in sorted(names)]
            words = any(_says(m, _ASKING) for m in seen)
            self.asking[module.name] = words or any(
                reach.unordered for m in seen for reach in reaches(m).values()
            )
        return self.asking[module.name]

    def acts(self, full: str) -> str:
        """In words, the first that a definition does besides giving a result: print, change a value of the module."""
        return self._first(_ACTS, full)

    def made(self, full: str, call: cst.BaseExpression) -> str:
        """As `asked`, of a class that is made by a call: fields that are given need no default."""
        given = call.args if isinstance(call, cst.Call) else ()
        named = {a.keyword.value for a in given if a.keyword is not None}
        many = sum(a.keyword is None for a in given)
        owner, _ = self.program.split(full)
        if owner is None or not self._may_ask(owner):
            return ""
        fields = [name for name, reach in self._parts(full, "") if reach.kind == "value"]
        missing = [name for at, name in enumerate(fields) if at >= many and name not in named]
        return next(filter(None, (self.asked(f"{full}.{n}") for n in (*missing, *_MAKING))), "")

    def making(self, full: str) -> str:
        """As `acts`, of a class that is made."""
        making = [name for name, _ in self._parts(full, "__(init|post_init|new)__")]
        return next(filter(None, (self.acts(f"{full}.{n}") for n in making if n in _MAKING)), "")

    def _parts(self, full: str, word: str) -> Iterator[tuple[str, Reach]]:
        """The methods and fields of a class of the project and those that it inherits, as a dataclass takes its fields;
        of classes in whose module a word is."""
        found: dict[str, Reach] = {}
        for kind in reversed([*self.kinds(full)]):
            owner, name = self.program.split(kind)
            there = owner is not None and _says(owner, word)
            for inner, reach in reaches(owner).items() if owner is not None and there else ():
                if inner.startswith(f"{name}.") and "." not in inner[len(name) + 1 :]:
                    found[inner[len(name) + 1 :]] = reach
        yield from found.items()

    def specials(self, full: str) -> list[str]:
        """The special methods that a class of the project defines, but those that run when it is made."""
        if full not in self.special:
            parts = self._parts(full, "def __(?!init|post_init|new)")
            names = [name for name, _ in parts if name[:2] == name[-2:] == "__"]
            self.special[full] = [f"{full}.{name}" for name in names if name not in _MAKING]
        return self.special[full]

    def is_property(self, full: str) -> bool:
        """Whether it is a property of a class of the project."""
        full = self.defined(full)
        owner, _ = self.program.split(full)
        there = owner is not None and _says(owner, "property")
        found = self.reach(full) if there else None
        return found is not None and found.kind == "property"

    def is_value(self, full: str) -> bool:
        """Whether it is a variable at the top level of a module of the project."""
        owner, name = self.program.split(full)
        if owner is None or not name:
            return False
        defined = owner.definitions.get(name)
        if defined is not None and isinstance(defined.node, (cst.FunctionDef, cst.ClassDef)):
            return False
        if defined is not None and isinstance(defined.node, cst.SimpleStatementLine):
            return True
        found = reaches(owner).get(name)
        return found is not None and found.kind == "value"

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

    def touched(self, full: str, by: SourceModule | None = None) -> Mapping[str, Change]:
        """The values that the program changes which a definition comes to, or is; of a class, all that is in it."""
        key = full, by.name if by is not None else ""
        if key not in self.touches:
            parts = [f"{full}.{name}" for name, _ in self._parts(full, "")]
            found = [v for part in (full, *parts) for v in self._touching(part, by, {part})]
            self.touches[key] = _firsts(found)
        return self.touches[key]

    def changing(self, full: str) -> set[str]:
        """Of the values that a definition comes to (`touched`), those that it changes itself, or by what it uses."""
        found: set[str] = set()
        todo, seen = [full], set[str]()
        while todo:
            name = self.defined(todo.pop())
            owner, _ = self.program.split(name)
            reach = self.reach(name)
            if name in seen or owner is None or reach is None:
                continue
            seen.add(name)
            for changed in reach.changed:
                whole = self.original(self.resolved(owner, Used(changed)))
                found.add(self.program.split(whole)[1] or changed)
            for used in reach.used if reach.kind != "value" else ():
                whole = self.resolved(owner, used)
                if value := self._altered(whole):
                    found.add(self.program.split(self.original(value))[1])
                todo.append(whole)
        return found

    def context_changed(self, by: SourceModule) -> Change | None:
        """Where functions of a module, or of what it imports, first change the context of `decimal`."""
        modules = (m for m in self._with_imported(by) if _says(m, _CONTEXT))
        return next(filter(None, (self._changed_by(m).get(_GETTING) for m in modules)), None)

    def _touching(
        self, full: str, by: SourceModule | None, seen: set[str]
    ) -> Iterator[tuple[str, Change]]:
        full = self.defined(full)
        owner, name = self.program.split(full)
        if owner is None and by is not None and "." in full:
            if change := self.changed_at(full, by):
                yield full, change
            return
        if owner is None or not name:
            return
        if change := self.changed_at(full, by or owner):
            yield self.program.split(self.original(full))[1] or name, change
            return
        reach = reaches(owner).get(name)
        kind = full.rpartition(".")[0] if reach is not None and "." in name else ""
        of_class = reach is not None and (reach.of_class or reach.kind == "value")
        if kind and of_class and (change := self.changed_at(kind, by or owner)):
            yield name.rpartition(".")[0], change
        if reach is None and "." in name:  # of `LOG.append`, `LOG`
            yield from self._touching(full.rpartition(".")[0], by, seen)
        for used in reach.used if reach is not None and reach.kind != "value" else ():
            whole = self.resolved(owner, used)
            if whole not in seen:
                seen.add(whole)
                yield from self._touching(whole, by, seen)

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
                if whole == _SETTING:
                    yield _GETTING, used.line

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

    def _first(self, question: Question, full: str) -> str:
        if (question, full) not in self.known:
            self.known[question, full] = next(self._search(question, full, {full}), "")
        return self.known[question, full]

    def _search(self, question: Question, full: str, seen: set[str]) -> Iterator[str]:
        """What is looked for in a definition and those that it uses, as it is found."""
        full = self.defined(full)
        owner, _ = self.program.split(full)
        reach = self.reach(full)
        if owner is not None and reach is None and "." in (self.program.split(full)[1]):
            yield from self._search(
                question, full.rpartition(".")[0], seen
            )  # of `DICE.roll`, `DICE`
        if owner is None or reach is None:
            return
        if question.unordered and reach.unordered:
            yield f"the order of `{reach.unordered}`"
        if question.changes:
            yield from (f"changes `{name}`" for name in sorted(reach.changed))
        for used in reach.used:
            whole = self.resolved(owner, used)
            if told := question.told(used, whole):
                yield told
            for inner in (whole, *(f"{whole}.{m}" for m in _MAKING if used.called)):
                if inner not in seen:
                    seen.add(inner)
                    yield from self._search(question, inner, seen)


def _firsts(found: Iterable[tuple[str, Change]]) -> Mapping[str, Change]:
    firsts: dict[str, Change] = {}
    for name, change in found:
        firsts.setdefault(name, change)
    return firsts


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    return frozenset(_pattern(r"\w+").findall(text))


@cache
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(word)


def _says(module: SourceModule, word: str) -> bool:
    return _found(module.text, word)


@lru_cache(maxsize=4096)
def _found(text: str, word: str) -> bool:
    return _pattern(word).search(text) is not None


def _asks(used: Used, full: str) -> str:
    asks = is_asking(full, used.given) and not (used.given and full in _SEEDED)
    return _named(full) if asks else ""


def _acts(used: Used, full: str) -> str:
    return f"calls `{_named(full)}`" if used.called and is_acting(full) else ""


def _named(full: str) -> str:
    return full.removeprefix("builtins.")


_ASKS: Final = Question(_asks, unordered=True)
_ACTS: Final = Question(_acts, changes=True)


@lru_cache(maxsize=1)
def chance_of(program: Program) -> Chance:
    """The answers about a program, found once."""
    return Chance(program)


def quoted(what: str) -> str:
    """As messages name it: names in quotes, a description as it is."""
    return what if " " in what else f"`{what}`"


def asking(what: str) -> str:
    """What is said of a definition that asks for something."""
    return f"depends on {what}" if " " in what else f"asks `{what}`"
