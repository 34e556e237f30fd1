"""What definitions of a program ask of chance, a clock or the surroundings, and what they do besides giving a result.

Such answers are each location's own, and such deeds would be done by each. Looked for in the bodies of functions and
the values of constants, through all those of the project that they name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Span
from motetc.frontend.outline import with_imported
from motetc.frontend.program import Program
from motetc.frontend.reaches import Reach, Used, reaches_of
from motetc.frontend.source import SourceModule
from motetc.ir.purity import ADVANCING, TELLING, is_acting, is_asking

_MAKING: Final = ("__new__", "__init__", "__post_init__")
_SEEDED: Final = frozenset({"random.Random"})
_ASKING: Final = rf"\b({'|'.join(sorted(TELLING))})\b"


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for in definitions. `told` says it of a use of what has a full name, "" where that is something
    else; `changes`: so is a value of the module that is changed."""

    told: Callable[[Used, str], str]
    changes: bool = False


@dataclass(slots=True, eq=False)
class Chance:
    """Answers about one program."""

    program: Program
    known: dict[tuple[Question, str], str] = field(default_factory=dict)
    changed: dict[str, Mapping[str, Span]] = field(default_factory=dict)
    asking: dict[str, bool] = field(default_factory=dict)
    touches: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
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
            self.asking[module.name] = any(_says(self.program.modules[n], _ASKING) for n in names)
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
        """The methods and fields of a class of the project, if there is a word in its module."""
        owner, name = self.program.split(full)
        there = owner is not None and _says(owner, word)
        for inner, reach in _reaches(owner).items() if owner is not None and there else ():
            if inner.startswith(f"{name}.") and "." not in inner[len(name) + 1 :]:
                yield inner[len(name) + 1 :], reach

    def specials(self, full: str) -> list[str]:
        """The special methods that a class of the project defines, but those that run when it is made."""
        if full not in self.special:
            parts = self._parts(full, "def __(?!init|post_init|new)")
            names = [name for name, _ in parts if name[:2] == name[-2:] == "__"]
            self.special[full] = [f"{full}.{name}" for name in names if name not in _MAKING]
        return self.special[full]

    def is_property(self, full: str) -> bool:
        """Whether it is a property of a class of the project."""
        owner, name = self.program.split(full)
        there = owner is not None and _says(owner, "property")
        found = _reaches(owner).get(name) if owner is not None and there else None
        return found is not None and found.kind == "property"

    def is_value(self, full: str) -> bool:
        """Whether it is a variable at the top level of a module of the project."""
        owner, name = self.program.split(full)
        if owner is None or not name:
            return False
        defined = owner.definitions.get(name)
        if defined is not None:
            return isinstance(defined.node, cst.SimpleStatementLine)
        found = _reaches(owner).get(name)
        return found is not None and found.kind == "value"

    def changed_at(self, full: str, by: SourceModule) -> Span | None:
        """Where functions first change a value, or the attributes of a class: those of a module, or of its own."""
        owner, _ = self.program.split(full)
        modules = [by] if owner is None or owner is by else [by, owner]
        names = dict.fromkeys([full, self.original(full)])
        return next(filter(None, (self._changed_by(m).get(n) for m in modules for n in names)), None)

    def original(self, full: str) -> str:
        """The value that a variable of a module is one more name for, or itself."""
        seen: set[str] = set()
        while full not in seen:
            seen.add(full)
            owner, name = self.program.split(full)
            reach = _reaches(owner).get(name) if owner is not None else None
            if owner is None or reach is None or not reach.same or name in _rebound(owner):
                break
            full = self._resolved(owner, Used(reach.same))
        return full

    def touched(self, full: str, by: SourceModule | None = None) -> tuple[str, ...]:
        """The values that the program changes which a definition comes to, or is; of a class, all that is in it."""
        key = full, by.name if by is not None else ""
        if key not in self.touches:
            parts = [f"{full}.{name}" for name, _ in self._parts(full, "")]
            found = (v for part in (full, *parts) for v in self._touching(part, by, {part}))
            self.touches[key] = tuple(dict.fromkeys(found))
        return self.touches[key]

    def _touching(self, full: str, by: SourceModule | None, seen: set[str]) -> Iterator[str]:
        owner, name = self.program.split(full)
        if owner is None or not name:
            return
        if self.changed_at(full, by or owner) is not None:
            yield self.program.split(self.original(full))[1] or name
            return
        reach = _reaches(owner).get(name)
        if reach is None and "." in name:  # of `LOG.append`, `LOG`
            yield from self._touching(full.rpartition(".")[0], by, seen)
        for used in reach.used if reach is not None and reach.kind != "value" else ():
            whole = self._resolved(owner, used)
            if whole not in seen:
                seen.add(whole)
                yield from self._touching(whole, by, seen)

    def _changed_by(self, module: SourceModule) -> Mapping[str, Span]:
        """The full names of all that the functions of a module change, and where they first do."""
        if module.name not in self.changed:
            found: dict[str, Span] = {}
            for name, line in self._changes(module):
                found.setdefault(name, module.line(line))
                found.setdefault(self.original(name), module.line(line))
            self.changed[module.name] = found
        return self.changed[module.name]

    def _changes(self, module: SourceModule) -> Iterator[tuple[str, int]]:
        """What the functions of a module change, and the lines."""
        for reach in _reaches(module).values():
            for name, line in reach.changed.items():
                yield self._resolved(module, Used(name)), line
            for used in reach.used if reach.kind != "value" else ():
                if value := self._altered(self._resolved(module, used)):
                    yield value, used.line

    def _altered(self, full: str) -> str:
        """The value of a module that changes by such a use: an iterator, or what has a method that changes it."""
        owner, name = self.program.split(full)
        value, _, method = name.partition(".")
        reach = _reaches(owner).get(value) if owner is not None else None
        if owner is None or reach is None or not reach.made:
            return ""
        made = self._resolved(owner, Used(reach.made))
        home, kind = self.program.split(made)
        called = _reaches(home).get(f"{kind}.{method}") if home is not None else None
        alters = called.alters if called is not None else made.startswith(ADVANCING)
        return f"{owner.name}.{value}" if alters else ""

    def _first(self, question: Question, full: str) -> str:
        if (question, full) not in self.known:
            self.known[question, full] = next(self._search(question, full, {full}), "")
        return self.known[question, full]

    def _search(self, question: Question, full: str, seen: set[str]) -> Iterator[str]:
        """What is looked for in a definition and those that it uses, as it is found."""
        owner, name = self.program.split(full)
        reach = _reaches(owner).get(name) if owner is not None else None
        if owner is None or reach is None:
            return
        if question.changes:
            yield from (f"changes `{name}`" for name in sorted(reach.changed))
        for used in reach.used:
            whole = self._resolved(owner, used)
            if told := question.told(used, whole):
                yield told
            for inner in (whole, *(f"{whole}.{m}" for m in _MAKING if used.called)):
                if inner not in seen:
                    seen.add(inner)
                    yield from self._search(question, inner, seen)

    def _resolved(self, module: SourceModule, used: Used) -> str:
        head, _, rest = used.name.partition(".")
        if used.imported:
            return self.program.canonical(used.name)
        imported = module.imports.get(head)
        if imported is not None:
            return self.program.canonical(".".join(filter(None, [imported.full_name, rest])))
        home = module.name if head in module.names else "builtins"
        return self.program.canonical(f"{home}.{used.name}")


def _reaches(module: SourceModule) -> Mapping[str, Reach]:
    return reaches_of(module.text, module.package)


def _rebound(module: SourceModule) -> frozenset[str]:
    """The variables that the functions of a module bind anew."""
    return _rebound_in(module.text, module.package)


@lru_cache(maxsize=1024)
def _rebound_in(text: str, package: str) -> frozenset[str]:
    return frozenset().union(*(reach.rebound for reach in reaches_of(text, package).values()))


@cache
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(word)


def _says(module: SourceModule, word: str) -> bool:
    return _pattern(word).search(module.text) is not None


def _asks(used: Used, full: str) -> str:
    asks = is_asking(full) and not (used.given and full in _SEEDED)
    return _named(full) if asks else ""


def _acts(used: Used, full: str) -> str:
    return f"calls `{_named(full)}`" if used.called and is_acting(full) else ""


def _named(full: str) -> str:
    return full.removeprefix("builtins.")


_ASKS: Final = Question(_asks)
_ACTS: Final = Question(_acts, changes=True)


@lru_cache(maxsize=1)
def chance_of(program: Program) -> Chance:
    """The answers about a program, found once."""
    return Chance(program)


def check_pure(program: Program, findings: Findings) -> None:
    """`@pure` is a promise; a function that asks a clock breaks it."""
    chance = chance_of(program)
    for module in program.modules.values():
        for name, found in module.definitions.items():
            full = f"{module.name}.{name}"
            if full in program.pure and (what := chance.asked(full)):
                assert isinstance(found.node, cst.FunctionDef)
                findings.error(
                    "not-deterministic",
                    module.span(found.node.name),
                    f"`{name}` is marked `@pure`, and asks `{what}`: it would come out differently at each location",
                    f"leave `@pure` out, and call `{name}` at one location; or hand it what it needs",
                )
