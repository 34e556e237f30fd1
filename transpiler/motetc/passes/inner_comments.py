"""Comments between the arguments of an operation go before the line that has our end of it.

What is inside a value stays with that value, where it is evaluated.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.frontend.comments import for_people
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import code_for
from motetc.ir.nodes import Answer, Comm, Concurrent, Invoke, Op
from motetc.ir.pieces import (
    Copied,
    Exit,
    Fork,
    Fused,
    Line,
    Loop,
    Piece,
    Sessions,
    Switch,
    with_bodies,
)

Comments = Mapping[int, Sequence[str]]  # by uid of the operation


@dataclass(frozen=True, slots=True, order=True)
class Comment:
    """A comment in an operation. `alone`: on a line of its own; `depth`: brackets around it, the call's first."""

    row: int
    column: int
    alone: bool
    depth: int
    argument: int
    text: str


def comments_of(module: SourceModule, ops: Sequence[Op]) -> Comments:
    """The comments of every operation that has some, without those of its values."""
    found = {op.uid: [*_own(module, op)] for op in ops if isinstance(op, (Answer, Comm, Invoke))}
    for op in ops:
        if isinstance(op, Concurrent):
            for call in op.calls:
                found[call.uid] += _around(module, op, call)
    texts = {uid: [for_people(c.text) for c in sorted(own)] for uid, own in found.items()}
    return {uid: [*filter(None, own)] for uid, own in texts.items() if any(own)}


def with_comments(pieces: Sequence[Piece], comments: Comments) -> tuple[Piece, ...]:
    """The pieces, each with the comments of the operations that it takes part in."""
    if not comments:
        return tuple(pieces)
    found: list[Piece] = []
    last: set[int] = set()
    for piece in pieces:
        touched = {t.uid for t in getattr(piece, "touches", ())}
        wanted = [c for uid in sorted(touched - last) for c in comments.get(uid, ())]
        found.append(_led(with_bodies(piece, partial(with_comments, comments=comments)), wanted))
        last = touched
    return tuple(found)


def _led(piece: Piece, comments: Sequence[str]) -> Piece:
    if isinstance(piece, (Copied, Fused)) or not comments:
        return piece
    code = _code(piece)
    lines = [
        cst.EmptyLine(comment=cst.Comment(comment)) for comment in comments if comment not in code
    ]
    return replace(piece, leading=(*piece.leading, *lines))


def _code(piece: Line | Fork | Loop | Switch | Exit | Sessions) -> str:
    match piece:
        case Line(node=node) | Fork(test=node) | Loop(head=node) | Switch(subject=node):
            return code_for(node)
        case Exit(value=cst.BaseExpression() as value):
            return code_for(value)
        case _:
            return ""


def _own(module: SourceModule, op: Answer | Comm | Invoke) -> Iterator[Comment]:
    """Those between the arguments, and those among the receivers."""
    call = op.node.expression if isinstance(op.node, cst.Await) else op.node
    args = call.args if isinstance(call, cst.Call) else ()
    values = [module.span(arg.value) for arg in args]
    for comment in _inside(module, op.span):
        arg = args[min(comment.argument, len(args) - 1)] if args else None
        if comment.depth > 1:
            own = arg is not None and arg.keyword is not None and arg.keyword.value == "to"
        else:
            own = not any(_holds(span, comment) for span in values)
        if own:
            yield comment


def _around(module: SourceModule, op: Concurrent, call: Invoke) -> Iterator[Comment]:
    """Those before a call on lines of their own, and the one behind it on its last line."""
    index = op.calls.index(call)
    start = (op.calls[index - 1].span.end_line, 1) if index else (0, 0)
    for comment in _inside(module, op.span):
        where = (comment.row, comment.column)
        before = start <= where < (call.span.line, call.span.column)
        behind = comment.row == call.span.end_line and comment.column >= call.span.end_column
        if behind or (before and (comment.alone or not index)):
            yield comment


def _holds(span: Span, comment: Comment) -> bool:
    where = (comment.row, comment.column)
    return (span.line, span.column) <= where < (span.end_line, span.end_column)


def _inside(module: SourceModule, span: Span) -> Iterator[Comment]:
    """The comments in an operation, whose arguments are the last thing of it."""
    text = module.written(span) if span.line < span.end_line else ""
    if "#" not in text:
        return
    start = span.column - 1
    depth = argument = 0
    for token in tokenize.generate_tokens(io.StringIO(text + "\n").readline):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            alone = not token.line[:column].strip()
            column += 1 + (start if row == 1 else 0)
            yield Comment(row + span.line - 1, column, alone, depth, argument, token.string)
        elif token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            argument = 0 if depth == 0 else argument + (depth == 1 and token.string == ",")
