"""Statements of the source as lines of text: with names exchanged, and strings over several lines left alone."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.frontend.tree import children

_EMPTY = cst.Module([])
_READERS = frozenset(
    {
        "copy",
        "count",
        "get",
        "index",
        "isdisjoint",
        "issubset",
        "issuperset",
        "items",
        "keys",
        "values",
    }
)
_LOOKERS = frozenset(
    {"all", "any", "bool", "dict", "enumerate", "frozenset", "len", "list", "max", "min", "print"}
    | {"repr", "set", "sorted", "str", "sum", "tuple"}
)


def copied(
    node: cst.BaseStatement, texts: Mapping[str, str], span: Span
) -> Iterator[tuple[str, Span, bool]]:
    """The lines of a statement without the comments before it: text, where it is from, and whether it goes on with a
    string, whose lines keep their beginnings."""
    swaps = {n: _expression(t) for n, t in texts.items() if t != n}
    made = node.visit(_Exchange(swaps)) if swaps else node
    assert isinstance(made, cst.BaseStatement)
    code = _EMPTY.code_for_node(made.with_changes(leading_lines=())).rstrip("\n")
    lines = code.split("\n")
    raw = _string_lines(code)
    alike = len(lines) == span.end_line - span.line + 1
    for index, line in enumerate(lines):
        at = span.line + index
        yield line, replace(span, line=at, end_line=at) if alike else span, index in raw


def listed(value: cst.BaseExpression) -> cst.BaseExpression:
    """The value as a list that nobody else has."""
    if _is_fresh(value):
        return value
    if isinstance(value, cst.GeneratorExp):
        return cst.ListComp(value.elt, value.for_in)
    return cst.Call(cst.Name("list"), [cst.Arg(value)])


def _is_fresh(value: cst.BaseExpression) -> bool:
    """Whether evaluating an expression makes a new list."""
    if isinstance(value, cst.IfExp):
        return _is_fresh(value.body) and _is_fresh(value.orelse)
    called = value.func if isinstance(value, cst.Call) else None
    if isinstance(called, cst.Name):
        return called.value in ("list", "sorted")
    return isinstance(value, (cst.ListComp, cst.List))


def escapes(nodes: Sequence[cst.CSTNode | None], name: str) -> bool:
    """Whether code does more with a collection than look at what is in it: hand it on, keep it, change it."""
    return any(_escapes(node, name) for node in nodes if node is not None)


def _escapes(node: cst.CSTNode, name: str) -> bool:
    if isinstance(node, cst.Name):
        return node.value == name
    if isinstance(node, (cst.AssignTarget, cst.AugAssign, cst.Del)) and _changes(node, name):
        return True
    looked = {id(c) for c in _looked_at(node)}
    rest = [c for c in _parts(node) if not (id(c) in looked and _is_name(c, name))]
    return any(_escapes(child, name) for child in rest)


def _changes(node: cst.AssignTarget | cst.AugAssign | cst.Del, name: str) -> bool:
    """Whether an item of the collection is assigned or deleted."""
    target: cst.CSTNode = node.target
    while isinstance(target, (cst.Subscript, cst.Attribute)):
        target = target.value
    return target is not node.target and _is_name(target, name)


def _parts(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children that are code; a plain name that is bound is none."""
    match node:
        case cst.Call(func=cst.Name(value=called)) if called in _LOOKERS:
            return [a.value for a in node.args if not isinstance(a.value, cst.Name)]
        case cst.Attribute() | cst.Arg():
            return [node.value]
        case cst.AssignTarget(target=cst.Name()):
            return []
        case _:
            return children(node)


def _looked_at(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children of which the node only looks at what is in them."""
    match node:
        case cst.Attribute() if node.attr.value in _READERS:
            return [node.value]
        case cst.Subscript():
            return [node.value]
        case cst.Comparison():
            return [node.left]
        case cst.ComparisonTarget():
            return [node.comparator]
        case cst.For() | cst.CompFor():
            return [node.iter]
        case cst.If() | cst.While() | cst.IfExp():
            return [node.test]
        case cst.UnaryOperation(operator=cst.Not()):
            return [node.expression]
        case _:
            return []


def _is_name(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _string_lines(code: str) -> set[int]:
    """The lines (from 0) that begin inside of a string."""
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(code + "\n").readline):
        kind = tokenize.tok_name[token.type]
        if kind == "STRING" or kind.startswith("FSTRING"):
            found |= set(range(token.start[0], token.end[0]))
    return found


def _expression(text: str) -> cst.BaseExpression:
    parsed = cst.parse_expression(text)
    tight = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.List, cst.Dict, cst.ListComp)
    if isinstance(parsed, (*tight, cst.DictComp, cst.BaseNumber, cst.SimpleString)) or parsed.lpar:
        return parsed
    return parsed.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


class _Exchange(cst.CSTTransformer):
    """Exchanges names for expressions; attributes and keywords are no names."""

    def __init__(self, swaps: Mapping[str, cst.BaseExpression]) -> None:
        super().__init__()
        self.swaps = swaps

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        swap = self.swaps.get(original_node.value)
        return swap.deep_clone() if swap is not None else updated_node
