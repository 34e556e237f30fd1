"""What definitions of a program ask of chance, a clock or the surroundings, and what they do besides giving a result.

Such answers are each location's own, and such deeds would be done by each. Looked for in the bodies of functions and
the values of constants, through all those of the project that they name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import libcst as cst

from motetc.frontend.definitions import Used
from motetc.frontend.outline import with_imported
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.ir.purity import ASKING_WORDS, is_acting, is_asking
from motetc.passes.changes import Change, Changes, says
from motetc.passes.handing import reaches

_MAKING: Final = ("__new__", "__init__", "__post_init__")
_SEEDED: Final = frozenset({"random.Random"})
_ASKING: Final = rf"\b({'|'.join(sorted(ASKING_WORDS))})\b"


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for in definitions. `told` says it of a use of what has a full name, "" where that is something
    else; `changes`: so is a value of the module that is changed."""

    told: Callable[[Used, str], str]
    changes: bool = False
    unordered: bool = False


@dataclass(slots=True, eq=False)
class Chance(Changes):
    """What definitions ask, do and come to."""

    known: dict[tuple[Question, str], str] = field(default_factory=dict)
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
            words = any(says(m, _ASKING) for m in seen)
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
        there = owner is not None and says(owner, "property")
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
        for attribute in sorted(reach.own_used) if reach is not None and kind else ():
            shared = self.defined(f"{kind}.{attribute}")
            if change := self.changed_at(shared, by or owner):
                yield self.program.split(shared)[1], change
        if reach is None and "." in name:  # of `LOG.append`, `LOG`
            yield from self._touching(full.rpartition(".")[0], by, seen)
        for used in reach.used if reach is not None and reach.kind != "value" else ():
            whole = self.resolved(owner, used)
            if whole not in seen:
                seen.add(whole)
                yield from self._touching(whole, by, seen)

    def _first(self, question: Question, full: str) -> str:
        if (question, full) not in self.known:
            self.known[question, full] = next(self._search(question, full, {full}), "")
        return self.known[question, full]

    def _search(self, question: Question, full: str, seen: set[str]) -> Iterator[str]:
        """What is looked for in a definition and those that it uses, as it is found."""
        full = self.defined(full)
        owner, _ = self.program.split(full)
        reach = self.reach(full)
        for inherited in self.foreign(full) if owner is not None and reach is None else ():
            if told := question.told(Used(inherited, called=True, given=1), inherited):
                yield told
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
