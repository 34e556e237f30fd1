"""Order of evaluation around live collections: what must be evaluated before a statement that comes in between."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from motetc.frontend.hoist import Hoister, is_still
from motetc.frontend.scope import names_of
from motetc.frontend.tree import children
from motetc.ir.live import Live

_LITERAL = (cst.BaseNumber, cst.SimpleString, cst.ConcatenatedString, cst.Lambda)
_FUNCTIONS = frozenset({"f", "make", "init", "of", "request", "reply", "key"})


def changes(live: Live, name: str, expr: cst.BaseExpression, between: cst.CSTNode) -> bool:
    """Whether an argument may come out differently if it is evaluated after `between`, or be noticed there."""
    del live
    if isinstance(expr, _LITERAL):
        return False
    if isinstance(expr, cst.Name):
        return expr.value in names_of(between).binds
    if name in _FUNCTIONS and isinstance(expr, cst.Attribute):
        return False  # a method: which one it is does not change
    if isinstance(between, cst.Pass):
        return False
    if isinstance(expr, (cst.List, cst.Tuple, cst.Dict, cst.Set, cst.UnaryOperation)):
        return not is_still(expr) or bool(names_of(expr).reads & names_of(between).binds)
    return True


def is_quiet(
    node: cst.CSTNode, lives: Sequence[Live], awaited: frozenset[str], roles: frozenset[str]
) -> bool:
    """Whether no pipeline can tell if a statement runs before or after it: it names something that is there already."""
    if not isinstance(node, (cst.Assign, cst.AnnAssign)) or node.value is None:
        return isinstance(node, cst.Pass)
    names = names_of(node)
    plain = all(isinstance(t, cst.Name) for t in _targets(node))
    if not plain or not is_still(node.value, roles) or names.reads & awaited:
        return False
    read = {n for x in lives for g in x.arguments.values() for n in names_of(g.expr).reads}
    return not names.binds & (read | awaited)


def _targets(node: cst.Assign | cst.AnnAssign) -> list[cst.BaseExpression]:
    return [node.target] if isinstance(node, cst.AnnAssign) else [t.target for t in node.targets]


def displaced(
    hoister: Hoister, node: cst.CSTNode, awaited: Sequence[cst.Await], there: Sequence[cst.Await]
) -> tuple[cst.CSTNode, cst.Await] | None:
    """What Python would evaluate before an awaited result, and would come after it: flows run before statements.

    Not before those that are `there` by then, since what is awaited further left has had them run.
    """
    value = getattr(node, "value", None)  # targets are evaluated last
    start = value if isinstance(value, cst.BaseExpression) else node
    results = {id(a) for a in awaited}
    return _displaced(hoister, start, results, results - {id(a) for a in there})


def _displaced(
    hoister: Hoister, node: cst.CSTNode, results: set[int], late: set[int]
) -> tuple[cst.CSTNode, cst.Await] | None:
    if id(node) in results:
        return None
    left: cst.CSTNode | None = None
    for piece in hoister.pieces(node):
        found = _first(piece, late)
        if found is not None and left is not None:
            return left, found
        if _first(piece, results) is not None:
            inner = _displaced(hoister, piece, results, late)
            if inner is not None:
                return inner
        elif left is None and not is_still(piece):
            left = piece
    return None


def _first(node: cst.CSTNode, results: set[int]) -> cst.Await | None:
    """The first awaited result in a piece."""
    if id(node) in results:
        assert isinstance(node, cst.Await)
        return node
    return next((f for c in children(node) if (f := _first(c, results)) is not None), None)


def is_repeated(awaited: cst.Await, node: cst.CSTNode, within: bool = False) -> bool:
    """Whether something awaited stands in a comprehension, which would await it again and again."""
    if node is awaited:
        return within
    if isinstance(node, cst.BaseComp) and is_repeated(awaited, node.for_in.iter, within=True):
        return within  # what is looped over first is evaluated once
    inner = within or isinstance(node, cst.BaseComp)
    return any(is_repeated(awaited, child, inner) for child in children(node))
