"""Comments and blank lines of the source: which statement they go with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from motetc.frontend.comments import comment_behind, footer_of, suite_comment
from motetc.ir.nodes import (
    If,
    Jump,
    Return,
    Simple,
)
from motetc.ir.pieces import (
    Fork,
    Line,
    Otherwise,
    Piece,
    Sessions,
)


def suite(suite: cst.BaseSuite) -> list[cst.BaseStatement]:
    """The statements of a block, one on the header's line included."""
    if isinstance(suite, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(suite.body, trailing_whitespace=suite.trailing_whitespace)]
    return [s for s in suite.body if isinstance(s, cst.BaseStatement)]


def lead(node: cst.BaseStatement) -> Sequence[cst.EmptyLine]:
    """The comments and blank lines before a statement."""
    return node.leading_lines  # type: ignore[attr-defined,no-any-return]


def leading_of(stmt: Simple | Return | Jump) -> tuple[cst.EmptyLine, ...]:
    """The lines before a statement, if it is the first on its line."""
    return tuple(stmt.line.leading_lines) if stmt.first else ()


def comment_of(stmt: Simple | Return | Jump) -> str:
    """The comment behind a statement, if it is the last on its line."""
    return comment_behind(stmt.line) if stmt.last else ""


def if_trivia(stmt: If) -> tuple[tuple[cst.EmptyLine, ...], str]:
    """The lines before an `if`, and the comment behind its header."""
    if stmt.node is not None:
        return tuple(stmt.node.leading_lines), suite_comment(stmt.node.body)
    if isinstance(stmt.leading, cst.SimpleStatementLine):
        return tuple(stmt.leading.leading_lines), ""
    return (), ""


def otherwise_of(node: cst.If | cst.While | cst.For | None) -> Otherwise:
    """The comments around the `else` of a statement, if it has one."""
    orelse = node.orelse if node is not None else None
    if not isinstance(orelse, cst.Else):
        return Otherwise()
    body = orelse.body
    return Otherwise(tuple(orelse.leading_lines), suite_comment(body), footer_of(body))


def block_leading(node: cst.With) -> tuple[cst.EmptyLine, ...]:
    """The lines before a block, and the comment behind its head."""
    behind = suite_comment(node.body)
    lines = [cst.EmptyLine(comment=cst.Comment(behind))] if behind else []
    return (*node.leading_lines, *lines)


def with_leading(
    pieces: list[Piece], leading: tuple[cst.EmptyLine, ...], comment: str
) -> list[Piece]:
    """The comments of a statement go with what is left of it."""
    if not pieces or (not leading and not comment):
        return pieces
    first = pieces[0]
    if isinstance(first, Line):
        told = "  ".join(filter(None, (comment, first.comment)))
        return [replace(first, leading=leading, comment=told), *pieces[1:]]
    if isinstance(first, (Fork, Sessions)):
        return [replace(first, leading=leading), *pieces[1:]]
    return pieces
