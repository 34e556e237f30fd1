"""What one member of a cluster does alone: neighbours share one `if`."""

from __future__ import annotations

from dataclasses import replace

from motetc.frontend.tree import code_for
from motetc.ir.pieces import Fork, Piece
from motetc.passes.deletions import all_bound


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
