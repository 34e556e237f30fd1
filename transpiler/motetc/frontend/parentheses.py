"""Parentheses around expressions that are put in another place."""

from __future__ import annotations

import libcst as cst

_TIGHT = (cst.Name, cst.Call, cst.Attribute)


def in_parentheses(expr: cst.BaseExpression) -> cst.BaseExpression:
    """With a pair of them, if it has none."""
    if expr.lpar:
        return expr
    return expr.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def parenthesized(expr: cst.BaseExpression) -> cst.BaseExpression:
    """The expression as an operand."""
    return expr if isinstance(expr, _TIGHT) else in_parentheses(expr)


def is_loose(expr: cst.BaseExpression) -> bool:
    """Whether an expression without parentheses would fall apart beside an `and`."""
    return isinstance(expr, (cst.IfExp, cst.Lambda, cst.NamedExpr)) or (
        isinstance(expr, cst.BooleanOperation) and isinstance(expr.operator, cst.Or)
    )


def unparenthesized(expr: cst.BaseExpression) -> cst.BaseExpression:
    """An argument needs no parentheses of its own, but for the kinds that cannot do without."""
    if isinstance(expr, cst.Tuple):
        return in_parentheses(expr)
    if isinstance(expr, (cst.GeneratorExp, cst.NamedExpr, cst.Yield)) or not expr.lpar:
        return expr
    return expr.with_changes(lpar=expr.lpar[1:], rpar=expr.rpar[1:])


def negated(test: cst.BaseExpression) -> cst.UnaryOperation:
    """`not` in front of a condition."""
    tight = isinstance(test, (cst.Await, cst.Subscript))
    return cst.UnaryOperation(cst.Not(), unparenthesized(test) if tight else parenthesized(test))
