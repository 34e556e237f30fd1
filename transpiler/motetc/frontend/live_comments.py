"""Comments on a chain of operators, and those between them: each goes with the operator that it is about.

A comment on a line of its own is about what follows it, one behind code about what ends there. What is meant for
checkers and formatters (`# noqa`) is about lines that are not written.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator, Sequence

import libcst as cst

from motetc.frontend.comments import comment_behind, for_people, lines_before
from motetc.frontend.source import SourceModule
from motetc.ir.live import Live


def place_comments(
    module: SourceModule, line: cst.SimpleStatementLine, made: Sequence[Live]
) -> None:
    """Give each comment of a statement to one of the nodes that it has made."""
    if not made:
        return
    made[0].leading = tuple(filter(None, map(for_people, lines_before(line))))
    place_inner_comments(module, line, made)
    last = _whole(made[-1], made)
    last.comment = for_people(comment_behind(line)) or last.comment


def place_inner_comments(
    module: SourceModule, line: cst.SimpleStatementLine, made: Sequence[Live]
) -> None:
    """The same for the comments inside a statement alone; those before and behind it stay with the statement."""
    if not made:
        return
    span = module.span(line)
    ordered = sorted(made, key=lambda live: (live.span.end_line, live.span.end_column))
    text = "\n".join(module.text.split("\n")[span.line - 1 : span.end_line])
    for row, alone, comment in _inside(text) if "#" in text else ():
        if said := for_people(comment):
            _give(ordered, row + span.line - 1, alone, said)


def _give(ordered: Sequence[Live], row: int, alone: bool, comment: str) -> None:
    ends_here = [live for live in ordered if live.span.end_line == row]
    if ends_here and not alone:
        _whole(ends_here[-1], ordered).comment = comment
        return
    later = [live for live in ordered if live.span.end_line > row]
    about = later[0] if later else ordered[-1]
    about.leading = (*about.leading, comment)


def _whole(live: Live, made: Sequence[Live]) -> Live:
    """The first of the nodes that stand for the parts of one expression."""
    return next(x for x in made if x.node is live.node)


def _inside(text: str) -> Iterator[tuple[int, bool, str]]:
    """The comments inside brackets: the row, whether nothing else is there, the text."""
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text + "\n").readline):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        elif token.type == tokenize.COMMENT and depth:
            yield token.start[0], not token.line[: token.start[1]].strip(), token.string
