"""Which names some pieces take from what came before: those that they read where they may not have bound them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.local_names import local_names
from motetc.frontend.scope import code_of, names_of
from motetc.frontend.tree import captures, children
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
    bound,
    every,
)

Names = frozenset[str]


def bound_within(pieces: Sequence[Piece]) -> Names:
    """The names that pieces bind, also those that comprehensions and lambdas have for themselves."""
    inner = {name for piece in every(pieces) for node in _nodes(piece) for name in _scoped(node)}
    return frozenset().union(inner, *map(bound, every(pieces)))


def taken_from_before(pieces: Sequence[Piece]) -> Names:
    """The names that pieces may read before they bind them."""
    free = _Free()
    free.after(pieces, frozenset())
    return frozenset(free.names)


@dataclass(slots=True)
class _Free:
    """Goes forward, with the names that are certainly bound; None where a path does not go on."""

    names: set[str] = field(default_factory=set)

    def after(self, pieces: Sequence[Piece], known: Names) -> Names | None:
        """What is bound after some pieces."""
        for piece in pieces:
            found = self._piece(piece, known)
            if found is None:
                return None
            known = found
        return known

    def _piece(self, piece: Piece, known: Names) -> Names | None:
        match piece:
            case Copied(node=node):
                found = local_names(code_of(node))
                self.names |= found.needed - known
                return (known | found.bound) - found.deleted
            case Line(node=cst.Assign() | cst.AnnAssign(value=cst.BaseExpression())):
                self.names |= piece.reads - known
                return known | piece.binds
            case Fork():
                self.names |= piece.reads - known
                return _met(self.after(arm, known) for arm in (piece.then, piece.orelse))
            case Loop():
                self.names |= piece.reads - known
                target = names_of(piece.target).reads if piece.target is not None else frozenset()
                self.after(piece.body, known | target)
                self.after(piece.orelse, known)
                return known
            case Switch():
                self.names |= piece.reads - known
                for arm in piece.arms:
                    self.names |= arm.reads - known - arm.binds
                ways = [self.after(arm.body, known | arm.binds) for arm in piece.arms]
                whole = any(a.guard is None and captures(a.node.pattern) for a in piece.arms)
                return _met(ways if whole else [*ways, known])
            case Sessions() | Fused():
                self.names |= (piece.reads if isinstance(piece, Fused) else {piece.net}) - known
                self.after(piece.body, known)
                return known
            case Exit():
                self.names |= piece.reads - known
                return None
            case Line():
                self.names |= piece.reads - known
                return known


def _met(ways: Iterable[Names | None]) -> Names | None:
    """What is bound whichever way is taken."""
    found = [way for way in ways if way is not None]
    return frozenset.intersection(*found) if found else None


def _nodes(piece: Piece) -> Iterator[cst.CSTNode]:
    match piece:
        case Line(node=node) | Copied(node=node) | Fork(test=node) | Loop(head=node):
            yield node
        case Exit(value=cst.BaseExpression() as value):
            yield value
        case Switch():
            yield piece.subject
        case _:
            pass


def _scoped(node: cst.CSTNode) -> Iterator[str]:
    """The names that comprehensions and lambdas have for themselves."""
    match node:
        case cst.CompFor(target=target):
            yield from names_of(target).reads
        case cst.Lambda(params=params):
            yield from (p.name.value for p in params.params)
        case _:
            pass
    for child in children(node):
        yield from _scoped(child)
