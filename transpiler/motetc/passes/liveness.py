"""Takes out assignments whose value nobody reads: a name may be read elsewhere, and not what it is bound to here.

Goes through the pieces from the end, with the names that are still read further on, as a compiler's analysis of live
variables does. Before: `y = x + 2`, `y = x * 3`, `return y`, where another role alone reads the first `y`. After:
`y = x * 3`, `return y`. What functions and lambdas capture may be read at any time, and counts as read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from motetc.frontend.tree import children
from motetc.ir.pieces import (
    Arm,
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
    inner,
)
from motetc.passes.deletions import deleted
from motetc.passes.unused import unnamed

Names = frozenset[str]
Alike = Callable[[cst.BaseExpression, cst.BaseExpression], bool]
_NONE: Names = frozenset()


@dataclass(frozen=True, slots=True)
class Ways:
    """The names that are read where control may go: on, out of the loop, round again."""

    on: Names
    out: Names = _NONE
    again: Names = _NONE


def without_dead(
    pieces: tuple[Piece, ...], given: Names, captured: Callable[[], Names], alike: Alike
) -> tuple[Piece, ...]:
    """The pieces of a function without dead assignments; `pieces` itself if there are none.

    `given`: its parameters. `alike`: whether two values have one type, so that the name keeps its type if the first of
    them goes.
    """
    counts = Counter(given) + Counter(name for piece in every(pieces) for name in bound(piece))
    if not any(counts[name] > 1 for piece in every(pieces) for name in _may_go(piece)):
        return pieces
    all_of = [*every(pieces)]
    inside = _NONE.union(*map(_read_in_scopes, all_of)) & captured()
    found = _Liveness(inside, given, alike, all_of)
    kept = found.rebuilt(pieces, Ways(_NONE))
    return kept if found.gone else pieces


@dataclass(slots=True)
class _Liveness:
    """One function. `pinned`: names that may be read at any time."""

    pinned: Names
    given: Names
    alike: Alike
    every: list[Piece]
    gone: int = 0

    def before(self, pieces: Sequence[Piece], ways: Ways) -> Names:
        """The names that are read from the start of some pieces on."""
        live = ways.on
        for piece in reversed(pieces):
            live = self._before(piece, replace(ways, on=live))
        return live

    def rebuilt(self, pieces: Sequence[Piece], ways: Ways) -> tuple[Piece, ...]:
        """The pieces without what is dead."""
        kept: list[Piece] = []
        live = ways.on
        for piece in reversed(pieces):
            here = replace(ways, on=live)
            live = self._before(piece, here)
            if not self._is_dead(piece, here.on):
                kept.append(self._within(piece, here))
                continue
            self.gone += 1
            if isinstance(piece, Line) and not piece.droppable:
                kept.append(unnamed(piece))
        return tuple(reversed(kept))

    def _is_dead(self, piece: Piece, after: Names) -> bool:
        names = _may_go(piece)
        return bool(names) and not names & (after | self.pinned) and self._is_typed_without(piece)

    def _is_typed_without(self, piece: Piece) -> bool:
        """Whether the names of a statement have their types without it, if they are bound at all."""
        names = bound(piece)
        bindings = [x for x in self.every if bound(x) & names]
        if names <= self.given or len(bindings) == 1:
            return True
        if isinstance(piece, Line) and isinstance(piece.node, cst.AnnAssign):
            return False
        if bindings[0] is not piece:
            return True
        match piece, bindings[1]:
            case Line(annotate=one), Line(annotate=two) if one is not None and one == two:
                return True
            case Line(node=cst.Assign(value=one) as first), Line(
                node=cst.Assign(value=two) as then
            ):
                return _plain(first) == _plain(then) == names and self.alike(one, two)
            case Loop(head=one), Loop(head=two):
                return _targets(piece) == _targets(bindings[1]) == names and self.alike(one, two)
            case _:
                return False

    def _before(self, piece: Piece, ways: Ways) -> Names:
        match piece:
            case Loop() | Switch() if self._is_dead(piece, ways.on):
                return ways.on
            case Line():
                if self._is_dead(piece, ways.on):
                    return ways.on if piece.droppable else ways.on | unnamed(piece).reads
                return (ways.on - _plain(piece.node)) | piece.reads | deleted(piece.node)
            case Copied():
                return ways.on | piece.reads
            case Exit():
                to = {"break": ways.out, "continue": ways.again, "return": _NONE}[piece.kind]
                return to | piece.reads
            case Fork():
                arms = self.before(piece.then, ways) | self.before(piece.orelse, ways)
                return piece.reads | arms
            case Switch():
                found = [self._before_arm(arm, ways) for arm in piece.arms]
                return ways.on.union(piece.reads, *found)
            case Loop():
                return self._head(piece, ways)
            case Sessions():
                return ways.on | self.before(piece.body, Ways(_NONE)) | {piece.net}
            case Fused():
                return ways.on | piece.reads | self._round(piece, ways)

    def _before_arm(self, arm: Arm, ways: Ways) -> Names:
        return self.before(arm.body, ways) | arm.reads

    def _head(self, loop: Loop, ways: Ways) -> Names:
        """What is read from the head of a loop on, whether it is the first time or not."""
        past = self.before(loop.orelse, ways) | loop.reads
        live = past
        while True:
            body = self.before(loop.body, Ways(live, ways.on, live)) - _targets(loop)
            if body <= live:
                return live
            live |= body

    def _round(self, fused: Fused, ways: Ways) -> Names:
        """What is read in the body of an `async for` and after it; its loop reads whatever the pipelines do."""
        live = ways.on | fused.reads
        while True:
            body = self.before(fused.body, Ways(live, ways.on, live))
            if body <= live:
                return live
            live |= body

    def _within(self, piece: Piece, ways: Ways) -> Piece:
        match piece:
            case Fork():
                then, orelse = self.rebuilt(piece.then, ways), self.rebuilt(piece.orelse, ways)
                return replace(piece, then=then, orelse=orelse)
            case Switch():
                arms = [replace(arm, body=self.rebuilt(arm.body, ways)) for arm in piece.arms]
                return replace(piece, arms=tuple(arms))
            case Loop():
                head = self._head(piece, ways)
                body = self.rebuilt(piece.body, Ways(head, ways.on, head))
                return replace(piece, body=body, orelse=self.rebuilt(piece.orelse, ways))
            case Sessions():
                return replace(piece, body=self.rebuilt(piece.body, Ways(_NONE)))
            case Fused() if piece.body:
                outer, self.pinned = self.pinned, self.pinned | piece.reads
                head = self._round(piece, ways)
                body = self.rebuilt(piece.body, Ways(head, ways.on, head))
                self.pinned = outer
                return replace(piece, body=body)
            case _:
                return piece


def _read_in_scopes(piece: Piece) -> Names:
    """What functions and lambdas in a piece, besides the pieces in it, may read."""
    match piece:
        case Line(node=node) | Copied(node=node) | Fork(test=node) | Loop(head=node):
            return piece.reads if _defines(node) else _NONE
        case Exit(value=value):
            return piece.reads if value is not None and _defines(value) else _NONE
        case Switch():
            return piece.reads.union(*(arm.reads for arm in piece.arms))
        case Fused():
            return piece.reads
        case Sessions():
            return _NONE


def _defines(node: cst.CSTNode) -> bool:
    scopes = (cst.Lambda, cst.FunctionDef, cst.ClassDef, cst.BaseComp)
    return isinstance(node, scopes) or any(map(_defines, children(node)))


def _may_go(piece: Piece) -> Names:
    """The names of an assignment that goes if none of them is read, or that is not needed to receive what it does."""
    match piece:
        case Line():
            return piece.binds if piece.droppable or unnamed(piece) is not piece else _NONE
        case Loop() | Switch() if piece.pure and not inner(piece):  # there for what it binds
            return bound(piece)
        case _:
            return _NONE


def _plain(node: cst.BaseSmallStatement) -> Names:
    """The names that a statement certainly binds anew."""
    match node:
        case cst.Assign(targets=targets):
            return _NONE.union(*(_named(t.target) for t in targets))
        case cst.AnnAssign(target=target, value=cst.BaseExpression()):
            return _named(target)
        case cst.Del():
            return deleted(node)
        case _:
            return _NONE


def _targets(loop: Loop) -> Names:
    return _named(loop.target) if loop.target is not None else _NONE


def _named(target: cst.BaseExpression) -> Names:
    match target:
        case cst.Name():
            return frozenset({target.value})
        case cst.Tuple() | cst.List():
            return _NONE.union(*(_named(element.value) for element in target.elements))
        case _:
            return _NONE
