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


def set_on(first: str, node: ast.AST) -> Iterator[str]:
    """The attributes of a name that a statement binds."""
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    for target in targets if isinstance(node, (ast.Assign, ast.AnnAssign, ast.For)) else ():
        for inner in ast.walk(target):
            match inner:
                case ast.Attribute(value=ast.Name(id=of), attr=name, ctx=ast.Store()) if (
                    of == first
                ):
                    yield name


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


def attributes_named(tree: ast.Module, text: str) -> ast.Module:
    """The same with `x.a` for `getattr(x, "a")`, and `x.__dict__` for `vars(x)`."""
    return _Named().visit(tree) if "getattr(" in text or "vars(" in text else tree


class _Named(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(
                func=ast.Name(id="getattr"), args=[of, ast.Constant(value=str(name))], keywords=[]
            ) if name.isidentifier():
                return ast.copy_location(ast.Attribute(of, name, ast.Load()), node)
            case ast.Call(func=ast.Name(id="vars"), args=[of], keywords=[]):
                return ast.copy_location(ast.Attribute(of, "__dict__", ast.Load()), node)
        return node
