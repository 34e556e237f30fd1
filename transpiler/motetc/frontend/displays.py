"""Parts of Python's own syntax: what is evaluated with a node, what a value is made of where it is written out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

_EVALUATED_NOT: Final = frozenset({"annotation", "returns", "ctx", "op", "ops", "type_comment"})


def of_its_class(node: ast.AST, first: str) -> str:
    """The attribute that a method sets on its class, by way of its first parameter."""
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    for target in targets if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)) else ():
        match target:
            case ast.Attribute(
                attr=name, value=ast.Call(func=ast.Name(id="type"), args=[ast.Name(id=of)])
            ) if of == first:
                return name
            case ast.Attribute(
                attr=name, value=ast.Attribute(attr="__class__", value=ast.Name(id=of))
            ) if of == first:
                return name
    return ""


def displayed(value: ast.expr) -> Iterator[ast.expr]:
    """What a value is made of, if it is written out: the items of a tuple, what is given to a constructor."""
    match value:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from displayed(part)
        case ast.Dict(values=parts):
            for part in parts:
                yield from displayed(part)
        case ast.IfExp(body=one, orelse=other):
            yield from (*displayed(one), *displayed(other))
        case ast.Call(func=ast.Name(id=name), args=args) if name[:1].isupper():
            for part in (*args, *(k.value for k in value.keywords)):
                yield from displayed(part)
        case _:
            yield value


def evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes in one that are evaluated when it is."""
    for name in node._fields:
        if name not in _EVALUATED_NOT:
            value = getattr(node, name, None)
            parts = value if isinstance(value, list) else (value,)
            yield from (part for part in parts if isinstance(part, ast.AST))
