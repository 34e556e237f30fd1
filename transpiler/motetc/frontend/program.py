"""The whole project as the front end sees it: modules, locations, type variables, choreographies, resolved names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.frontend.library_text import public_name
from motetc.frontend.outline import API, Outline, imported_modules, shadowed, split
from motetc.frontend.source import SourceModule, of_outline, read_syntax
from motetc.ir.nodes import Choreography

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
    """Everything that the passes and the back end look up by name.

    `modules`: all of the project, or those that are compiled and what they import; then `project` has all, in outline.
    """

    modules: dict[str, SourceModule]
    project: Mapping[str, Outline] = field(default_factory=dict)
    locations: dict[str, LocationClass] = field(default_factory=dict)
    variables: dict[str, bool] = field(default_factory=dict)  # full name -> bound to Cluster
    bounding: dict[str, set[str]] = field(default_factory=dict)  # by module, as `bounds`
    own_names: set[str] = field(
        default_factory=set
    )  # `location.name`: its class has it, and it is an operation's
    pure: set[str] = field(default_factory=set)
    registering: dict[str, set[str]] = field(default_factory=dict)  # by module, as `registered`
    choreographies: dict[str, Choreography] = field(default_factory=dict)
    nested: set[str] = field(default_factory=set)  # refused, since they are in classes, by name
    forgotten: set[str] = field(
        default_factory=set
    )  # functions that lack nothing but the decorator
    mirrored: set[str] = field(default_factory=set)
    demuxes: dict[str, list[tuple[Span, cst.BaseExpression]]] = field(default_factory=dict)
    """By choreography: each `demux` of keys of which lowering does not know what they are, and what it is called on."""
    compound: set[Span] = field(default_factory=set)  # those whose keys are pairs

    @property
    def bounds(self) -> set[str]:
        """Locations that bound type variables, and their bases."""
        return set().union(*self.bounding.values())

    @property
    def registered(self) -> set[str]:
        """Classes with a codec of the user's."""
        return set().union(*self.registering.values())

    @property
    def everything(self) -> dict[str, Outline]:
        """All modules of the project."""
        return {**self.project, **self.modules}

    def resolve(self, module: SourceModule, expr: cst.CSTNode) -> str | None:
        """The full name that a dotted expression stands for at the top level of `module`; None when it is no name."""
        dotted = dotted_name(expr)
        return self.resolve_name(module, dotted) if dotted else None

    def resolve_name(self, module: SourceModule, dotted: str) -> str | None:
        """As `resolve`, for a dotted name as text; builtins come back as `builtins.NAME`."""
        head, _, rest = dotted.partition(".")
        imported = module.imports.get(head)
        if imported is not None:
            return self.canonical(self._member(imported.full_name, rest))
        if head in module.definitions:
            return self.canonical(".".join(filter(None, [module.name, head, rest])))
        return f"builtins.{dotted}"

    def _member(self, full: str, rest: str) -> str:
        """What `.a.b` after a name means, where packages have something else under the names of modules in them."""
        for part in filter(None, rest.split(".")):
            full = f"{full}.{part}"
            found = shadowed(self.modules, full)
            full = found.full_name if found is not None else full
        return full

    def canonical(self, full: str, depth: int = 8) -> str:
        """Follow re-exports through the project's own modules; of what `motet.std` has, the name it has there."""
        owner, rest = self.split(full)
        if owner is None or not rest or depth == 0:
            return public_name(full) if owner is None else full
        head, _, tail = rest.partition(".")
        imported = owner.imports.get(head)
        came = imported.full_name if imported is not None else self._by_star(owner, head, depth)
        return self.canonical(".".join(filter(None, [came, tail])), depth - 1) if came else full

    def is_circular(self, full: str) -> bool:
        """Whether following the imports of a name leads back to it."""
        start, seen = full, set[str]()
        while full not in seen:
            seen.add(full)
            owner, rest = self.split(full)
            imported = owner.imports.get(rest) if owner is not None else None
            if imported is None:
                return False
            full = imported.full_name
        return full == start

    def _by_star(self, module: SourceModule, name: str, depth: int) -> str | None:
        """Where `import *` has a name from, if that is certain: one module of ours defines it, and no other may."""
        if not module.stars or name in module.names:
            return None
        targets = [self.modules.get(star.module) for star in module.stars]
        found = {self.canonical(f"{m.name}.{name}", depth - 1) for m in targets if m is not None}
        defined = [full for full in found if self._is_defined(full)]
        return defined[0] if len(defined) == 1 and None not in targets else None

    def _is_defined(self, full: str) -> bool:
        owner, rest = self.split(full)
        return owner is None or rest in owner.names

    def unaliased(self, full: str, depth: int = 8) -> str:
        """What a full name stands for where it is one more name for something, as after `sqrt = math.sqrt`."""
        owner, rest = self.split(full)
        head, _, tail = rest.partition(".")
        named = owner.alias(head) if owner is not None and depth else None
        if owner is None or named is None:
            return full
        meant = self.resolve(owner, named) or ""
        return self.unaliased(".".join(filter(None, [meant, tail])), depth - 1)

    def split(self, full: str) -> tuple[SourceModule | None, str]:
        """The project module that a full name lies in, and what remains of the name."""
        return split(self.modules, full)

    def ancestors(self, full: str) -> set[str]:
        """The location classes that a location class is derived from."""
        location = self.locations.get(full)
        if location is None:
            return set()
        module = self.modules[location.module]
        bases = {self.resolve(module, arg.value) or "" for arg in location.node.bases}
        return (bases & self.locations.keys()).union(*map(self.ancestors, bases))

    def subclasses(self, full: str) -> list[str]:
        """The classes of the project that are derived from a class at once, in the order of their modules."""
        return [
            f"{module.name}.{name}"
            for module in self._naming(full.rpartition(".")[2])
            for name, found in module.definitions.items()
            if isinstance(found.node, cst.ClassDef)
            and any(self.resolve(module, base.value) == full for base in found.node.bases)
        ]

    def _naming(self, word: str) -> Iterator[SourceModule]:
        """All modules in which a word stands, with their syntax."""
        for module in self.everything.values():
            if word not in module.text:
                continue
            if isinstance(module, SourceModule):
                yield module
            elif read_syntax(read := of_outline(module)) is None:
                yield read

    def imported_modules(self, module: SourceModule) -> Iterator[str]:
        """The project's own modules that `module` imports."""
        return imported_modules(self.modules, module)


def dotted_name(expr: cst.CSTNode) -> str | None:
    """`a.b.c` as text; None for anything else."""
    if isinstance(expr, cst.Name):
        return expr.value
    if isinstance(expr, cst.Attribute):
        base = dotted_name(expr.value)
        return f"{base}.{expr.attr.value}" if base else None
    return None
