"""Imports that the source guards, those for type checkers alone and those that may fail; and those it binds again."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from motetc.backend.reads import reads_of
from motetc.frontend.source import Definition, SourceModule
from motetc.frontend.tree import code_for


def is_guarded_try(node: cst.BaseStatement) -> bool:
    """`try: import a except ImportError: …` is kept whole; `if TYPE_CHECKING:` is taken apart."""
    return isinstance(node, (cst.Try, cst.TryStar)) or (
        isinstance(node, cst.If) and not _type_checking(node)
    )


def binds(source: SourceModule, statement: Definition) -> tuple[str, ...]:
    """What a copy of the statement is for: of an import that is one line, the names that are bound again elsewhere."""
    if isinstance(statement.node, cst.SimpleStatementLine):
        return tuple(name for name in statement.names if name not in source.imports)
    return statement.names


def without_imports(source: SourceModule, node: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    """A line without what it imports of names that mean nothing else: those are imported where all imports are."""
    body = [new for small in node.body if (new := _trimmed(source, small)) is not None]
    return node if body == list(node.body) else node.with_changes(body=body)


def _trimmed(source: SourceModule, small: cst.BaseSmallStatement) -> cst.BaseSmallStatement | None:
    if not isinstance(small, (cst.Import, cst.ImportFrom)):
        return small
    if isinstance(small.names, cst.ImportStar):
        return small
    kept = [a for a in small.names if _bound_name(a) not in source.imports]
    if len(kept) == len(small.names):
        return small
    if not kept:
        return None
    last = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return small.with_changes(names=[*kept[:-1], last])


def _bound_name(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name.partition(".")[0]


def for_types_alone(source: SourceModule, names: Iterable[str]) -> set[str]:
    """Those of the names that the source imports below `if TYPE_CHECKING:`."""
    found = {name: source.definitions[name].node for name in names if name in source.imports}
    return {n for n, node in found.items() if isinstance(node, cst.If) and _type_checking(node)}


def is_for_types(node: cst.CSTNode) -> bool:
    """Whether a statement binds nothing where it runs: `if TYPE_CHECKING:` alone."""
    return isinstance(node, cst.If) and node.orelse is None and _type_checking(node)


def looked_up_by(statement: Definition, located: bool) -> frozenset[str]:
    """What is read when a statement runs, or when a value is read by the types of a class's fields.

    Not in the annotations of functions and methods, nor in those of a location's class, for which nobody asks.
    """
    reads = reads_of(statement.code)
    match statement.node:
        case cst.FunctionDef(decorators=[]):
            return reads.running
        case cst.ClassDef():
            return reads.running if located else reads.running | reads.fields
        case _:
            return reads.all


def _type_checking(node: cst.If) -> bool:
    return "TYPE_CHECKING" in code_for(node.test)
