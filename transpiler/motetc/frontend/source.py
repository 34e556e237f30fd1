"""One source module: its tree, positions, imports and top-level definitions."""

from __future__ import annotations

import ast
import symtable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import libcst as cst

from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.imports import Import, Star, base_of, imports_of
from motetc.frontend.positions import Positions
from motetc.frontend.scope import code_of, names_of

_EMPTY = cst.Module([])


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A top-level statement, the names it binds, and its place in the file."""

    node: cst.BaseStatement
    names: tuple[str, ...]
    index: int

    @property
    def code(self) -> str:
        """Its text, without the comments before it."""
        return code_of(self.node)


@dataclass(slots=True, eq=False)
class SourceModule:
    """A module. `relative` is the path that messages and provenance show.

    One that has nothing to do with locations is never read as syntax: it has no tree and no statements.
    """

    path: Path
    relative: str
    name: str
    text: str
    tree: cst.Module = _EMPTY
    positions: Positions = field(default_factory=lambda: Positions(_EMPTY))
    is_package: bool = False
    imports: dict[str, Import] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    statements: list[Definition] = field(default_factory=list)
    stars: list[Star] = field(default_factory=list)

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def names(self) -> frozenset[str]:
        """What the module binds at its top level, whether its syntax has been read or not."""
        return _bound_names(self.text)

    def span(self, node: cst.CSTNode, fallback: cst.CSTNode | None = None) -> Span:
        """Where a node of this module is; for one that was parsed out of a string, where `fallback` is."""
        found = self.positions.get(node) or self.positions.get(fallback or self.tree)
        assert found is not None
        start, end = found.start, found.end
        return Span(self.relative, start.line, start.column + 1, end.line, end.column + 1)

    def moved(self, new: cst.CSTNode, old: cst.CSTNode) -> None:
        """`new` stands where `old` stood."""
        self.positions.move(new, old)

    def code(self, node: cst.CSTNode) -> str:
        """A node's text."""
        return self.positions.code(node) or self.tree.code_for_node(node)

    def statement(self, index: int) -> str:
        """The text of a top-level statement, with the lines before it."""
        node = self.statements[index].node
        return self.positions.whole(node) or self.tree.code_for_node(node)


@lru_cache(maxsize=1024)
def _bound_names(text: str) -> frozenset[str]:
    symbols = symtable.symtable(text, "?", "exec").get_symbols()
    return frozenset(s.get_name() for s in symbols if s.is_assigned() or s.is_imported())


def parse(path: Path, relative: str, name: str, text: str) -> SourceModule | Diagnostic:
    """A module's tree and tables, or its syntax error at CPython's own position."""
    module = outline(path, relative, name, text)
    if isinstance(module, Diagnostic):
        return module
    return read_syntax(module) or module


def outline(path: Path, relative: str, name: str, text: str) -> SourceModule | Diagnostic:
    """A module of which only the imports are known; `read_syntax` adds the rest."""
    try:
        compile(text, relative, "exec", dont_inherit=True)
        tree = ast.parse(text, relative)
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        end = Span(
            relative,
            line,
            column,
            error.end_lineno or line,
            max(error.end_offset or column + 1, column + 1),
        )
        return Diagnostic(
            "syntax-error",
            error.msg,
            end,
            help="Python itself cannot read this line; mend it first",
        )
    except (ValueError, RecursionError) as error:
        return _unreadable(relative, error)
    module = SourceModule(path, relative, name, text, is_package=path.name == "__init__.py")
    _note_imports(module, tree)
    return module


def _note_imports(module: SourceModule, tree: ast.Module) -> None:
    for found in imports_of(tree.body, module.package, module.relative):
        if isinstance(found, Star):
            module.stars.append(found)
        else:
            module.imports[found[0]] = found[1]


def read_syntax(module: SourceModule) -> Diagnostic | None:
    """Add the tree, positions and definitions of a module; the finding if that cannot be done."""
    try:
        module.tree = cst.parse_module(module.text)
    except (ValueError, RecursionError, cst.ParserSyntaxError) as error:
        return _unreadable(module.relative, error)
    module.positions = Positions(module.tree)
    module.positions.share()
    for index, statement in enumerate(module.tree.body):
        names = tuple(sorted(names_of(statement).binds))
        definition = Definition(statement, names, index)
        module.statements.append(definition)
        for name in names:
            module.definitions.setdefault(name, definition)
    return None


def _unreadable(relative: str, error: Exception) -> Diagnostic:
    deep = isinstance(error, RecursionError)
    problem = "the file nests too deeply" if deep else str(error).splitlines()[0]
    help = "simplify or split the expression"
    return Diagnostic("syntax-error", problem, Span(relative, 1, 1, 1, 2), help=help)


def import_base(module: SourceModule, node: cst.ImportFrom) -> str:
    """The absolute module that a from-import names."""
    named = _EMPTY.code_for_node(node.module) if node.module is not None else ""
    return base_of(module.package, named, len(node.relative))
