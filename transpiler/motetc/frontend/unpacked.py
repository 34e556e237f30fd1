"""What is taken out of a value, or made a text of, where it stands: a name for it would give what it is later.

`[*rows, await …]` takes the elements of `rows` before it waits, `f"{rows} {await …}"` has its text. Where code runs in
between that may change `rows`, the name is for a copy, or for the text.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Final

import libcst as cst

from motetc.frontend.operations import Operations
from motetc.frontend.tree import children

_ACTING: Final = frozenset(
    {"delattr", "eval", "exec", "filter", "input", "map", "next", "print", "setattr"}
)
_READING: Final = frozenset(dir(builtins)) - _ACTING
_HOLDERS: Final = (
    cst.StarredElement,
    cst.StarredDictElement,
    cst.Arg,
    cst.FormattedStringExpression,
)


def holder_of(expr: cst.CSTNode, piece: cst.BaseExpression) -> cst.CSTNode | None:
    """What takes the elements of a piece of an expression where it stands, or shows it; None if nothing does."""
    if isinstance(expr, _HOLDERS):
        shown = expr.expression if isinstance(expr, cst.FormattedStringExpression) else expr.value
        if shown is piece:
            return expr if _takes(expr) else None
    found = (holder_of(node, piece) for node in children(expr) if node is not piece)
    return next((holder for holder in found if holder is not None), None)


def _takes(holder: cst.CSTNode) -> bool:
    match holder:
        case cst.Arg(star=star):
            return bool(star)
        case cst.FormattedStringExpression(equal=equal, format_spec=spec):
            computed = any(isinstance(p, cst.FormattedStringExpression) for p in spec or ())
            return equal is None and not computed  # what shows its own text, too, is left alone
    return True


def taken(holder: cst.CSTNode, value: cst.BaseExpression) -> cst.BaseExpression:
    """What a holder takes of a value, as a value of its own."""
    match holder:
        case cst.FormattedStringExpression():
            return cst.FormattedString([holder.with_changes(expression=value)])
        case cst.StarredDictElement() | cst.Arg(star="**"):
            return cst.Dict([cst.StarredDictElement(value)])
    return cst.Tuple([cst.StarredElement(value)])


def held(holder: cst.CSTNode, name: cst.Name) -> cst.CSTNode:
    """The holder, of what it has taken."""
    if isinstance(holder, cst.FormattedStringExpression):
        return cst.FormattedStringExpression(name)
    return holder.with_changes(value=name)


def may_change(later: Iterable[cst.BaseExpression], operations: Operations) -> bool:
    """Whether code in some expressions may change a value that somebody has."""
    return any(_acts(part, operations) for part in later)


def _acts(node: cst.CSTNode, operations: Operations) -> bool:
    if operations.is_operation(node):
        return operations.is_call(node) or may_change(operations.values(node), operations)
    reads = (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in _READING
    )
    if isinstance(node, (cst.Await, cst.Call)) and not reads:
        return True
    return any(_acts(child, operations) for child in children(node))
