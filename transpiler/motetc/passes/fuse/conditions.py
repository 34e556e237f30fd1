"""Conditions as text: of several that hold together, of one and its opposite, and of what is there under one."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

import libcst as cst

from motetc.frontend.parentheses import is_loose, negated, unparenthesized
from motetc.ir.types import Type
from motetc.passes.fuse.inline import one_line

_PLAIN = ("bool", "float", "int", "str")
_OPPOSITES: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_ORDERS: dict[type[ast.cmpop], str] = {ast.Lt: ">=", ast.LtE: ">", ast.Gt: "<=", ast.GtE: "<"}


def both(*conditions: str) -> str:
    """A condition that holds where all do; "" if nothing is asked."""
    return _joined([c for c in dict.fromkeys(conditions) if c not in ("", "True")])


def in_turn(outer: str, inner: str) -> str:
    """The same of two where the second is asked where the first holds: each of them, if it calls anything."""
    if outer == inner and not any(isinstance(x, ast.Call) for x in ast.walk(ast.parse(outer))):
        return outer
    return _joined([c for c in (outer, inner) if c != "True"]) or "True"


def _joined(found: Sequence[str]) -> str:
    several = len(found) > 1
    return " and ".join(
        f"({c})" if several and is_loose(cst.parse_expression(c)) else c for c in found
    )


def perhaps(text: str) -> tuple[str, str]:
    """The condition and the value of `value if condition else None`; nothing of any other text."""
    parsed = cst.parse_expression(text)
    if not isinstance(parsed, cst.IfExp):
        return "", ""
    body, orelse = parsed.body, parsed.orelse
    if isinstance(orelse, cst.Name) and orelse.value == "None":
        return one_line(parsed.test), one_line(unparenthesized(body))
    if isinstance(body, cst.Name) and body.value == "None":
        return opposite(one_line(parsed.test), {}), one_line(unparenthesized(orelse))
    return "", ""


def opposite(test: str, types: Mapping[str, Type | None]) -> str:
    """The condition that holds where another does not; `types`: of the names in it, as numbers have an order."""
    node = ast.parse(test, mode="eval").body
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ast.get_source_segment(test, node.operand) or test
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        ordered = _is_harmless(node, {n: t for n, t in types.items() if t and t.name != "float"})
        signs = {**_OPPOSITES, **_ORDERS} if ordered and not _has_floats(node) else _OPPOSITES
        if sign := signs.get(type(node.ops[0])):
            sides = (ast.get_source_segment(test, x) for x in (node.left, node.comparators[0]))
            return f" {sign} ".join(map(str, sides))
    return one_line(negated(cst.parse_expression(test)))


def _has_floats(node: ast.expr) -> bool:
    """Whether a comparison may be false both ways round."""
    return any(isinstance(x, ast.Constant) and isinstance(x.value, float) for x in ast.walk(node))


def is_harmless(text: str, types: Mapping[str, Type | None]) -> bool:
    """Whether evaluating an expression does nothing and cannot fail: numbers and texts that are added, multiplied,
    compared."""
    return _is_harmless(ast.parse(text, mode="eval").body, types)


def _is_harmless(node: ast.expr, types: Mapping[str, Type | None]) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            known = types.get(name)
            return known is not None and known.name in _PLAIN
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult()):
            return _is_harmless(node.left, types) and _is_harmless(node.right, types)
        case ast.Compare():
            return all(_is_harmless(x, types) for x in (node.left, *node.comparators))
        case ast.BoolOp():
            return all(_is_harmless(x, types) for x in node.values)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            return _is_harmless(node.operand, types)
    return False
