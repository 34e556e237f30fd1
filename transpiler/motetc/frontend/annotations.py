"""Annotations as they stand: what is in quotes, in unions and tuples, and in `At[T, L]` and `Each[T, L]`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.frontend.program import Program, dotted_name
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, code_for, exchange

_LOCATED = frozenset({"motet.At", "motet.Each"})
_LIVE = frozenset(
    f"motet.{name}" for name in ("Stream", "KeyedStream", "Singleton", "Optional", "KeyedSingleton")
)


def unquote(expr: cst.BaseExpression) -> cst.BaseExpression:
    """The expression inside a string annotation; anything else as it is."""
    if isinstance(expr, cst.SimpleString):
        value = expr.evaluated_value
        if isinstance(value, str):
            try:
                return cst.parse_expression(value.strip())
            except cst.ParserSyntaxError:
                return expr
    return expr


def annotation_name(program: Program, module: SourceModule, param: cst.Param) -> str | None:
    """The full name that a parameter is annotated with; None when it is not, or with no name."""
    if param.annotation is None:
        return None
    return program.resolve(module, unquote(param.annotation.annotation))


def union_parts(expr: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """`A` and `B` of `A | B`; anything else is the one part."""
    if isinstance(expr, cst.BinaryOperation) and isinstance(expr.operator, cst.BitOr):
        yield from union_parts(expr.left)
        yield from union_parts(expr.right)
    else:
        yield expr


def tuple_items(annotation: cst.BaseExpression) -> list[cst.BaseExpression]:
    """`A` and `B` of `tuple[A, B]`; nothing of anything else."""
    if not isinstance(annotation, cst.Subscript):
        return []
    if dotted_name(annotation.value) not in ("tuple", "Tuple", "typing.Tuple"):
        return []
    return [e.slice.value for e in annotation.slice if isinstance(e.slice, cst.Index)]


def is_located(program: Program, module: SourceModule, node: cst.CSTNode) -> bool:
    """Whether it is `At[…]` or `Each[…]`."""
    return isinstance(node, cst.Subscript) and program.resolve(module, node.value) in _LOCATED


def located_items(
    program: Program, module: SourceModule, node: cst.CSTNode
) -> list[cst.BaseExpression]:
    """`T` and `L` of `At[T, L]` and `Each[T, L]`; nothing of anything else."""
    if not isinstance(node, cst.Subscript) or not is_located(program, module, node):
        return []
    items = [e.slice.value for e in node.slice if isinstance(e.slice, cst.Index)]
    return items if len(items) == 2 else []


def located_alias(program: Program, module: SourceModule, name: str) -> cst.BaseExpression | None:
    """`At[int, Seller]` of `Price = At[int, Seller]` at the top level of a module."""
    named = module.definitions.get(name)
    match named.node if named is not None else None:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[_], value=value)]):
            meant = unquote(value)
        case cst.SimpleStatementLine(body=[cst.AnnAssign(value=cst.BaseExpression() as value)]):
            meant = unquote(value)
        case cst.SimpleStatementLine(body=[cst.TypeAlias(type_parameters=None, value=value)]):
            meant = unquote(value)
        case _:
            return None
    return meant if is_located(program, module, meant) else None


def inner_type(program: Program, module: SourceModule, annotation: cst.BaseExpression) -> str:
    """The type in an annotation without a place: `int` of `At[int]`, `int | None` of `At[int, A] | None`."""
    alone = isinstance(annotation, cst.Subscript) and len(annotation.slice) == 1
    if alone and is_located(program, module, annotation):
        return module.code(annotation.slice[0].slice)  # type: ignore[attr-defined]

    def bare(node: cst.CSTNode) -> cst.CSTNode | None:
        items = located_items(program, module, node)
        return items[0] if items else None

    return code_for(exchange(annotation, bare))


def inner_place(program: Program, module: SourceModule, annotation: cst.CSTNode) -> str:
    """The location that is named inside of an annotation; "" if none is."""
    items = located_items(program, module, annotation)
    if items:
        return module.code(items[1])
    found = (inner_place(program, module, child) for child in children(annotation))
    return next(filter(None, found), "")


def live_within(
    program: Program, module: SourceModule, node: cst.CSTNode
) -> cst.BaseExpression | None:
    """The first live collection in an annotation."""
    if isinstance(node, cst.Subscript) and program.resolve(module, node.value) in _LIVE:
        return node
    for child in children(node):
        found = live_within(program, module, child)
        if found is not None:
            return found
    return None
