"""The names of code in which every name means the same wherever it stands: nothing in it has a scope of its own.

Most expressions that are made while a role is projected are of this kind, and reading them off the tree is a tenth of
writing them out for `symtable`. Of anything else there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import libcst as cst

from motetc.frontend.tree import children

_CONSTANTS: Final = frozenset({"None", "True", "False"})
_PLAIN: Final = frozenset(
    {
        cst.Arg,
        cst.Await,
        cst.BinaryOperation,
        cst.BooleanOperation,
        cst.Call,
        cst.Comparison,
        cst.ComparisonTarget,
        cst.ConcatenatedString,
        cst.Dict,
        cst.DictElement,
        cst.Element,
        cst.Ellipsis,
        cst.Float,
        cst.FormattedString,
        cst.FormattedStringExpression,
        cst.FormattedStringText,
        cst.IfExp,
        cst.Index,
        cst.Integer,
        cst.List,
        cst.Set,
        cst.SimpleString,
        cst.Slice,
        cst.StarredDictElement,
        cst.StarredElement,
        cst.Subscript,
        cst.SubscriptElement,
        cst.Tuple,
        cst.UnaryOperation,
    }
)


class _OtherError(Exception):
    """Something that is not plain."""


def plain_names(node: cst.CSTNode) -> tuple[frozenset[str], frozenset[str]] | None:
    """What a plain expression, or a simple statement of plain ones, reads and binds."""
    try:
        match node:
            case cst.SimpleStatementLine(body=[only]):
                return plain_names(only)
            case cst.Assign(targets=targets, value=value):
                binds = {name for t in targets for name in _bound(t.target)}
                reads = {name for t in targets for name in _read_by_target(t.target)}
                return frozenset({*reads, *_read(value)}), frozenset(binds)
            case cst.Expr(value=value) | cst.Return(value=cst.BaseExpression() as value):
                return frozenset(_read(value)), frozenset()
            case cst.BaseExpression():
                return frozenset(_read(node)), frozenset()
    except _OtherError:
        pass
    return None


def _read(node: cst.CSTNode) -> Iterator[str]:
    kind = type(node)
    if kind is cst.Name:
        assert isinstance(node, cst.Name)
        if node.value.startswith("__") or node.value == "super":
            raise _OtherError  # a class changes the one, and is read by the other
        if node.value not in _CONSTANTS:
            yield node.value
    elif kind is cst.Attribute or kind is cst.Arg:
        assert isinstance(node, (cst.Attribute, cst.Arg))
        yield from _read(node.value)
    elif kind in _PLAIN:
        for child in children(node):
            yield from _read(child)
    else:
        raise _OtherError


def _bound(target: cst.BaseExpression) -> Iterator[str]:
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _bound(element.value)


def _read_by_target(target: cst.BaseExpression) -> Iterator[str]:
    if isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _read_by_target(element.value)
    elif not isinstance(target, cst.Name):
        yield from _read(target)
