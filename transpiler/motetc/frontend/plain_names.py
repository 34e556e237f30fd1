"""The names of code in which every name means the same wherever it stands: nothing in it has a scope of its own.

Most expressions that are made while a role is projected are of this kind, and reading them off the tree is a tenth of
writing them out for `symtable`. Of anything else there is no answer.
"""

from __future__ import annotations

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


def plain_names(node: cst.CSTNode) -> tuple[frozenset[str], frozenset[str]] | None:
    """What a plain expression, or a simple statement of plain ones, reads and binds."""
    reads: set[str] = set()
    binds: set[str] = set()
    return (frozenset(reads), frozenset(binds)) if _is_plain(node, reads, binds) else None


def _is_plain(node: cst.CSTNode, reads: set[str], binds: set[str]) -> bool:
    """Whether a node is plain; then its names are in the sets. To ask for exact types is a fifth of `isinstance`."""
    kind = type(node)
    if kind is cst.SimpleStatementLine:
        assert isinstance(node, cst.SimpleStatementLine)
        return len(node.body) == 1 and _is_plain(node.body[0], reads, binds)
    if kind is cst.Assign:
        assert isinstance(node, cst.Assign)
        targets = (_binds(target.target, reads, binds) for target in node.targets)
        return all(targets) and _reads(node.value, reads)
    if kind is cst.Expr or kind is cst.Return:
        assert isinstance(node, (cst.Expr, cst.Return))
        return node.value is not None and _reads(node.value, reads)
    return _reads(node, reads)


def _reads(node: cst.CSTNode, found: set[str]) -> bool:
    kind = type(node)
    if kind is cst.Name:
        assert isinstance(node, cst.Name)
        if node.value not in _CONSTANTS:
            found.add(node.value)
        # A class changes the one, and is read by the other.
        return not (node.value.startswith("__") or node.value == "super")
    if kind is cst.Attribute or kind is cst.Arg:
        assert isinstance(node, (cst.Attribute, cst.Arg))
        return _reads(node.value, found)
    return kind in _PLAIN and all(_reads(child, found) for child in children(node))


def _binds(target: cst.BaseExpression, reads: set[str], binds: set[str]) -> bool:
    kind = type(target)
    if kind is cst.Name:
        assert isinstance(target, cst.Name)
        binds.add(target.value)
        return not target.value.startswith("__")
    if kind is cst.Tuple or kind is cst.List:
        assert isinstance(target, (cst.Tuple, cst.List))
        return all(_binds(element.value, reads, binds) for element in target.elements)
    return _reads(target, reads)
