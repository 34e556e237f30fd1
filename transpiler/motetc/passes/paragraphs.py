"""Paragraphs of the source: where a blank line stays one, and for whom the comment above one is said.

A role has some of the statements of a paragraph, and may have none of the first. What separates paragraphs separates
what is left of them; a comment at the head of one, if it is the only one in it, stands above what a role has of it,
unless that is what ends the function.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

import libcst as cst

from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children, is_string
from motetc.ir.pieces import (
    Copied,
    Exit,
    Fork,
    Fused,
    Line,
    Piece,
    Sessions,
    lines_of,
    with_bodies,
)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement in its block: its lines in the source, what stands above it, and the blocks below it."""

    first: int
    last: int
    leading: tuple[cst.EmptyLine, ...]
    blocks: tuple[tuple[_Statement, ...], ...]
    is_flat: bool  # a role has what is in it as if it stood beside it
    opens: bool = False  # the first of its block, behind a docstring

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last

    @property
    def is_apart(self) -> bool:
        """Whether there is a blank line above it."""
        return bool(self.leading) and self.leading[0].comment is None

    @property
    def begins(self) -> bool:
        """Whether a paragraph begins here."""
        return self.opens or self.is_apart

    @property
    def comments(self) -> tuple[cst.EmptyLine, ...]:
        """The comments above it."""
        return tuple(line for line in self.leading if line.comment is not None)


def with_paragraphs(
    pieces: Sequence[Piece], module: SourceModule, function: cst.FunctionDef
) -> tuple[Piece, ...]:
    """The pieces of a function, with the blank lines and the comments that are above its paragraphs."""
    return _Paragraphs(_of_function(module, function), frozenset(lines_of(pieces))).separated(
        pieces
    )


@lru_cache(maxsize=4)  # role by role
def _of_function(module: SourceModule, function: cst.FunctionDef) -> tuple[_Statement, ...]:
    return _statements(module, function.body)


def _statements(module: SourceModule, block: cst.BaseSuite) -> tuple[_Statement, ...]:
    body = block.body if isinstance(block, cst.IndentedBlock) else ()
    found = tuple(_statement(module, node) for node in body)
    first = int(bool(body) and is_string(body[0]))
    opening = (replace(each, opens=True) for each in found[first : first + 1])
    return (*found[:first], *opening, *found[first + 1 :])


def _statement(module: SourceModule, node: cst.BaseStatement) -> _Statement:
    span = module.span(node)
    inner = () if isinstance(node, cst.SimpleStatementLine) else tuple(_blocks(node))
    blocks = tuple(_statements(module, block) for block in inner)
    leading = tuple(node.leading_lines)  # type: ignore[attr-defined]
    return _Statement(span.line, span.end_line, leading, blocks, isinstance(node, cst.With))


def _blocks(node: cst.CSTNode) -> list[cst.IndentedBlock]:
    """The blocks of a compound statement, those of its `elif`s and `else` included."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        return []
    found: list[cst.IndentedBlock] = []
    for child in children(node):
        if isinstance(child, cst.IndentedBlock):
            found.append(child)
        elif not isinstance(child, cst.BaseExpression):
            found += _blocks(child)
    return found


@dataclass(frozen=True, slots=True)
class _Paragraphs:
    """`block`: the function's own; `done`: the lines of which a role has something."""

    block: tuple[_Statement, ...]
    done: frozenset[int]

    def separated(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        """Pieces that follow each other, each with what stands above its paragraph, if it has not got it."""
        found: list[Piece] = []
        for last, piece in zip((None, *pieces), pieces, strict=False):
            if isinstance(piece, Fork) and piece.guard and piece.then:
                found.append(self._guarding(piece, last))
            else:
                found.append(with_bodies(self._led(piece, last), self.separated))
        return tuple(found)

    def _guarding(self, piece: Fork, last: Piece | None) -> Piece:
        """An `if` of ours: what stands above the block in it goes above it."""
        first, *others = piece.then
        lines = _leading(first) or ()
        above = [s.leading for s in self._flat(first.span.line, self.block)]
        moved = tuple(line for line in lines if any(line in own for own in above))
        if moved and not piece.leading:
            kept = tuple(line for line in lines if line not in moved)
            piece = replace(piece, leading=moved, then=(_with_leading(first, kept), *others))
        led = self._led(piece, last)
        assert isinstance(led, Fork)
        begin = with_bodies(piece.then[0], self.separated)
        then = (begin, *self.separated(piece.then)[1:])
        return replace(led, then=then, orelse=self.separated(piece.orelse))

    def _flat(self, line: int, block: tuple[_Statement, ...]) -> Iterator[_Statement]:
        """The `with` blocks that a line is in."""
        for statement in block:
            if line in statement:
                yield from [statement] if statement.is_flat else ()
                for inner in statement.blocks:
                    yield from self._flat(line, inner)

    def _led(self, piece: Piece, last: Piece | None) -> Piece:
        own = _leading(piece)
        if own is None or any(line.comment is None for line in own):
            return piece
        above, rest = _passed(_end(last) if last is not None else 0, piece.span.line, self.block)
        head = next((s for s in reversed(above) if s.begins), None)
        if head is None:
            return piece
        paragraph = [*above[above.index(head) + 1 :], *_until_next(rest)]
        missing = self.done.isdisjoint(range(head.first, above[-1].first))
        alone = not own and not any(s.comments for s in paragraph)
        said = head.comments if missing and alone and not _leaves(piece) else ()
        apart = head.is_apart and not (last is None or _is_docstring(last))
        blank = (cst.EmptyLine(indent=False),) if apart else ()
        return _with_leading(piece, (*blank, *said, *own))


def _passed(
    first: int, last: int, block: tuple[_Statement, ...]
) -> tuple[tuple[_Statement, ...], tuple[_Statement, ...]]:
    """The statements of one block behind the one with the first line up to the one with the last, and those after."""
    ends = [i for i, s in enumerate(block) if last in s]
    if not ends:
        return (), ()
    end = ends[0]
    inner = next((b for b in block[end].blocks if any(last in s for s in b)), None)
    if inner is not None and (first in block[end] or not (first or block[end].is_flat)):
        return _passed(first if any(first in s for s in inner) else 0, last, inner)
    begin = next((i for i, s in enumerate(block) if first in s), -1)
    return (block[begin + 1 : end + 1], block[end + 1 :]) if begin < end else ((), ())


def _until_next(statements: Sequence[_Statement]) -> list[_Statement]:
    return [*takewhile(lambda s: not s.begins, statements)]


def _is_docstring(piece: Piece | None) -> bool:
    return isinstance(piece, Line) and piece.docstring


def _leaves(piece: Piece) -> bool:
    return isinstance(piece, Exit) and piece.kind == "return"


def _end(piece: Piece) -> int:
    """The last line of the source that a piece comes from, as far as its statement goes."""
    return max(lines_of([piece])) if isinstance(piece, (Fused, Sessions)) else piece.span.line


def _leading(piece: Piece) -> tuple[cst.EmptyLine, ...] | None:
    """What stands above a piece; None where that is part of its text."""
    if isinstance(piece, (Fused, Sessions)):
        return None
    if isinstance(piece, Copied):
        return tuple(piece.node.leading_lines)  # type: ignore[attr-defined]
    return piece.leading


def _with_leading(piece: Piece, leading: tuple[cst.EmptyLine, ...]) -> Piece:
    if isinstance(piece, Copied):
        return replace(piece, node=piece.node.with_changes(leading_lines=leading))
    assert not isinstance(piece, Fused)
    return replace(piece, leading=leading)
