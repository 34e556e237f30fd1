"""One source module: its tree, positions, imports and top-level definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst

from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.positions import Positions
from motetc.frontend.scope import code_of, names_of
from motetc.frontend.tree import children

_EMPTY = cst.Module([])


@dataclass(frozen=True, slots=True)
class Import:
    """What a name bound by an import statement stands for: a module, or a member of one."""

    module: str
    member: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.module}.{self.member}" if self.member else self.module


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
    """A parsed module. `relative` is the path that messages and provenance show."""

    path: Path
    relative: str
    name: str
    text: str
    tree: cst.Module
    positions: Positions
    is_package: bool = False
    imports: dict[str, Import] = field(default_factory=dict)
    definitions: dict[str, Definition] = field(default_factory=dict)
    statements: list[Definition] = field(default_factory=list)
    stars: list[tuple[str, cst.CSTNode]] = field(default_factory=list)

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]

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


def parse(path: Path, relative: str, name: str, text: str) -> SourceModule | Diagnostic:
    """A module's tree and tables, or its syntax error at CPython's own position."""
    try:
        compile(text, relative, "exec", dont_inherit=True)
        tree = cst.parse_module(text)
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
    except (ValueError, RecursionError, cst.ParserSyntaxError) as error:
        problem = (
            "the file nests too deeply"
            if isinstance(error, RecursionError)
            else str(error).splitlines()[0]
        )
        return Diagnostic(
            "syntax-error",
            problem,
            Span(relative, 1, 1, 1, 2),
            help="simplify or split the expression",
        )
    positions = Positions(tree)
    positions.share()
    module = SourceModule(path, relative, name, text, tree, positions, path.name == "__init__.py")
    _index(module)
    return module


def _index(module: SourceModule) -> None:
    for index, statement in enumerate(module.tree.body):
        names = tuple(sorted(names_of(statement).binds))
        definition = Definition(statement, names, index)
        module.statements.append(definition)
        for name in names:
            module.definitions.setdefault(name, definition)
        _index_imports(module, statement)


def _index_imports(module: SourceModule, statement: cst.CSTNode) -> None:
    """Imports at the top level, also below `if TYPE_CHECKING:` and `try:`."""
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
        return
    if isinstance(statement, cst.Import):
        for alias in statement.names:
            _add_import(module, alias)
    elif isinstance(statement, cst.ImportFrom):
        _add_import_from(module, statement)
    else:
        for child in children(statement):
            if isinstance(
                child,
                (
                    cst.BaseStatement,
                    cst.BaseSuite,
                    cst.BaseSmallStatement,
                    cst.Else,
                    cst.ExceptHandler,
                ),
            ):
                _index_imports(module, child)


def _add_import(module: SourceModule, alias: cst.ImportAlias) -> None:
    name = _EMPTY.code_for_node(alias.name)
    if alias.asname is not None:
        module.imports[alias.evaluated_alias or name] = Import(name)
    else:
        module.imports[name.partition(".")[0]] = Import(name.partition(".")[0])


def _add_import_from(module: SourceModule, node: cst.ImportFrom) -> None:
    base = import_base(module, node)
    if isinstance(node.names, cst.ImportStar):
        module.stars.append((base, node))
        return
    for alias in node.names:
        member = _EMPTY.code_for_node(alias.name)
        module.imports[alias.evaluated_alias or member] = Import(base, member)


def import_base(module: SourceModule, node: cst.ImportFrom) -> str:
    """The absolute module that a from-import names."""
    named = _EMPTY.code_for_node(node.module) if node.module is not None else ""
    dots = len(node.relative)
    if not dots:
        return named
    parts = module.package.split(".") if module.package else []
    kept = parts[: len(parts) - (dots - 1)] if dots > 1 else parts
    return ".".join([*kept, named] if named else kept)
