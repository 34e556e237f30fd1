"""Statements of the source as lines of text: with names exchanged, and strings over several lines left alone."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import replace

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.frontend.parentheses import in_parentheses
from motetc.frontend.tree import code_for


def copied(
    node: cst.BaseStatement, texts: Mapping[str, str], span: Span
) -> Iterator[tuple[str, Span, bool]]:
    """The lines of a statement without the comments before it: text, where it is from, and whether it goes on with a
    string, whose lines keep their beginnings."""
    swaps = {n: _expression(t) for n, t in texts.items() if t != n}
    made = node.visit(_Exchange(swaps)) if swaps else node
    assert isinstance(made, cst.BaseStatement)
    code = code_for(made.with_changes(leading_lines=())).rstrip("\n")
    lines = code.split("\n")
    raw = _string_lines(code)
    alike = len(lines) == span.end_line - span.line + 1
    for index, line in enumerate(lines):
        at = span.line + index
        yield line, replace(span, line=at, end_line=at) if alike else span, index in raw


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
    return in_parentheses(parsed)


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
