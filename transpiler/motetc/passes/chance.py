"""What definitions of a module ask of chance, a clock or the surroundings: such answers are each location's own.

Looked for in the bodies of functions and the values of constants, through those of the same module that they name. What
another module's functions do is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program, dotted_name
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, methods_of
from motetc.ir.purity import is_asking

_MAKING: Final = frozenset({"__init__", "__new__", "__post_init__"})
_Definition = cst.FunctionDef | cst.ClassDef | cst.SimpleStatementLine


@dataclass(slots=True)
class Chance:
    """Answers for one module."""

    program: Program
    module: SourceModule
    known: dict[str, str] = field(default_factory=dict)  # by name of a definition, see `asked`

    def asked(self, full: str) -> str:
        """The first function that differs from node to node which a definition of the module calls; "" if none."""
        owner, name = self.program.split(full)
        if owner is not self.module or name not in self.module.definitions:
            return ""
        if name not in self.known:
            self.known[name] = ""  # those that it calls may call it
            node = self.module.definitions[name].node
            parts = _parts(node) if isinstance(node, _Definition) else ()
            self.known[name] = next((w for part in parts for w in self._of(part)), "")
        return self.known[name]

    def made(self, full: str, call: cst.BaseExpression) -> str:
        """The same, of a class that is made by a call: fields that are given need no default."""
        owner, name = self.program.split(full)
        found = self.module.definitions.get(name) if owner is self.module else None
        if found is None or not isinstance(found.node, cst.ClassDef):
            return ""
        given = call.args if isinstance(call, cst.Call) else ()
        named = {a.keyword.value for a in given if a.keyword is not None}
        many = sum(a.keyword is None for a in given)
        missing = [
            value
            for at, (field_, value) in enumerate(_defaults(found.node))
            if value is not None and at >= many and field_ not in named
        ]
        making = [f for f in methods_of(found.node) if f.name.value in _MAKING]
        return next((w for part in (*missing, *making) for w in self._of(part)), "")

    def _of(self, node: cst.CSTNode) -> Iterator[str]:
        """What a piece of code asks, as it is found."""
        yield from self._found(node, names_of(node).reads)

    def _found(self, node: cst.CSTNode, free: frozenset[str]) -> Iterator[str]:
        if isinstance(node, cst.Annotation):
            return
        if isinstance(node, cst.Call) and node.args and self._resolved(node.func, free) in _SEEDED:
            nodes: list[cst.CSTNode] = [*node.args]
        else:
            nodes = children(node)
            full = self._resolved(node, free)
            if full is not None and is_asking(full):
                yield full
                return
            if full is not None and (inner := self.asked(full)):
                yield inner
                return
        for child in nodes:
            yield from self._found(child, free)

    def _resolved(self, node: cst.CSTNode, free: frozenset[str]) -> str | None:
        dotted = dotted_name(node)
        if dotted is None or dotted.partition(".")[0] not in free:
            return None
        return self.program.resolve_name(self.module, dotted)


@lru_cache(maxsize=8)  # the choreographies of a module come one after the other
def chance_of(program: Program, module: SourceModule) -> Chance:
    """The answers for a module, found once."""
    return Chance(program, module)


def check_pure(program: Program, findings: Findings) -> None:
    """`@pure` is a promise; a function that asks a clock breaks it."""
    for module in program.modules.values():
        chance = chance_of(program, module)
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


_SEEDED: Final = frozenset({"random.Random"})


def _parts(node: _Definition) -> list[cst.CSTNode]:
    """The code that runs when a definition is used: of a constant, what it is made of; not that of a class."""
    if isinstance(node, cst.FunctionDef):
        return [node]
    if isinstance(node, cst.SimpleStatementLine):
        kinds = (cst.Assign, cst.AnnAssign)
        return [s.value for s in node.body if isinstance(s, kinds) and s.value is not None]
    return []


def _defaults(node: cst.ClassDef) -> Iterator[tuple[str, cst.BaseExpression | None]]:
    """The fields of a dataclass or named tuple, with what each is if it is not given."""
    for line in node.body.body:
        for part in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(part, cst.AnnAssign) and isinstance(part.target, cst.Name):
                yield part.target.value, part.value
