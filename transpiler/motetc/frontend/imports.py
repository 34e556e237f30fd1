"""What the import statements at the top level of a module bind, read off `ast`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from motetc.diagnostics.model import Span
from motetc.frontend.symbols import table_of

_INDENTED = re.compile(r"^[ \t].*\bimport\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Import:
    """What a name bound by an import statement stands for: a module, or a member of one."""

    module: str
    member: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.module}.{self.member}" if self.member else self.module


@dataclass(frozen=True, slots=True)
class Star:
    """`from module import *`, and where it stands."""

    module: str
    span: Span


def imports_of(
    statements: Sequence[ast.stmt], package: str, relative: str
) -> Iterator[tuple[str, Import] | Star]:
    """Each name with its import, in order, also below `if TYPE_CHECKING:` and `try:`."""
    for node in statements:
        if isinstance(node, ast.Import):
            yield from _plain(node)
        elif isinstance(node, ast.ImportFrom):
            yield from _members(node, base_of(package, node.module or "", node.level), relative)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for inner in suites(node):
                yield from imports_of(inner, package, relative)


def bound_again(
    statements: Sequence[ast.stmt], found: Sequence[Sequence[tuple[str, Import]]]
) -> frozenset[str]:
    """The imported names that another statement at the top level makes something else of.

    `found` are the imports of each statement. What one `try` or `if` binds in several ways is one import, whichever
    it is: that block is kept as a whole.
    """
    meant: dict[str, set[Import]] = {}
    importing: dict[str, set[int]] = {}
    for index, bound in enumerate(found):
        for name, imported in bound:
            meant.setdefault(name, set()).add(imported)
            importing.setdefault(name, set()).add(index)
    again = {n for n, m in meant.items() if len(m) > 1 and len(importing[n]) > 1}
    for index, node in enumerate(statements if meant else ()):
        if not meant.keys().isdisjoint(_mentioned_as_bound(node)):
            again |= {n for n in _assigned_by(node) & meant.keys() if importing[n] != {index}}
    return frozenset(again)


def _mentioned_as_bound(statement: ast.stmt) -> Iterator[str]:
    """All that a statement may bind, and more; quickly."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    elif not isinstance(statement, (ast.Import, ast.ImportFrom)):
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(named := getattr(node, "name", None) or getattr(node, "rest", ""), str):
                yield named


def _assigned_by(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement at the top level binds, other than by imports."""
    symbols = table_of(ast.unparse(statement)).get_symbols()
    return frozenset(s.get_name() for s in symbols if s.is_assigned())


def inner_imports(tree: ast.Module, text: str, package: str) -> Iterator[Import]:
    """What the imports inside functions and classes name."""
    if not _INDENTED.search(text):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = base_of(package, node.module or "", node.level)
            yield from (Import(base, alias.name) for alias in node.names if alias.name != "*")


def base_of(package: str, named: str, dots: int) -> str:
    """The absolute module that a from-import in a module of `package` names."""
    if not dots:
        return named
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - (dots - 1)] if dots > 1 else parts
    return ".".join([*kept, named] if named else kept)


def _plain(node: ast.Import) -> Iterator[tuple[str, Import]]:
    for alias in node.names:
        top = alias.name.partition(".")[0]
        yield (alias.asname, Import(alias.name)) if alias.asname else (top, Import(top))


def _members(node: ast.ImportFrom, base: str, relative: str) -> Iterator[tuple[str, Import] | Star]:
    for alias in node.names:
        if alias.name == "*":
            end = node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1
            yield Star(base, Span(relative, node.lineno, node.col_offset + 1, *end))
        else:
            yield alias.asname or alias.name, Import(base, alias.name)


def suites(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The statement lists of a statement."""
    yield getattr(node, "body", [])
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body
    yield getattr(node, "orelse", [])
    yield getattr(node, "finalbody", [])
