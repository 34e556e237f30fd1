"""The whole project as the front end sees it: modules, locations, type variables, choreographies, resolved names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.imports import Import
from motetc.frontend.source import SourceModule
from motetc.ir.nodes import Choreography

API = "motet"
PROCESS = f"{API}.Process"
CLUSTER = f"{API}.Cluster"


@dataclass(frozen=True, slots=True, eq=False)
class LocationClass:
    """A `Process` or `Cluster` subclass and the folder its modules go to."""

    full_name: str
    module: str
    node: cst.ClassDef
    cluster: bool
    folder: str


@dataclass(slots=True, eq=False)
class Program:
    """Everything that the passes and the back end look up by name."""

    modules: dict[str, SourceModule]
    locations: dict[str, LocationClass] = field(default_factory=dict)
    variables: dict[str, bool] = field(default_factory=dict)  # full name -> bound to Cluster
    pure: set[str] = field(default_factory=set)
    registered: set[str] = field(default_factory=set)  # classes with a codec of the user's
    choreographies: dict[str, Choreography] = field(default_factory=dict)
    mirrored: set[str] = field(default_factory=set)

    def resolve(self, module: SourceModule, expr: cst.CSTNode) -> str | None:
        """The full name that a dotted expression stands for at the top level of `module`; None when it is no name."""
        dotted = dotted_name(expr)
        return self.resolve_name(module, dotted) if dotted else None

    def resolve_name(self, module: SourceModule, dotted: str) -> str | None:
        """As `resolve`, for a dotted name as text; builtins come back as `builtins.NAME`."""
        head, _, rest = dotted.partition(".")
        imported = module.imports.get(head)
        if imported is not None:
            return self.canonical(".".join(filter(None, [imported.full_name, rest])))
        if head in module.definitions:
            return self.canonical(".".join(filter(None, [module.name, head, rest])))
        return f"builtins.{dotted}"

    def canonical(self, full: str, depth: int = 8) -> str:
        """Follow re-exports through the project's own modules."""
        owner, rest = self.split(full)
        if owner is None or not rest or depth == 0:
            return full
        head, _, tail = rest.partition(".")
        imported = owner.imports.get(head)
        if imported is None:
            return full
        return self.canonical(".".join(filter(None, [imported.full_name, tail])), depth - 1)

    def split(self, full: str) -> tuple[SourceModule | None, str]:
        """The project module that a full name lies in, and what remains of the name."""
        prefix = full
        while prefix:
            if prefix in self.modules:
                return self.modules[prefix], full[len(prefix) + 1 :]
            prefix = prefix.rpartition(".")[0]
        return None, full

    def imported_modules(self, module: SourceModule) -> Iterator[str]:
        """The project's own modules that `module` imports."""
        for imported in module.imports.values():
            owner = self.project_module(imported)
            if owner:
                yield owner

    def concerned(self) -> set[str]:
        """The modules that may hold something of ours: those that import `motet` or a module that does."""
        found = {m.name for m in self.modules.values() if _names_us(m)}
        importers: dict[str, set[str]] = {}
        for module in self.modules.values():
            stars = (self.split(star.module)[0] for star in module.stars)
            for name in (*self.imported_modules(module), *(m.name for m in stars if m)):
                importers.setdefault(name, set()).add(module.name)
        pending = list(found)
        while pending:
            new = importers.get(pending.pop(), set()) - found
            found |= new
            pending += new
        return found

    def project_module(self, imported: Import) -> str | None:
        """The project module that an import names, if it names one."""
        if imported.full_name in self.modules:
            return imported.full_name
        if imported.module in self.modules:
            return imported.module
        owner, _ = self.split(imported.full_name)
        return owner.name if owner else None


def _names_us(module: SourceModule) -> bool:
    """By an import, or by the methods of a codec."""
    bases = [*(i.module for i in module.imports.values()), *(s.module for s in module.stars)]
    return any(base.partition(".")[0] == API for base in bases) or "__motet_" in module.text


def dotted_name(expr: cst.CSTNode) -> str | None:
    """`a.b.c` as text; None for anything else."""
    if isinstance(expr, cst.Name):
        return expr.value
    if isinstance(expr, cst.Attribute):
        base = dotted_name(expr.value)
        return f"{base}.{expr.attr.value}" if base else None
    return None
