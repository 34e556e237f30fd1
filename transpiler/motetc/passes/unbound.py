"""Names that are bound on the way, by `:=` and by the patterns of a `match`, where nobody here reads them.

Before: `if (n := len(x)) > 3:`, `case [first, last]:`. After: `if len(x) > 3:`, `case [first, _]:`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from motetc.frontend.parentheses import parenthesized, unparenthesized
from motetc.frontend.scope import names_of
from motetc.frontend.tree import exchange
from motetc.ir.pieces import Exit, Fork, Line, Loop, Piece, Switch, inner, with_bodies

_TIGHT = (cst.Await, cst.Name, cst.Attribute, cst.Call, cst.Subscript)


def all_in_passing(pieces: Sequence[Piece]) -> frozenset[str]:
    """The names that some pieces bind on the way."""
    found: frozenset[str] = frozenset()
    for piece in pieces:
        match piece:
            case Fork():
                found |= piece.binds
            case Loop() if piece.target is None:
                found |= piece.binds
            case Switch():
                guards = [names_of(arm.guard).binds for arm in piece.arms if arm.guard is not None]
                found = found.union(*(arm.binds for arm in piece.arms), *guards)
            case Line(node=cst.Expr()):
                found |= piece.binds
            case _:
                pass
        found |= all_in_passing(inner(piece))
    return found


def read_by_guards(pieces: Sequence[Piece]) -> frozenset[str]:
    """The names that the guards of a `match` read, those of its own patterns too."""
    found: frozenset[str] = frozenset()
    for piece in pieces:
        arms = piece.arms if isinstance(piece, Switch) else ()
        guards = [names_of(arm.guard).reads for arm in arms if arm.guard is not None]
        found = found.union(read_by_guards(inner(piece)), *guards)
    return found


def unbound(pieces: tuple[Piece, ...], gone: frozenset[str]) -> tuple[Piece, ...]:
    """The pieces with some names bound on the way no more."""
    return tuple(_without(piece, gone) for piece in pieces) if gone else pieces


def _without(piece: Piece, gone: frozenset[str]) -> Piece:
    match piece:
        case Fork():
            piece = replace(piece, test=_value(piece.test, gone), binds=piece.binds - gone)
        case Loop():
            piece = replace(piece, head=_value(piece.head, gone), binds=piece.binds - gone)
        case Switch():
            arms = tuple(
                replace(
                    arm,
                    node=arm.node.with_changes(pattern=_pattern(arm.node.pattern, gone)),
                    guard=arm.guard and _value(arm.guard, gone),
                    binds=arm.binds - gone,
                )
                for arm in piece.arms
            )
            piece = replace(piece, subject=_value(piece.subject, gone), arms=arms)
        case Line(node=cst.Expr(value=value)) if piece.binds & gone:
            node = cst.Expr(_value(value, gone))
            piece = replace(piece, node=node, binds=piece.binds - gone)
        case Exit() if piece.value is not None:
            piece = replace(piece, value=_value(piece.value, gone))
        case _:
            pass
    return with_bodies(piece, lambda bodies: unbound(tuple(bodies), gone))


def _value(expr: cst.BaseExpression, gone: frozenset[str]) -> cst.BaseExpression:
    """An expression without `:=` for some names; a text that shows what it is made of stays."""

    def new(node: cst.CSTNode) -> cst.CSTNode | None:
        match node:
            case cst.FormattedString() | cst.Lambda() | cst.BaseComp():
                return node
            case cst.NamedExpr(target=cst.Name(value=name), value=value) if name in gone:
                made = _value(value, gone)
                return unparenthesized(made) if node is expr else _operand(node, made)
            case _:
                return None

    found = exchange(expr, new)
    return found if found is expr else _bare(found)


def _bare(expr: cst.BaseExpression) -> cst.BaseExpression:
    """A comparison whose left side needs no parentheses any more has none."""
    match expr:
        case cst.Comparison(left=cst.BinaryOperation() | cst.Await() as left):
            return expr.with_changes(left=unparenthesized(left))
        case _:
            return expr


def _operand(node: cst.NamedExpr, value: cst.BaseExpression) -> cst.BaseExpression:
    """The value in the place of a `:=`, which had parentheses if it needed any; a call needs none."""
    return parenthesized(value) if node.lpar and not isinstance(value, _TIGHT) else value


def _is_gone(pattern: cst.MatchPattern, gone: frozenset[str]) -> bool:
    """Whether a pattern is nothing but a name that is not bound."""
    match pattern:
        case cst.MatchAs(pattern=None, name=cst.Name(value=name)):
            return name in gone
        case _:
            return False


def _shorter(node: cst.MatchClass, gone: frozenset[str]) -> cst.MatchClass:
    """Without attributes that are only given names, which are there whatever they are."""
    named = [k for k in node.kwds if not _is_gone(k.pattern, gone)]
    placed = [*node.patterns]
    while placed and _is_gone(placed[-1].value, gone):
        placed.pop()
    if len(placed) == len(node.patterns) and len(named) == len(node.kwds):
        return node
    if len(placed) < len(node.patterns) and placed and not named:
        placed[-1] = placed[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    if len(named) < len(node.kwds) and named:
        named[-1] = named[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return node.with_changes(patterns=placed, kwds=named)


def _pattern(pattern: cst.MatchPattern, gone: frozenset[str]) -> cst.MatchPattern:
    def new(node: cst.CSTNode) -> cst.CSTNode | None:
        match node:
            case cst.MatchAs(name=cst.Name(value=name)) if name in gone:
                if node.pattern is not None:
                    return _pattern(node.pattern, gone)
                return node.with_changes(name=None)
            case cst.MatchClass() if (shorter := _shorter(node, gone)) is not node:
                return _pattern(shorter, gone)
            case cst.MatchStar(name=cst.Name(value=name)) if name in gone:
                return node.with_changes(name=None)
            case cst.MatchMapping(rest=cst.Name(value=name)) if name in gone:
                return exchange(node.with_changes(rest=None), new)
            case _:
                return None

    return exchange(pattern, new)
