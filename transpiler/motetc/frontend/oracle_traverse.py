"""Walks mypy's trees. Only imported when mypy runs.

mypy's own visitors are compiled traits that Python code cannot inherit from, so this is a table of which
attributes of a node hold nodes. What is not in the table has nothing inside it that a program's text shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mypy import nodes, patterns
from mypy.nodes import Node

_INSIDE: Final[dict[type[Node], tuple[str, ...]]] = {
    nodes.MypyFile: ("defs",),
    nodes.Block: ("body",),
    # definitions
    nodes.FuncDef: ("arguments", "body"),
    nodes.LambdaExpr: ("arguments", "body"),
    nodes.Argument: ("initializer",),
    nodes.OverloadedFuncDef: ("items", "impl"),
    nodes.Decorator: ("decorators", "func"),
    nodes.ClassDef: ("decorators", "base_type_exprs", "metaclass", "keywords", "defs"),
    # statements
    nodes.ExpressionStmt: ("expr",),
    nodes.AssignmentStmt: ("lvalues", "rvalue"),
    nodes.OperatorAssignmentStmt: ("lvalue", "rvalue"),
    nodes.WhileStmt: ("expr", "body", "else_body"),
    nodes.ForStmt: ("index", "expr", "body", "else_body"),
    nodes.ReturnStmt: ("expr",),
    nodes.AssertStmt: ("expr", "msg"),
    nodes.DelStmt: ("expr",),
    nodes.IfStmt: ("expr", "body", "else_body"),
    nodes.RaiseStmt: ("expr", "from_expr"),
    nodes.TryStmt: ("body", "types", "vars", "handlers", "else_body", "finally_body"),
    nodes.WithStmt: ("expr", "target", "body"),
    nodes.MatchStmt: ("subject", "patterns", "guards", "bodies"),
    # patterns
    patterns.AsPattern: ("pattern",),
    patterns.OrPattern: ("patterns",),
    patterns.ValuePattern: ("expr",),
    patterns.SequencePattern: ("patterns",),
    patterns.MappingPattern: ("keys", "values"),
    patterns.ClassPattern: ("class_ref", "positionals", "keyword_values"),
    # expressions
    nodes.MemberExpr: ("expr",),
    nodes.YieldExpr: ("expr",),
    nodes.YieldFromExpr: ("expr",),
    nodes.AwaitExpr: ("expr",),
    nodes.StarExpr: ("expr",),
    nodes.UnaryExpr: ("expr",),
    nodes.SuperExpr: ("call",),
    nodes.CallExpr: ("callee", "args"),
    nodes.OpExpr: ("left", "right"),
    nodes.ComparisonExpr: ("operands",),
    nodes.IndexExpr: ("base", "index"),
    nodes.SliceExpr: ("begin_index", "end_index", "stride"),
    nodes.ConditionalExpr: ("cond", "if_expr", "else_expr"),
    nodes.AssignmentExpr: ("target", "value"),
    nodes.ListExpr: ("items",),
    nodes.TupleExpr: ("items",),
    nodes.SetExpr: ("items",),
    nodes.DictExpr: ("items",),
    nodes.ListComprehension: ("generator",),
    nodes.SetComprehension: ("generator",),
    nodes.GeneratorExpr: ("left_expr", "indices", "sequences", "condlists"),
    nodes.DictionaryComprehension: ("key", "value", "indices", "sequences", "condlists"),
}


def walk(top: Node) -> Iterator[tuple[Node, str]]:
    """Every node, outer ones first, with the qualified name of the definition that it is in.

    A function or class comes with its own qualified name.
    """
    stack: list[tuple[object, str]] = [(top, "")]
    while stack:
        item, scope = stack.pop()
        if isinstance(item, Node):
            inside = _scope_of(item, scope)
            yield item, inside
            body = f"{inside}.<locals>" if isinstance(item, nodes.FuncDef) else inside
            names = _INSIDE.get(type(item), ())
            stack.extend((getattr(item, name), body) for name in reversed(names))
        elif isinstance(item, dict):
            stack.extend((value, scope) for value in reversed(item.values()))
        elif isinstance(item, (list, tuple)):
            stack.extend((value, scope) for value in reversed(item))


def definitions(top: Node) -> Iterator[Node]:
    """Every node but those of expressions, in which nothing is defined, outer ones first."""
    stack: list[object] = [top]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, Node) and not isinstance(item, nodes.Expression):
            yield item
            stack.extend(getattr(item, name) for name in reversed(_INSIDE.get(type(item), ())))


def _scope_of(node: Node, scope: str) -> str:
    if isinstance(node, (nodes.FuncDef, nodes.ClassDef)):
        return f"{scope}.{node.name}" if scope else node.name
    return scope
