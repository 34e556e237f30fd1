"""Imports inside functions, classes and `try`: by the names under which the generated package can follow them.

A relative import becomes an absolute one; what each location has of its own is imported from this location's modules.
Imports at the top level of a module are not copied, but made anew (`closure.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

from motetc.backend.plan import WIRE, Plan
from motetc.frontend.program import dotted_name
from motetc.frontend.source import SourceModule, import_base
from motetc.frontend.tree import Node, children, exchange

Moved = Callable[[cst.CSTNode, cst.CSTNode], None]
Small = cst.BaseSmallStatement


@dataclass(frozen=True, slots=True)
class InnerImports:
    """For code of `source` that is copied to `folder`; what it imports is asked of `require`."""

    plan: Plan
    folder: str
    source: SourceModule
    wire: dict[str, set[str]]
    require: Callable[[str, str, str], None]

    def redirected(self, node: Node, moved: Moved, within: cst.CSTNode | None = None) -> Node:
        """The node with the imports in it redirected; `moved` is told of new nodes and whose place they take.

        `within` is where what they bind is used, if that is more than the node.
        """

        def line(inner: cst.CSTNode) -> cst.CSTNode | None:
            if not isinstance(inner, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
                return None
            body = [
                new for small in inner.body for new in self._small(small, within or node, moved)
            ]
            if len(body) == len(inner.body) and all(map(_same, body, inner.body)):
                return inner
            made = inner.with_changes(body=body)
            moved(made, inner)
            return made

        return exchange(node, line, moved)

    def _small(self, small: Small, within: cst.CSTNode, moved: Moved) -> list[Small]:
        match small:
            case cst.ImportFrom(names=[*names]):
                made = self._members(small, names, within)
            case cst.Import() if any(self._is_own(alias) for alias in small.names):
                made = [new for alias in small.names for new in self._modules(alias, within)]
            case _:
                return [small]
        for new in made:
            if new is not small:
                moved(new, small)
        return made

    def _members(
        self, node: cst.ImportFrom, names: list[cst.ImportAlias], within: cst.CSTNode
    ) -> list[Small]:
        base = import_base(self.source, node)
        found: dict[str, list[cst.ImportAlias]] = {}
        for alias in names:
            module, new = self._member(base, alias, within)
            found.setdefault(module, []).append(new)
        if not node.relative and list(found) == [base] and all(map(_same, found[base], names)):
            return [node]
        return [_from(module, aliases) for module, aliases in found.items()]

    def _member(
        self, base: str, alias: cst.ImportAlias, within: cst.CSTNode
    ) -> tuple[str, cst.ImportAlias]:
        program = self.plan.program
        full = program.canonical(f"{base}.{alias.evaluated_name}")
        owner, rest = program.split(full)
        if owner is None or owner.name not in program.mirrored or full in self.plan.compiled:
            return base, alias
        if not rest:
            return self._whole(owner.name, alias, within)
        name = rest.partition(".")[0]
        folder = WIRE if name in self.wire.get(owner.name, ()) else self.folder
        self.require(folder, owner.name, name)
        return self._path(owner.name, folder), _called(alias, name)

    def _is_own(self, alias: cst.ImportAlias) -> bool:
        return alias.evaluated_name in self.plan.program.mirrored

    def _modules(self, alias: cst.ImportAlias, within: cst.CSTNode) -> Iterator[Small]:
        name = alias.evaluated_name
        if not self._is_own(alias):
            yield cst.Import([_plain(alias)])
        elif alias.asname is None and "." in name:  # binds the package, and loads the module
            self._require_all(name, name, within)
            package, top = f"{self.plan.package}.{self.folder}", name.partition(".")[0]
            yield cst.Import([cst.ImportAlias(_dotted(self._path(name, self.folder)))])
            yield _from(package, [cst.ImportAlias(cst.Name(top))])
        else:
            package, new = self._whole(name, alias, within)
            yield _from(package, [new])

    def _whole(
        self, module: str, alias: cst.ImportAlias, within: cst.CSTNode
    ) -> tuple[str, cst.ImportAlias]:
        """A module that each location has of its own, with all that is used of it."""
        local = alias.evaluated_alias or alias.evaluated_name
        self._require_all(module, local, within)
        package, _, last = self._path(module, self.folder).rpartition(".")
        return package, _called(alias, last)

    def _require_all(self, module: str, local: str, within: cst.CSTNode) -> None:
        definitions = self.plan.program.modules[module].definitions
        for name in _attributes(within, local):
            if name in definitions:
                self.require(self.folder, module, f"{name}!")

    def _path(self, module: str, folder: str) -> str:
        return f"{self.plan.package}.{folder}.{module}"


def _attributes(node: cst.CSTNode, of: str) -> Iterator[str]:
    if isinstance(node, cst.Attribute) and dotted_name(node.value) == of:
        yield node.attr.value
    for child in children(node):
        yield from _attributes(child, of)


def _called(alias: cst.ImportAlias, name: str) -> cst.ImportAlias:
    """An alias that binds the same name, to what is called `name` where it comes from."""
    if alias.evaluated_name == name:
        return alias
    local = alias.evaluated_alias or alias.evaluated_name
    asname = None if local == name else cst.AsName(cst.Name(local))
    return cst.ImportAlias(cst.Name(name), asname)


def _from(module: str, names: list[cst.ImportAlias]) -> cst.ImportFrom:
    return cst.ImportFrom(_dotted(module), [_plain(alias) for alias in names])


def _plain(alias: cst.ImportAlias) -> cst.ImportAlias:
    return alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)


def _dotted(text: str) -> cst.Attribute | cst.Name:
    found = cst.parse_expression(text)
    assert isinstance(found, (cst.Attribute, cst.Name))
    return found


def _same(new: object, old: object) -> bool:
    return new is old
