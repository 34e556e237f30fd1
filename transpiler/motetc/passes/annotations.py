"""The types that assignments say at one role: of what is received, and of a name that another role declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import libcst as cst

from motetc.ir.nodes import Comm, Match, Simple
from motetc.ir.pieces import Line, Piece, Touch, bound, every, with_bodies
from motetc.ir.place import NOWHERE
from motetc.ir.types import Type
from motetc.ir.walk import statements
from motetc.passes.flow import is_receive
from motetc.passes.projector import Projector


def annotation_of(projector: Projector, stmt: Simple, touches: Iterable[Touch]) -> Type | None:
    """The type of the name that a statement binds, where its first binding at this role has to say it."""
    match stmt.node:
        case cst.Assign(targets=[cst.AssignTarget(target=target)]):
            pass
        case _:
            return None
    value = stmt.roots[0].expr
    if any(touch.side in ("receive", "both") for touch in touches):
        if not isinstance(target, cst.Name) or not (stmt.scratch or is_receive(stmt)):
            return None
        found = projector.type_of(target) or projector.type_of(value)
        return _as_sent(projector, stmt, found)
    if stmt.arm:
        return _of_both_arms(projector, target, value)
    if stmt.scratch:  # other arms may bind it to more
        return projector.type_of(target) or projector.type_of(value)
    return _declared_elsewhere(projector, target, value)


def _of_both_arms(
    projector: Projector, target: cst.BaseExpression, value: cst.BaseExpression
) -> Type | None:
    """The type of a name of which one arm alone would not tell it."""
    whole = projector.type_of(target)
    matches = (s for s in statements(projector.choreography.body) if isinstance(s, Match))
    captured = {name for match in matches for case in match.cases for name in case.binds}
    narrow = isinstance(value, cst.Name) and value.value in captured  # a pattern's own type is less
    if whole is None or (not narrow and whole == projector.type_of(value)):
        return None
    return (
        replace(whole, args=tuple(sorted(whole.args, key=_is_none)))
        if whole.kind == "union"
        else whole
    )


def _is_none(found: Type) -> bool:
    return found.name == "None"


def _as_sent(projector: Projector, stmt: Simple, found: Type | None) -> Type | None:
    """The type of what is received, called what the sender calls it.

    Under a name of ours that is bound once it is what is sent, which what stands around the operation may have widened.
    """
    facts, root = projector.facts, stmt.roots[0]
    if not root.ops:
        return found
    op = root.ops[-1]
    sent = facts.payload.get(op.uid)
    if stmt.scratch and _is_plain(stmt) and sent is not None and _is_bound_once(projector, stmt):
        return sent
    return sent if found in (sent, facts.unfolded.get(op.uid)) else found


def _is_plain(stmt: Simple) -> bool:
    """Whether a statement binds just what is sent."""
    op = stmt.roots[0].ops[-1] if stmt.roots and stmt.roots[0].ops else None
    return isinstance(op, Comm) and op.kind in ("send", "share") and op.node is stmt.roots[0].expr


def _is_bound_once(projector: Projector, stmt: Simple) -> bool:
    every = (s for s in statements(projector.choreography.body) if isinstance(s, Simple))
    return sum(not {*s.binds}.isdisjoint(stmt.binds) for s in every) == 1


def sent_to(projector: Projector, stmt: Simple) -> Type | None:
    """The type of a message that a statement does nothing with but to give it a name."""
    match stmt.node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name())]) if _is_plain(stmt):
            return projector.facts.payload.get(stmt.roots[0].ops[-1].uid)
        case _:
            return None


def narrowed(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces of a whole function, where all that a name is bound to is received, and of one type.

    Another role may declare it wider: mypy narrows a name where it is bound, but not in the line that declares it.
    """
    types: dict[str, set[Type | None]] = {}
    for piece in every(pieces):
        sent = piece.sent if isinstance(piece, Line) and len(piece.binds) == 1 else None
        for name in bound(piece):
            types.setdefault(name, set()).add(sent)
    return _narrowed(
        pieces, {n: t for n, (t, *more) in types.items() if t is not None and not more}
    )


def _narrowed(pieces: Sequence[Piece], types: Mapping[str, Type]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Line) and piece.annotate is not None and piece.sent is not None:
            sent = next((types[name] for name in piece.binds if name in types), None)
            found.append(replace(piece, annotate=sent) if sent is not None else piece)
        else:
            found.append(with_bodies(piece, partial(_narrowed, types=types)))
    return tuple(found)


def _declared_elsewhere(
    projector: Projector, target: cst.BaseExpression, value: cst.BaseExpression
) -> Type | None:
    """The type of a name that another role declares and that is bound to several types here."""
    whole = projector.type_of(target) if isinstance(target, cst.Name) else None
    if whole is None or whole == projector.type_of(value):
        return None
    assert isinstance(target, cst.Name)
    here = list(_bound_here(projector, target.value))
    if len(here) < 2 or any(isinstance(s.node, cst.AnnAssign) for s in here):
        return None
    declared = any(
        isinstance(s.node, cst.AnnAssign) and target.value in s.binds
        for s in statements(projector.choreography.body)
        if isinstance(s, Simple)
    )
    types = {projector.type_of(s.roots[0].expr) for s in here if s.roots}
    return whole if declared and len(types) > 1 else None


def _bound_here(projector: Projector, name: str) -> Iterator[Simple]:
    """The simple statements that bind a name at this role."""
    for stmt in statements(projector.choreography.body):
        place = projector.facts.stmt_place.get(id(stmt), NOWHERE)
        if isinstance(stmt, Simple) and name in stmt.binds and projector.role in place:
            yield stmt
