"""Which values of a module its functions and blocks change: each location has its own module, and so its own value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import libcst as cst

from motetc.frontend.reaches import MUTATORS
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, inner_statements
from motetc.passes.targets import targets


@lru_cache(maxsize=8)  # the choreographies of a module come one after the other
def changed_values(module: SourceModule) -> Mapping[str, cst.CSTNode]:
    """Values and classes of the top level, by name, and for each the first place in a function where it is changed."""
    kinds = (cst.SimpleStatementLine, cst.ClassDef)
    values = {n for n, d in module.definitions.items() if isinstance(d.node, kinds)}
    found: dict[str, cst.CSTNode] = {}
    for definition in module.statements if values else ():
        for function in _functions(definition.node):
            free = values & (names_of(function).reads | set(_global(function)))
            for name, node in _changes(function) if free else ():
                if name in free:
                    found.setdefault(name, node)
    return found


def _functions(node: cst.CSTNode) -> Iterator[cst.FunctionDef]:
    """Functions and methods, those in others left to those."""
    if isinstance(node, cst.FunctionDef):
        yield node
    elif not isinstance(node, cst.BaseExpression):
        for child in children(node):
            yield from _functions(child)


def _global(node: cst.CSTNode) -> Iterator[str]:
    """What is declared `global` in it."""
    for statement in inner_statements(node):
        if isinstance(statement, cst.Global):
            yield from (item.name.value for item in statement.names)


def _changes(node: cst.CSTNode) -> Iterator[tuple[str, cst.CSTNode]]:
    """The names whose values are changed, and where."""
    if isinstance(node, cst.Global):
        yield from ((item.name.value, node) for item in node.names)
    for target in targets(node):
        if isinstance(target, (cst.Attribute, cst.Subscript)):
            yield from ((name, node) for name in _base(target))
    method = node.func if isinstance(node, cst.Call) else None
    if isinstance(method, cst.Attribute) and method.attr.value in MUTATORS:
        yield from ((name, node) for name in _base(method.value))
    for child in children(node):
        yield from _changes(child)


def _base(node: cst.CSTNode) -> Iterator[str]:
    """The name that attributes and items are taken of."""
    while isinstance(node, (cst.Attribute, cst.Subscript)):
        node = node.value
    if isinstance(node, cst.Name):
        yield node.value
