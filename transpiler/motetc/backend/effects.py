"""Imports that are there for what the imported module does: `import shop.plugins`, of which nobody reads the name.

A plain module of the project is imported wherever the module that imports it goes. Of one that is mirrored, a location
gets what registers itself in, or changes, something that it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from motetc.backend.acting import changes_of, is_loose
from motetc.backend.closure import ModulePlan
from motetc.backend.imports import Imports
from motetc.backend.plan import WIRE, Plan
from motetc.backend.reads import reads_of
from motetc.frontend.locations import registers_codec
from motetc.frontend.program import Program
from motetc.frontend.source import Definition, SourceModule

Key = tuple[str, str]  # a folder and a source module


@dataclass(slots=True)
class Effects:
    """Brings along what imports are there for."""

    plan: Plan
    wire: Mapping[str, set[str]]
    modules: dict[Key, ModulePlan]
    module: Callable[[str, str], ModulePlan]
    across: bool = False  # what a location gets of one module depends on what it has of others
    loading: set[Key] = field(default_factory=set)
    passing: set[Key] = field(default_factory=set)  # those that import others for their effect
    imported: dict[str, list[str]] = field(default_factory=dict)

    def load(self) -> bool:
        """Import what is there for its effect; whether anything came along."""
        before = self._size()
        for (folder, _), module in list(self.modules.items()):
            if folder != WIRE:
                self._load_all(folder, module)
        return before != self._size()

    def _size(self) -> int:
        return sum(len(m.included) + len(m.imports.modules) for m in self.modules.values())

    def _load_all(self, folder: str, module: ModulePlan) -> bool:
        source = module.source
        if source.name not in self.imported:
            self.imported[source.name] = imported_for_effect(self.plan.program, source)
        for name in self.imported[source.name]:
            self.across, mirrored = True, name in self.plan.program.mirrored
            if self._brings(folder, name) if mirrored else self._matters(folder, name):
                path = module.imports.module(module.path_of(folder, name) if mirrored else name)
                module.imports.said.setdefault(path, _said(source, name))
                self.passing.add((folder, source.name))
        return (folder, source.name) in self.passing

    def _matters(self, folder: str, name: str) -> bool:
        """Whether a plain module may do something to what a location has, as one may that imports nothing of ours."""
        theirs = self._reached({name}) - {name}
        known = set[str]()
        for imports in self._imports(folder):
            known |= imports.loaded()
            known |= {path for path, types in imports.modules.values() if not types}
        return not theirs or not theirs.isdisjoint(self._reached(known - {name}))

    def _reached(self, names: set[str]) -> set[str]:
        """The modules of the project among some, and all that they import of it."""
        program, found = self.plan.program, set[str]()
        pending = [name for name in names if name in program.modules]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += program.imported_modules(program.modules[name])
        return found

    def _brings(self, folder: str, name: str) -> bool:
        """Include what of a module concerns this location; whether there is anything."""
        if (folder, name) in self.loading:
            return bool(self.modules[folder, name].included)
        self.loading.add((folder, name))
        module = self.module(folder, name)
        for index, statement in enumerate(module.source.statements):
            if self._concerns(folder, module.source, index, statement):
                module.include(index, statement)
        inner = self._load_all(folder, module)
        self.loading.discard((folder, name))
        return bool(module.included) or inner

    def _concerns(
        self, folder: str, source: SourceModule, index: int, statement: Definition
    ) -> bool:
        program = self.plan.program
        own = {f"{source.name}.{name}" for name in statement.names}
        if own & (program.locations.keys() | program.choreographies.keys()):
            return False
        if registers_codec(program, source, statement.node):
            return False
        if changes_of(self.plan.acting, source, statement) & self.wire.get(source.name, set()):
            return False
        if is_loose(statement):
            owners = {*self._owners(source, reads_of(statement.code).all)} - {source.name}
            return not owners or any(self._is_there(folder, owner) for owner in owners)
        kept = dict(self.plan.acting.registering(source)).get(index, frozenset())
        return any(self._is_there(folder, owner) for owner in self._owners(source, kept))

    def _owners(self, source: SourceModule, names: frozenset[str]) -> Iterator[str]:
        """The modules of the project that names come from."""
        for name in names:
            owner, rest = self.plan.program.split(
                self.plan.program.resolve_name(source, name) or ""
            )
            if owner is not None and rest:
                yield owner.name

    def _is_there(self, folder: str, name: str) -> bool:
        """Whether a location has anything of a module."""
        module = self.modules.get((folder, name))
        if module is not None and module.included:
            return True
        paths = {name, f"{self.plan.package}.{WIRE}.{name}"}
        return any(
            name in imports.modules or not paths.isdisjoint(imports.loaded())
            for imports in self._imports(folder)
        )

    def _imports(self, folder: str) -> Iterator[Imports]:
        """Those of all modules that a location has."""
        return (m.imports for (f, _), m in self.modules.items() if f == folder)


def imported_for_effect(program: Program, source: SourceModule) -> list[str]:
    """The modules of the project that a module imports, and does nothing with; in order."""
    dotted = source.dotted_imports()
    heads = {d.partition(".")[0] for d in dotted if "." in d}
    fulls = {local: program.canonical(i.full_name) for local, i in source.imports.items()}
    unused = {local for local, full in fulls.items() if full in program.modules} - heads
    for statement in source.statements if unused else ():
        unused -= reads_of(statement.code).all
        if not unused:
            break
    found = {fulls[local] for local in unused if not _is_exported(source, local)}
    found |= {d for d in dotted if len(re.findall(rf"(?<![\w.]){re.escape(d)}\b", source.text)) < 2}
    return sorted(found & program.modules.keys() - {source.name})


def _said(source: SourceModule, name: str) -> str:
    """The comment behind an import."""
    last = re.escape(name.rpartition(".")[2])
    found = re.search(
        rf"^(?:import|from)\s[^#\n]*\b{last}\b[^#\n]*(#.*)", source.text, re.MULTILINE
    )
    return found[1] if found is not None else ""


def _is_exported(source: SourceModule, name: str) -> bool:
    return "__all__" in source.text and f'"{name}"' in source.text
