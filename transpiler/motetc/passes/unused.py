"""What must still happen of a condition, subject, collection or message that nobody reads.

Before: `if 0 < await net.price.share(…) < 3:` around nothing. After: `await net.price.share(…)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import libcst as cst

from motetc.frontend.parentheses import unparenthesized
from motetc.frontend.scope import names_of
from motetc.frontend.tree import children
from motetc.ir.pieces import Fork, Line, Loop, Switch

_SIMPLE = (cst.Name, cst.SimpleString, cst.Integer, cst.Float)


def alone(piece: Fork | Switch | Loop, live: frozenset[str] = frozenset()) -> Line:
    """The condition, subject or collection as a statement, without what only made a truth value of it."""
    deed = _deed(_asked(piece))
    node: cst.BaseSmallStatement
    if not isinstance(deed, cst.NamedExpr):
        node, binds = cst.Expr(deed), frozenset[str]()
    elif isinstance(deed.target, cst.Name) and deed.target.value in live:
        node = cst.Assign([cst.AssignTarget(deed.target)], unparenthesized(deed.value))
        binds = frozenset({deed.target.value})
    else:
        node, binds = cst.Expr(_deed(deed.value)), frozenset()
    return Line(
        node,
        piece.span,
        piece.touches,
        reads_alone(piece),
        binds,
        leading=piece.leading,
        comment=piece.comment,
    )


def reads_alone(piece: Fork | Switch | Loop) -> frozenset[str]:
    """The names that this statement reads."""
    asked = _asked(piece)
    deed = _deed(asked)
    return (
        piece.reads
        if deed is asked
        else piece.reads - (names_of(asked).reads - names_of(deed).reads)
    )


def _asked(piece: Fork | Switch | Loop) -> cst.BaseExpression:
    match piece:
        case Fork():
            return piece.test
        case Switch():
            return piece.subject
        case Loop():
            return piece.head


def _deed(expr: cst.BaseExpression) -> cst.BaseExpression:
    match expr:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return _deed(inner)
        case cst.Comparison(left=left, comparisons=[first, *rest]):
            kept = _one_that_acts(left, [first.comparator, *(part.comparator for part in rest)])
            return expr if kept is None else _deed(kept)
        case _:
            return _bare(expr)


def _one_that_acts(
    left: cst.BaseExpression, others: Sequence[cst.BaseExpression]
) -> cst.BaseExpression | None:
    """The only operand that is more than a name or a literal, if it is evaluated in any case."""
    acting = [operand for operand in (left, *others) if not isinstance(operand, _SIMPLE)]
    return acting[0] if len(acting) == 1 and acting[0] in (left, others[0]) else None


def _bare(expr: cst.BaseExpression) -> cst.BaseExpression:
    return expr if isinstance(expr, cst.NamedExpr) else unparenthesized(expr)


def unnamed(line: Line) -> Line:
    """What is received and never read is received all the same, but needs no name, and nothing is made of it; other
    statements stay."""
    if not line.touches:
        return line
    match line.node:
        case cst.Assign(targets=[cst.AssignTarget(target=target)], value=value):
            pass
        case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
            pass
        case _:
            return line
    if not (line.light or (isinstance(value, cst.Await) and _is_plain(target))):
        return line
    deed = _only_await(value)
    if deed is None:
        return line
    read = line.reads - (names_of(value).reads - names_of(deed).reads)
    return replace(
        line, node=cst.Expr(unparenthesized(deed)), reads=read, binds=frozenset(), annotate=None
    )


def _only_await(value: cst.BaseExpression) -> cst.Await | None:
    """What an expression awaits, if that is one thing and happens in any case."""
    found = [*_awaited(value, True)]
    return found[0][0] if len(found) == 1 and found[0][1] else None


def _awaited(node: cst.CSTNode, sure: bool) -> Iterator[tuple[cst.Await, bool]]:
    """What is awaited, and whether it is whatever comes before."""
    match node:
        case cst.Await():
            yield node, sure
        case cst.BooleanOperation(left=left, right=right):
            yield from _awaited(left, sure)
            yield from _awaited(right, False)
        case cst.IfExp(test=test, body=body, orelse=orelse):
            yield from _awaited(test, sure)
            yield from _awaited(body, False)
            yield from _awaited(orelse, False)
        case cst.Comparison(left=left, comparisons=[first, *rest]):
            yield from _awaited(left, sure)
            yield from _awaited(first, sure)
            for later in rest:
                yield from _awaited(later, False)
        case _:
            for child in children(node):
                yield from _awaited(child, sure)


def _is_plain(target: cst.BaseExpression) -> bool:
    """Whether a target is a name, or names apart."""
    if isinstance(target, cst.Tuple):
        return all(isinstance(e, cst.Element) and _is_plain(e.value) for e in target.elements)
    return isinstance(target, cst.Name)
