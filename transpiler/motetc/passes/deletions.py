"""What `del` means for pruning: where a name is not bound in the end, it is not deleted either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import libcst as cst

from motetc.frontend.tree import code_for
from motetc.ir.pieces import Line, Piece, Sessions, bound, inner, with_bodies


def deleted(node: cst.CSTNode) -> frozenset[str]:
    """The plain names that a statement deletes; the others in it are read."""
    return frozenset(_names(node.target)) if isinstance(node, cst.Del) else frozenset()


def all_deleted(pieces: Sequence[Piece]) -> frozenset[str]:
    """The plain names that statements of one function delete."""
    return frozenset().union(*(deleted(p.node) for p in _within(pieces) if isinstance(p, Line)))


def all_bound(pieces: Sequence[Piece]) -> frozenset[str]:
    """Every name that the pieces of one function bind."""
    return frozenset().union(*map(bound, _within(pieces)))


def spared(pieces: Sequence[Piece], names: frozenset[str]) -> tuple[Piece, ...]:
    """The pieces with some names deleted no more."""
    found = (_spared(piece, names) for piece in pieces)
    return tuple(piece for piece in found if piece is not None)


def _spared(piece: Piece, names: frozenset[str]) -> Piece | None:
    match piece:
        case Line(node=cst.Del(target=target)):
            targets = _targets(target)
            kept = [t for t in targets if not (isinstance(t, cst.Name) and t.value in names)]
            if len(kept) == len(targets):
                return piece
            return replace(piece, node=_deletion(kept)) if kept else None
        case Sessions():
            return piece
        case _:
            return with_bodies(piece, partial(spared, names=names))


def _within(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Pieces and those in them; a session is a function of its own."""
    for piece in pieces:
        yield piece
        if not isinstance(piece, Sessions):
            yield from _within(inner(piece))


def _targets(target: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(target, (cst.Tuple, cst.List)):
        return [t for element in target.elements for t in _targets(element.value)]
    return [target]


def _names(target: cst.BaseExpression) -> set[str]:
    return {t.value for t in _targets(target) if isinstance(t, cst.Name)}


def _deletion(targets: Sequence[cst.BaseExpression]) -> cst.Del:
    """As parsed, because a lone target stands without parentheses, and several as a tuple without."""
    code = ", ".join(code_for(t) for t in targets)
    line = cst.parse_statement(f"del {code}")
    assert isinstance(line, cst.SimpleStatementLine)
    assert isinstance(line.body[0], cst.Del)
    return line.body[0]
