"""Names of ours that a module uses without having them: it would pass for one that has nothing to do with us."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Final

from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.imports import Import

NAMES: Final = (
    "At",
    "Cluster",
    "Each",
    "MemberId",
    "Process",
    "choreography",
    "concurrently",
    "nondet",
    "pipeline",
    "proof",
    "pure",
)
_BASES: Final = frozenset({"Process", "Cluster"})
_DECORATORS: Final = frozenset({"choreography", "pipeline"})
_API: Final = "motet"
_NEAR: Final = 0.75
"""How much like ours a name is that is ours, and misspelt."""
_WORDS: Final = re.compile(rf"\b(?:{'|'.join(NAMES)}|(?<!\nfrom ){_API})\b")
_BINDING: Final = ("name", "asname", "arg", "rest")
"""What the names are called, in Python's syntax trees, that definitions, handlers, patterns and parameters bind."""


def find_unimported(
    tree: ast.Module, text: str, relative: str, imports: Iterable[Import]
) -> Diagnostic | None:
    """The finding for a module in which names of ours stand that nothing binds.

    They are ours for certain where a class is derived from one or a function decorated with one, or where the module
    imports something else of us.
    """
    if not any(name in text for name in NAMES):
        return None
    missing = {*_WORDS.findall(text)} - _imported(tree)
    used = list[ast.Name]()
    for statement in tree.body:
        if not missing:
            return None
        nodes = list(ast.walk(statement))
        missing.difference_update(_bound(nodes))
        used += [node for node in nodes if type(node) is ast.Name and node.id in missing]
    ours = any(i.module.partition(".")[0] == _API for i in imports)
    if not ours and missing.isdisjoint(_marks(tree)):
        return None
    used = [node for node in used if node.id in missing]
    return _told(sorted(used, key=lambda n: (n.lineno, n.col_offset)), text, relative)


def find_misnamed(
    text: str, relative: str, imports: Mapping[str, Import], known: Container[str]
) -> Diagnostic | None:
    """The finding for a module that imports names of ours from something that is called nearly as we are.

    `known` are the project's own modules.
    """
    for local, found in imports.items():
        top = found.module.partition(".")[0]
        near = difflib.SequenceMatcher(None, top, _API).ratio() >= _NEAR or top.startswith(_API)
        used = found.member in NAMES or (not found.member and _is_used_as_ours(text, local))
        if not near or not used or top == _API or top in known:
            continue
        line = re.search(rf"^[ \t]*(?:from|import)[ \t]+({re.escape(top)})\b", text, re.MULTILINE)
        if line is None:
            continue
        number = text.count("\n", 0, line.start(1)) + 1
        column = line.start(1) - text.rfind("\n", 0, line.start(1))
        span = Span(relative, number, column, number, column + len(top))
        what = found.member or next(n for n in NAMES if f"{local}.{n}" in text)
        said = f"`{what}` is imported from `{top}`, and there is no such module in the project"
        return Diagnostic("import-error", said, span, help=f"write `{_API}`")
    return None


def _is_used_as_ours(text: str, local: str) -> bool:
    """Whether names of ours are read from what is imported as a whole."""
    words = "|".join((*_BASES, *_DECORATORS))
    return re.search(rf"\b{re.escape(local)}\.({words})\b", text) is not None


def _imported(tree: ast.Module) -> set[str]:
    """What is bound by the imports that are seen at once."""
    found = (node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)))
    return {(a.asname or a.name).partition(".")[0] for node in found for a in node.names}


def _marks(tree: ast.Module) -> Iterator[str]:
    """What classes at the top level are derived from, and functions are decorated with, that could be ours."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from _meant(node.bases, _BASES)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _meant(node.decorator_list, _DECORATORS)


def _meant(nodes: Iterable[ast.expr], names: frozenset[str]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Name(id) if id in names:
                yield id
            case ast.Attribute(ast.Name(id), attr) if id == _API and attr in names:
                yield _API


def _bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every name that some nodes bind, in whatever scope."""
    for node in nodes:
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]
                yield node.id  # type: ignore[attr-defined]
        elif kind is ast.alias and node.asname is None:  # type: ignore[attr-defined]
            yield node.name.partition(".")[0]  # type: ignore[attr-defined]
        elif kind is not ast.keyword:
            found = (getattr(node, field, None) for field in _BINDING if field in kind._fields)
            yield from (name for name in found if isinstance(name, str))


def _told(used: list[ast.Name], text: str, relative: str) -> Diagnostic | None:
    if not used:
        return None
    first = used[0]
    names = sorted({n.id for n in used})
    line = text.split("\n")[first.lineno - 1].encode()
    column = len(line[: first.col_offset].decode()) + 1
    end = column + len(first.id)
    listed = ", ".join(f"`{name}`" for name in names)
    what = "is used, and is" if len(names) == 1 else "are used, and are"
    ours = [name for name in names if name != _API]
    help = f"from {_API} import {', '.join(ours)}" if ours else f"import {_API}"
    return Diagnostic(
        "import-error",
        f"{listed} {what} not imported",
        Span(relative, first.lineno, column, first.lineno, end),
        help=f"write `{help}` at the top",
    )
