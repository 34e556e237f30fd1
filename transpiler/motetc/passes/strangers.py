"""Location classes that code of another location comes to by way of functions and values of the project.

What a location's code uses is copied for it, but the classes of others are not: of them nothing is there at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.foreign import named_classes
from motetc.frontend.program import LocationClass, Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.passes.chance import Chance, chance_of

NAMED = "it is named here"
"""Said of where a function or a value names a location's class."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """A location's class, and where something names it."""

    location: str
    span: Span


@dataclass(slots=True, eq=False)
class Strangers:
    """What definitions come to; each is looked at once."""

    program: Program
    chance: Chance
    known: dict[str, Mapping[str, Stranger]] = field(default_factory=dict)

    def reached(self, full: str) -> Mapping[str, Stranger]:
        """The location classes that a function or a value of the project comes to, by their full names."""
        if full not in self.known:
            self.known[full] = {}  # of what comes back to itself
            found: dict[str, Stranger] = {}
            todo, seen = [full], {full}
            while todo:
                owner, node = self._definition(todo.pop())
                if owner is None or node is None:
                    continue
                for stranger in self._named(owner, node):
                    found.setdefault(stranger.location, stranger)
                fresh = {*self._used(owner, node)} - seen
                seen |= fresh
                todo += sorted(fresh)
            self.known[full] = found
        return self.known[full]

    def _definition(self, full: str) -> tuple[SourceModule | None, cst.CSTNode | None]:
        """A function or a value at the top level of a module with syntax."""
        owner, name = self.program.split(full)
        defined = owner.definitions.get(name) if owner is not None else None
        node = defined.node if defined is not None else None
        plain = isinstance(node, (cst.FunctionDef, cst.SimpleStatementLine))
        return owner, node if plain and full not in self.program.choreographies else None

    def _named(self, owner: SourceModule, node: cst.CSTNode) -> list[Stranger]:
        code = node.body if isinstance(node, cst.FunctionDef) else node
        reads = names_of(node).reads
        return [
            Stranger(full, owner.span(part))
            for full, part in named_classes(self.program, owner, code)
            if not isinstance(part, cst.Name) or part.value in reads
        ]

    def _used(self, owner: SourceModule, node: cst.CSTNode) -> list[str]:
        resolved = (self.program.resolve_name(owner, name) for name in names_of(node).reads)
        return [full for full in resolved if full is not None]


@lru_cache(maxsize=4)
def strangers_of(program: Program) -> Strangers:
    """Those of one program."""
    return Strangers(program, chance_of(program))


def check_strangers(program: Program, findings: Findings) -> None:
    """Report what the bodies of location classes come to."""
    strangers = strangers_of(program)
    for location in program.locations.values():
        module = program.modules[location.module]
        own = {location.full_name, *program.ancestors(location.full_name)} | program.bounds
        for name in sorted(names_of(location.node).reads):
            full = program.resolve_name(module, name) or ""
            other = next((s for c, s in strangers.reached(full).items() if c not in own), None)
            if other is not None:
                _report(program, module, location, name, other, findings)


def _report(
    program: Program,
    module: SourceModule,
    location: LocationClass,
    name: str,
    other: Stranger,
    findings: Findings,
) -> None:
    mine, theirs = location.node.name.value, program.locations[other.location].node.name.value
    node = next(n for n in _names(location.node.body) if n.value == name)
    findings.error(
        "unsupported-syntax",
        module.span(node),
        f"`{name}` comes to `{theirs}`, which is another location: its class is not in the modules of `{mine}`",
        "keep what both use at the top level of the module, or send it",
        (Related(other.span, NAMED),),
    )


def _names(node: cst.CSTNode) -> list[cst.Name]:
    found = [node] if isinstance(node, cst.Name) else []
    return found + [name for child in node.children for name in _names(child)]
