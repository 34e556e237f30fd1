"""The comments before and behind a statement that communicates stay with what a role has of it.

A statement becomes several where a message gets a name first, and a role may have the last of them, the first, or one
in between. The lines before it go before the first that the role has, and the comment behind it goes behind the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import libcst as cst

from motetc.frontend.comments import comment_behind, for_people, for_tools, suite_comment
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, code_for
from motetc.ir.nodes import Op
from motetc.ir.pieces import Copied, Exit, Fork, Fused, Line, Piece, every, with_bodies

_PLAIN = re.compile(r"(?:not )?\(?\w+\)?")
_HEADS = (cst.If, cst.While, cst.For, cst.Match)


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """The lines before a statement, and the comment behind it or its head."""

    leading: tuple[cst.EmptyLine, ...]
    behind: str


Rows = Mapping[int, Around]  # by row of the source


def rows_of(module: SourceModule, function: cst.FunctionDef, ops: Iterable[Op]) -> Rows:
    """What stands around the statements with operations in them, where that is a comment."""
    commented = _commented(module, function)
    if not commented:
        return {}
    communicating = {row for op in ops for row in range(op.span.line, op.span.end_line + 1)}
    found: dict[int, Around] = {}
    for rows, around in commented:
        if not communicating.isdisjoint(rows):
            found.update(dict.fromkeys(rows, around))
    return found


@lru_cache(maxsize=4)  # role by role
def _commented(module: SourceModule, function: cst.FunctionDef) -> tuple[tuple[range, Around], ...]:
    """The rows of each statement around which there is a comment."""
    if "#" not in module.text or "#" not in module.written(module.span(function)):
        return ()
    statements = _statements(module, function.body)
    found = ((range(first, last + 1), _around(node)) for node, first, last in statements)
    return tuple((rows, around) for rows, around in found if around is not None)


def _statements(
    module: SourceModule, node: cst.CSTNode
) -> Iterator[tuple[cst.BaseStatement, int, int]]:
    """Lines and heads, each with its rows."""
    for child in children(node):
        if isinstance(child, cst.SimpleStatementLine):
            span = module.span(child)
            yield child, span.line, span.end_line
        elif isinstance(child, _HEADS):
            head = module.span(_head(child))
            yield child, module.span(child).line, head.end_line
        if isinstance(child, (cst.BaseCompoundStatement, cst.BaseSuite, cst.Else, cst.MatchCase)):
            yield from _statements(module, child)


def _head(node: cst.If | cst.While | cst.For | cst.Match) -> cst.BaseExpression:
    match node:
        case cst.If(test=expr) | cst.While(test=expr) | cst.For(iter=expr):
            return expr
        case _:
            return node.subject


def _around(statement: cst.BaseStatement) -> Around | None:
    leading = tuple(getattr(statement, "leading_lines", ()))
    behind = comment_behind(statement)
    if isinstance(statement, (cst.If, cst.While, cst.For)):
        behind = suite_comment(statement.body)
    commented = any(line.comment is not None for line in leading)
    return Around(leading if commented else (), behind) if commented or behind else None


def with_line_comments(pieces: tuple[Piece, ...], rows: Rows) -> tuple[Piece, ...]:
    """The pieces of a role, each with what stands around the statement that it comes from."""
    if not rows:
        return pieces
    return _led(pieces, rows, behind=_behind(pieces, rows), led=set())


def _behind(pieces: Sequence[Piece], rows: Rows) -> dict[int, str]:
    """By identity of a piece, what goes behind it: the comment, if it is the last that the role has of a statement.

    What is for a checker goes behind all that evaluates something of it.
    """
    last: dict[Around, Line | Exit | Fork] = {}
    found: dict[int, str] = {}
    told = set[Around]()
    for piece in every(pieces):
        around = rows.get(piece.span.line)
        if around is None or not around.behind:
            continue
        people, tools = for_people(around.behind), for_tools(around.behind)
        known = getattr(piece, "comment", "")
        if around.behind in known or (people and people in known):
            told.add(around)
        if isinstance(piece, (Line, Exit, Fork)) and not _is_outer(piece):
            last[around] = piece
            silent = tools in known or _arrives(piece) or _is_plain(piece)
            found[id(piece)] = "" if silent else tools
    for around, piece in last.items():
        if around not in told:
            silent = _arrives(piece) or _is_plain(piece)
            found[id(piece)] = for_people(around.behind) if silent else around.behind
    return found


def _is_outer(piece: Piece) -> bool:
    return isinstance(piece, Fork) and piece.guard


def _is_plain(piece: Line | Exit | Fork) -> bool:
    """Whether what it evaluates is a name or a number, of which no checker says anything."""
    match piece:
        case Fork(test=value) | Line(node=cst.Assign(value=value)) | Exit(value=value):
            return value is None or _PLAIN.fullmatch(code_for(value)) is not None
        case _:
            return False


def _arrives(piece: Piece) -> bool:
    """Whether it evaluates nothing of the source, and no checker has to be told anything about it."""
    touches = getattr(piece, "touches", ())
    return bool(touches) and all(touch.side == "receive" for touch in touches)


def _led(
    pieces: Sequence[Piece], rows: Rows, behind: Mapping[int, str], led: set[Around]
) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for piece in pieces:
        comment = behind.get(id(piece), "")
        if comment and isinstance(piece, (Line, Exit, Fork)):
            piece = replace(piece, comment="  ".join(filter(None, (comment, piece.comment))))
        around = rows.get(piece.span.line)
        if around is not None and around.leading and not isinstance(piece, (Copied, Fused)):
            own = tuple(line for line in piece.leading if line not in around.leading)
            before = () if around in led else around.leading
            piece = replace(piece, leading=(*before, *own))
            led.add(around)
        found.append(with_bodies(piece, partial(_led, rows=rows, behind=behind, led=led)))
    return tuple(found)
