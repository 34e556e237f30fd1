"""The comments around a statement, as text."""

from __future__ import annotations

import re

import libcst as cst

_FOR_TOOLS = re.compile(
    r"#\s*(?:noqa|type:\s*ignore|(?:flake8|fmt|isort|mypy|pragma|pylint|pyright|ruff|yapf):|nosec)[^#]*"
)


def lines_before(statement: cst.CSTNode) -> list[str]:
    """The lines before a statement: comments, and blank ones."""
    lines = getattr(statement, "leading_lines", ())
    return [line.comment.value if line.comment is not None else "" for line in lines]


def comment_behind(statement: cst.CSTNode) -> str:
    """The comment behind a simple statement; nothing of any other."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return ""
    comment = statement.trailing_whitespace.comment
    return comment.value if comment is not None else ""


def suite_comment(suite: cst.BaseSuite) -> str:
    """The comment behind a compound statement's header."""
    if isinstance(suite, cst.IndentedBlock) and suite.header.comment is not None:
        return suite.header.comment.value
    return ""


def footer_of(suite: cst.BaseSuite) -> tuple[cst.EmptyLine, ...]:
    """The comments at the end of a block."""
    return tuple(suite.footer) if isinstance(suite, cst.IndentedBlock) else ()


def for_people(comment: str) -> str:
    """A comment without what tells a checker or formatter about its very line, which others need not be told."""
    return _FOR_TOOLS.sub("", comment).rstrip()


def for_tools(comment: str) -> str:
    """What a comment tells a checker or formatter about its very line."""
    return "  ".join(found.rstrip() for found in _FOR_TOOLS.findall(comment))
