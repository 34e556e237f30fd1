"""What one member of a cluster does alone: neighbours share one `if`."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from motetc.ir.pieces import (
    Copied,
    Fork,
    Line,
    Loop,
    Piece,
)


def merge_guards(pieces: list[Piece]) -> list[Piece]:
    """Neighbours that the same member runs share one `if`."""
    merged: list[Piece] = []
    empty = cst.Module([])
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, Fork) and piece.guard and isinstance(last, Fork) and last.guard:
            bound = frozenset().union(*(_binds(p) for p in last.then))
            same = empty.code_for_node(piece.test) == empty.code_for_node(last.test)
            if same and not bound & piece.reads:
                both = (*last.then, *piece.then), (*last.orelse, *piece.orelse)
                merged[-1] = replace(last, then=both[0], orelse=both[1])
                continue
        merged.append(piece)
    return merged


def _binds(piece: Piece) -> frozenset[str]:
    return piece.binds if isinstance(piece, (Line, Copied, Loop)) else frozenset()
