"""A name of ours that is only passed on to one of the program's is that one from the start.

Before: `chosen: bool = ready`, `if chosen: chosen = await net.ok.recv()`, `good = chosen`. After: `good: bool = ready`,
`if good: good = await net.ok.recv()`. Here, as it must be known which role needs the statements at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from motetc.ir.pieces import (
    Fork,
    Fused,
    Line,
    Piece,
    Sessions,
    bound,
    every,
    reads_counted,
    with_bodies,
)
from motetc.passes.renumbered import renamed


def named_at_once(
    pieces: tuple[Piece, ...], scratch: Collection[str], captured: Callable[[], frozenset[str]]
) -> tuple[Piece, ...]:
    """The pieces of a whole function. `scratch`: names of ours; `captured`: what others may read while one waits."""
    if not scratch:
        return pieces
    return _Naming(frozenset(scratch), reads_counted(pieces), captured()).within(pieces)


@dataclass(frozen=True, slots=True)
class _Naming:
    """`counts`: how many statements read a name."""

    scratch: frozenset[str]
    counts: Counter[str]
    captured: frozenset[str]

    def within(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        found: list[Piece] = []
        for piece in pieces:
            whole = with_bodies(piece, self.within)
            first = self._first(found, whole)
            if first is None:
                found.append(whole)
            else:
                found[first:] = _renamed(found[first:], whole)
        return tuple(found)

    def _first(self, before: Sequence[Piece], last: Piece) -> int | None:
        """Where the statements begin that bind what `last` passes on, if they may bind its own name."""
        passed, name = _passes_on(last)
        if passed not in self.scratch or name in self.scratch | self.captured:
            return None
        start = len(before)
        while start and isinstance(before[start - 1], Fork):
            start -= 1
        match before[start - 1 :]:
            case [Line(node=cst.Assign()) as first, _, *_] if first.binds == {passed}:
                between = [*every(before[start - 1 :])]
            case _:
                return None
        mentioned = frozenset().union(
            *(bound(p) | getattr(p, "reads", frozenset()) for p in between)
        )
        apart = any(isinstance(p, (Sessions, Fused)) for p in between)
        reads = reads_counted(before[start - 1 :])[passed] + 1
        if apart or name in mentioned or reads != self.counts[passed]:
            return None
        return start - 1


def _passes_on(piece: Piece) -> tuple[str, str]:
    """The name that a statement reads and does no more with, and the one that it binds to it."""
    match piece:
        case Line(
            node=cst.Assign(
                targets=[cst.AssignTarget(target=cst.Name(name))], value=cst.Name(passed)
            ),
            touches=(),
        ):
            return passed, name
        case _:
            return "", ""


def _renamed(pieces: Sequence[Piece], last: Piece) -> list[Piece]:
    passed, name = _passes_on(last)
    first, *others = [renamed(piece, {passed: name}) for piece in pieces]
    assert isinstance(first, Line)
    assert isinstance(last, Line)
    comment = "  ".join(filter(None, (first.comment, last.comment)))
    return [replace(first, leading=(*first.leading, *last.leading), comment=comment), *others]
