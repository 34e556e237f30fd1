"""The parameters that a function only reads: it takes nothing out of them but items, and lets nobody change them.

For collections of values that nobody can change. Whatever is not known to read counts as more than that.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from motetc.frontend.mutation import dotted

_READING: Final = frozenset(
    {"all", "any", "bool", "dict", "enumerate", "filter", "frozenset", "isinstance", "len", "list"}
    | {"map", "max", "min", "print", "repr", "reversed", "set", "sorted", "str", "sum", "tuple"}
    | {"zip"}
)
_METHODS: Final = frozenset(
    {"copy", "count", "difference", "get", "index", "intersection", "isdisjoint", "issubset"}
    | {"issuperset", "items", "keys", "most_common", "union", "values"}
)
_OPERANDS: Final = (ast.BinOp, ast.Compare, ast.FormattedValue, ast.Starred, ast.UnaryOp)
_TESTS: Final = (ast.Assert, ast.If, ast.IfExp, ast.While)

Passed = tuple[str, int]
"""A function that a parameter is passed to, and which argument it is there."""


def only_read(nodes: Iterable[ast.AST], params: Iterable[str]) -> Mapping[str, frozenset[Passed]]:
    """The parameters that are only read in all nodes of a body, if all to which each is passed only read it, too."""
    found: dict[str, set[Passed]] = {name: set() for name in params}
    for parent in nodes if found else ():
        if isinstance(parent, (ast.Global, ast.Nonlocal)):
            return {}
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.Name) and node.id in found:
                passed = _passed(parent, node)
                if passed is None:
                    del found[node.id]
                else:
                    found[node.id] |= passed
    return {name: frozenset(passed) for name, passed in found.items()}


def _passed(parent: ast.AST, node: ast.Name) -> set[Passed] | None:
    """To what a name is passed where it stands; None if that is not known to be all that is done with it."""
    if not isinstance(node.ctx, ast.Load):
        return None
    match parent:
        case ast.Call(func=function):
            return {*_given(parent, node)} if function is not node else None
        case ast.Attribute(attr=name):
            return set() if name in _METHODS else None
        case ast.Subscript(ctx=ast.Load()) | ast.For() | ast.comprehension():
            return set()
    tested = isinstance(parent, _TESTS) and parent.test is node
    return set() if tested or isinstance(parent, _OPERANDS) else None


def _given(call: ast.Call, node: ast.Name) -> Iterator[Passed]:
    name = dotted(call.func)
    if name not in _READING:
        yield from ((name, at) for at, arg in enumerate(call.args) if arg is node)
