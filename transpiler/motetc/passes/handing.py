"""What definitions of a program are, inherited ones too, and what functions change of what they are given, and give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from motetc.frontend.collecting import RESULT
from motetc.frontend.definitions import Handed, Reach, Used
from motetc.frontend.mutation import changes_first
from motetc.frontend.program import Program
from motetc.frontend.reaches import reaches_of
from motetc.frontend.source import SourceModule

_CACHES: Final = frozenset({"functools.cache", "functools.lru_cache"})
Kept = Literal["", "item", "whole"]


@dataclass(slots=True, eq=False)
class Handing:
    """Answers about one program."""

    program: Program

    def kinds(self, full: str) -> Iterator[str]:
        """A class, and those of the project that it is derived from, roughly in the order in which Python asks them."""
        seen: set[str] = set()
        todo = [full]
        while todo:
            kind = todo.pop(0)
            owner, name = self.program.split(kind)
            if kind in seen or owner is None:
                continue
            seen.add(kind)
            yield kind
            reach = reaches(owner).get(name)
            todo += [self.resolved(owner, Used(base)) for base in reach.bases] if reach else []

    def defined(self, full: str) -> str:
        """The full name of a definition where it is: what a class inherits is in the class that has it."""
        owner, name = self.program.split(full)
        if owner is None or name in (known := reaches(owner)) or "." not in name:
            return full
        kind, _, part = name.rpartition(".")
        if kind not in known or known[kind].kind != "class":
            return full
        inherited = (f"{k}.{part}" for k in self.kinds(f"{owner.name}.{kind}"))
        return next((i for i in inherited if self.reach(i) is not None), full)

    def foreign(self, full: str) -> Iterator[str]:
        """What a name of a class of the project may stand for that it inherits from a library."""
        kind, _, part = full.rpartition(".")
        for own in self.kinds(kind):
            owner, name = self.program.split(own)
            reach = reaches(owner).get(name) if owner is not None else None
            if owner is None or reach is None:
                continue
            for base in reach.bases:
                whole = self.resolved(owner, Used(base))
                if self.program.split(whole)[0] is None:
                    yield f"{whole}.{part}"

    def reach(self, full: str) -> Reach | None:
        """What a definition reaches, if it is one of the project's."""
        owner, name = self.program.split(full)
        return reaches(owner).get(name) if owner is not None else None

    def original(self, full: str) -> str:
        """The value that a variable of a module is one more name for, or itself."""
        seen: set[str] = set()
        while full not in seen:
            seen.add(full)
            owner, name = self.program.split(full)
            reach = reaches(owner).get(name) if owner is not None else None
            if owner is None or reach is None or not reach.same or name in _rebound(owner):
                break
            full = self.resolved(owner, Used(reach.same))
        return full

    def altering(self, full: str) -> bool | None:
        """Whether a method of a class of the project changes what it is called on; None of any other."""
        full = self.defined(full)
        reach = self.reach(full)
        if reach is None or reach.kind != "function":
            return None
        return reach.alters or reach.first in self.altered(full)

    def altered(self, full: str) -> frozenset[str]:
        """The parameters of a function of the project whose values it changes, itself or by what it calls."""
        return frozenset(name for name, _ in self._altered_parts(self.defined(full), frozenset()))

    def own_changed(self, full: str) -> frozenset[str]:
        """The attributes of its first parameter that a method changes, by what it calls on them, too."""
        reach = self.reach(self.defined(full))
        if reach is None:
            return frozenset()
        parts = self._altered_parts(self.defined(full), frozenset())
        return reach.own_changed | {of for param, of in parts if of and param == reach.first}

    def lent(self, full: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        """The attributes of its first parameter of which a method gives the value, or something in that."""
        full = self.defined(full)
        reach = self.reach(full)
        if reach is None or full in seen:
            return frozenset()
        kind = full.rpartition(".")[0]
        others = (self.lent(f"{kind}.{name}", seen | {full}) for name in reach.lent_by)
        return reach.lent.union(*others)

    def _altered_parts(self, full: str, seen: frozenset[str]) -> set[tuple[str, str]]:
        """Parameters that are changed, each with its attribute whose value is."""
        owner, _ = self.program.split(full)
        reach = self.reach(full)
        if owner is None or reach is None or full in seen:
            return set()
        found = {(param, "") for param in reach.altered}
        for handed in reach.handed:
            if self._alters_given(full, owner, reach, handed, seen | {full}):
                found.add((handed.param, handed.of))
        return found

    def _alters_given(
        self, full: str, owner: SourceModule, reach: Reach, handed: Handed, seen: frozenset[str]
    ) -> bool:
        """Whether what is called changes what a function hands to it, or calls it on."""
        if not handed.method:
            return self.changes(owner, handed, seen)
        of = self.kind_of(full, handed.of) if handed.of else reach.kinds.get(handed.param, "")
        if not of and not handed.of and handed.param == reach.first:
            of = self.program.split(full)[1].rpartition(".")[0]
        called = self.defined(f"{self.resolved(owner, Used(of))}.{handed.called}") if of else ""
        inner = self.reach(called) if called else None
        firsts = {p for p, _ in self._altered_parts(called, seen)} if inner is not None else set()
        return inner is not None and inner.first in firsts

    def changes(
        self, owner: SourceModule, handed: Handed, seen: frozenset[str] = frozenset()
    ) -> bool:
        """Whether what is called changes what is handed to it, as far as that is known."""
        called = self.resolved(owner, Used(handed.called, handed.imported))
        if changes_first(called):
            return handed.at == 0
        called, param = self._parameter(called, handed)
        return param in {name for name, _ in self._altered_parts(called, seen)}

    def keeps(
        self, owner: SourceModule, handed: Handed, seen: frozenset[str] = frozenset()
    ) -> Kept:
        """What of that which is handed to something it keeps or gives, so that it may be changed from elsewhere."""
        called = self.resolved(owner, Used(handed.called, handed.imported))
        whole, param = self._parameter(called, handed)
        home, _ = self.program.split(whole)
        reach = self.reach(whole)
        if home is None or reach is None or whole in seen:
            return ""
        found: set[Kept] = {
            self.keeps(home, inner, seen | {whole})
            for inner in reach.handed
            if inner.param == param and not inner.method
        }
        if reach.kind == "class" or param in reach.kept:  # a class that is made of its fields
            found.add("whole")
        if param in reach.kept_parts:
            found.add("item")
        if "whole" in found and not handed.item:
            return "whole"
        return "item" if found - {""} else ""

    def only_reads(self, full: str, at: int, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a function of the project only reads what it is given there, if nobody can change what is in that."""
        full = self.defined(full)
        owner, _ = self.program.split(full)
        reach = self.reach(full)
        if owner is None or reach is None or reach.kind != "function" or reach.decorators:
            return False
        name = reach.params[at] if at < len(reach.params) else ""
        if name not in reach.only_read:
            return False
        passed = (
            (self.resolved(owner, Used(called)), there) for called, there in reach.only_read[name]
        )
        return all(
            called in seen or self.only_reads(called, there, seen | {full})
            for called, there in passed
        )

    def _parameter(self, called: str, handed: Handed) -> tuple[str, str]:
        """What is called in truth, and as what it gets what is handed to it."""
        called, bound = self.defined(called), handed.bound
        reach = self.reach(called)
        if reach is not None and reach.kind == "class":
            made = self.defined(f"{called}.__init__")
            if self.reach(made) is None:
                return called, ""
            called, bound = made, True
            reach = self.reach(made)
        if reach is None or isinstance(handed.at, str):
            return called, str(handed.at)
        params = reach.params[bound:]
        return called, params[handed.at] if handed.at < len(params) else ""

    def _handed_on(self, module: SourceModule, name: str) -> str:
        """The value that a name stands for; of the result of a function, the function if it gives it again, else ""."""
        name, result, _ = name.partition(RESULT)
        full = self.original(self.resolved(module, Used(name)))
        return full if not result or self.is_cached(full) else ""

    def is_cached(self, full: str) -> bool:
        """Whether a function gives again what it has given before."""
        owner, _ = self.program.split(full)
        reach = self.reach(full)
        found = reach.decorators if reach is not None else ()
        return owner is not None and any(self.resolved(owner, d) in _CACHES for d in found)

    def _grows(self, full: str) -> bool:
        """Whether `+=` changes a value."""
        owner, _ = self.program.split(full)
        reach = self.reach(full)
        if owner is None or reach is None:
            return False
        made = self.resolved(owner, Used(reach.made)) if reach.made else ""
        return reach.growing or self.reach(self.defined(f"{made}.__iadd__")) is not None

    def walks(self, full: str, at: int | str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a function of the project takes the elements of what it is given there one after the other, so that
        their order may show."""
        whole, param = self._parameter(full, Handed("", full, False, at=at))
        owner, _ = self.program.split(whole)
        reach = self.reach(whole)
        if owner is None or reach is None or whole in seen:
            return False
        return param in reach.walked or any(
            self.walks(self.resolved(owner, Used(h.called, h.imported)), h.at, seen | {whole})
            for h in reach.handed
            if h.param == param and not (h.method or h.item or h.of)
        )

    def kind_of(self, method: str, attribute: str) -> str:
        """The class of an attribute, as the methods of its class set it."""
        owner, name = self.program.split(method)
        kind = name.rpartition(".")[0]
        for inherited in self.kinds(f"{owner.name}.{kind}") if owner is not None and kind else ():
            home, short = self.program.split(inherited)
            reach = reaches(home).get(f"{short}.__init__") if home is not None else None
            if home is not None and reach is not None and f".{attribute}" in reach.kinds:
                return reach.kinds[f".{attribute}"]
        return ""

    def resolved(self, module: SourceModule, used: Used) -> str:
        head, _, rest = used.name.partition(".")
        if used.imported:
            return self.program.canonical(used.name)
        imported = module.imports.get(head)
        if imported is not None:
            return self.program.canonical(".".join(filter(None, [imported.full_name, rest])))
        home = module.name if head in module.names else "builtins"
        return self.program.canonical(f"{home}.{used.name}")


def reaches(module: SourceModule) -> Mapping[str, Reach]:
    """The definitions of a module."""
    return reaches_of(module.text, module.package)


def _rebound(module: SourceModule) -> frozenset[str]:
    """The variables that the functions of a module bind anew."""
    return _rebound_in(module.text, module.package)


@lru_cache(maxsize=1024)
def _rebound_in(text: str, package: str) -> frozenset[str]:
    return frozenset().union(*(reach.rebound for reach in reaches_of(text, package).values()))
