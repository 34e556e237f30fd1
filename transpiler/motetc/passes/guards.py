"""What one member of a cluster does alone: neighbours share one `if`, and what is known is not asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import libcst as cst

from motetc.frontend.parentheses import in_parentheses, is_loose
from motetc.frontend.tree import code_for
from motetc.ir.pieces import Fork, Loop, Piece, with_bodies
from motetc.passes.deletions import all_bound

_LONG = 60  # characters, above which two conditions have a line each
Known = Mapping[str, frozenset[str]]  # conditions that hold here, with the names that they read


def merge_guards(pieces: list[Piece]) -> list[Piece]:
    """Neighbours that the same member runs share one `if`."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, Fork) and piece.guard and isinstance(last, Fork) and last.guard:
            same = code_for(piece.test) == code_for(last.test)
            if same and not all_bound(last.then) & piece.reads:
                both = (*last.then, *piece.then), (*last.orelse, *piece.orelse)
                merged[-1] = replace(last, then=both[0], orelse=both[1])
                continue
        merged.append(piece)
    return merged


def joined_guards(pieces: Sequence[Piece], known: Known | None = None) -> tuple[Piece, ...]:
    """Without guards that hold anyway, and with those that are all that a condition guards beside that condition.

    Before: `if me == members[0]:` around another one of these; `if n > 3:` around nothing but `if me == members[0]:`.
    """
    known = dict(known or {})
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Fork) and piece.guard and code_for(piece.test) in known:
            found += joined_guards(piece.then, known)
        else:
            found.append(_joined(_within(piece, known)))
        bound = all_bound((piece,))
        known = {test: reads for test, reads in known.items() if not reads & bound}
    return tuple(found)


def _within(piece: Piece, known: Known) -> Piece:
    if isinstance(piece, Fork) and piece.guard:
        inside = {**known, code_for(piece.test): piece.reads}
        return replace(
            piece, then=joined_guards(piece.then, inside), orelse=joined_guards(piece.orelse, known)
        )
    if isinstance(
        piece, Loop
    ):  # what holds when it begins holds in each turn only if no turn changes it
        bound = all_bound((piece,))
        known = {test: reads for test, reads in known.items() if not reads & bound}
    return with_bodies(piece, partial(joined_guards, known=known))


def _joined(piece: Piece) -> Piece:
    if not isinstance(piece, Fork) or piece.guard or piece.orelse or len(piece.then) != 1:
        return piece
    (only,) = piece.then
    if not isinstance(only, Fork) or not only.guard or only.orelse or only.leading or only.comment:
        return piece
    left = in_parentheses(piece.test) if is_loose(piece.test) else piece.test
    test = cst.BooleanOperation(left, cst.And(), only.test)
    if len(code_for(test)) > _LONG:
        return piece
    return replace(piece, test=test, then=only.then, reads=piece.reads | only.reads)
