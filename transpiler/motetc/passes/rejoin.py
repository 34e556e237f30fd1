"""`and`, `or` and the heads of loops that had to be statements for some role are expressions again for the others.

Before: `chosen = tries < 3`, `if chosen: chosen = await net.ok.recv()`, `if not chosen: break` at the head of a
`while True:`. After: `while tries < 3 and await net.ok.recv():`. A role that has more to do in between keeps the
statements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from motetc.frontend.parentheses import in_parentheses, negated, unparenthesized
from motetc.ir.pieces import Exit, Fork, Line, Loop, Piece, reads_counted, with_bodies
from motetc.passes.prune import exits


def rejoined(pieces: tuple[Piece, ...], scratch: Collection[str]) -> tuple[Piece, ...]:
    """The pieces of a whole function. `scratch`: names of ours."""
    counts = reads_counted(pieces) if scratch else Counter[str]()
    return _Rejoining(frozenset(scratch), counts).within(pieces)


@dataclass(frozen=True, slots=True)
class _Rejoining:
    """`counts`: how many statements read a name."""

    scratch: frozenset[str]
    counts: Counter[str]

    def within(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        found: list[Piece] = []
        for piece in pieces:
            whole = self._loop(_merged(with_bodies(piece, self.within)))
            last = found[-1] if found else None
            name, _ = _bound(last)
            joined = None
            if isinstance(last, Line) and isinstance(whole, Fork) and name in self.scratch:
                joined = self._both(last, name, whole) or self._tested(last, name, whole)
            if joined is not None:
                found[-1] = joined
            else:
                found.append(whole)
        return tuple(found)

    def _both(self, first: Line, name: str, fork: Fork) -> Line | None:
        """`c = a`, `if c: c = b` is `c = a and b`; with `if not c`, it is `c = a or b`."""
        if len(fork.then) != 1 or fork.orelse or fork.leading or fork.guard:
            return None
        (second,) = fork.then
        again, right = _bound(second)
        sense = _sense(fork.test, name)
        _, left = _bound(first)
        if again != name or left is None or right is None or sense is None:
            return None
        assert isinstance(second, Line)
        if second.leading or second.comment:
            return None
        operator = cst.And() if sense else cst.Or()
        value = cst.BooleanOperation(_operand(left, operator), operator, _operand(right, operator))
        self.counts[name] -= 1
        return replace(
            first,
            node=cst.Assign([cst.AssignTarget(cst.Name(name))], value),
            touches=(*first.touches, *second.touches),
            reads=first.reads | second.reads,
            binds=first.binds | second.binds,
            droppable=first.droppable and second.droppable,
        )

    def _tested(self, first: Line, name: str, fork: Fork) -> Fork | None:
        """`c = a and b`, `if c:` is `if a and b:`."""
        _, value = _bound(first)
        sense = _sense(fork.test, name)
        if value is None or sense is None or self.counts[name] != 1:
            return None
        bare = unparenthesized(value)
        return replace(
            fork,
            test=bare if sense else negated(bare),
            touches=(*first.touches, *fork.touches),
            reads=first.reads | fork.reads - {name},
            binds=first.binds - {name} | fork.binds,
            leading=(*first.leading, *fork.leading),
            comment="  ".join(filter(None, (first.comment, fork.comment))),
            pure=False,
        )

    def _loop(self, piece: Piece) -> Piece:
        """`while True:` that begins with `if not (a and b): break` is `while a and b:`, if it was in the source.

        What is done before it leaves is its `else`.
        """
        match piece:
            case Loop(head=cst.Name(value="True"), target=None, orelse=(), body=body):
                pass
            case _:
                return piece
        match body:
            case (
                Fork(
                    test=test,
                    then=(*last, Exit(kind="break", leading=(), comment="")),
                    orelse=(),
                    leading=(),
                    guard=False,
                ) as fork,
                *rest,
            ) if _is_of(piece, fork) and all(left.kind == "return" for left in exits(last)):
                return replace(
                    piece,
                    head=_going_on(test),
                    body=tuple(rest),
                    orelse=tuple(last),
                    touches=(*piece.touches, *fork.touches),
                    reads=piece.reads | fork.reads,
                    binds=piece.binds | fork.binds,
                    comment="  ".join(filter(None, (piece.comment, fork.comment))),
                    pure=piece.pure and fork.pure,
                )
            case _:
                return piece


def _merged(piece: Piece) -> Piece:
    """`if a:` with nothing in it but `if b:`, where the source has both in one line."""
    match piece:
        case Fork(
            then=(Fork(orelse=(), leading=(), comment="", guard=False) as second,), orelse=()
        ):
            if piece.guard or piece.span.line != second.span.line:
                return piece
            both = (_operand(piece.test, cst.And()), _operand(second.test, cst.And()))
            return replace(
                piece,
                test=cst.BooleanOperation(both[0], cst.And(), both[1]),
                then=second.then,
                touches=(*piece.touches, *second.touches),
                reads=piece.reads | second.reads,
                binds=piece.binds | second.binds,
                pure=piece.pure and second.pure,
                footer=second.footer or piece.footer,
            )
        case _:
            return piece


def _is_of(loop: Loop, head: Fork) -> bool:
    """Whether a condition with messages is the loop's own in the source."""
    return bool(head.touches) and loop.span.line == head.span.line


def _bound(piece: Piece | None) -> tuple[str, cst.BaseExpression | None]:
    """The name that a plain assignment binds, and its value."""
    match piece:
        case Line(
            node=cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value)
        ):
            return name, value
        case _:
            return "", None


def _going_on(leaves: cst.BaseExpression) -> cst.BaseExpression:
    """The condition of a loop that is left under another one."""
    match leaves:
        case cst.UnaryOperation(operator=cst.Not(), expression=asked):
            return unparenthesized(asked)
        case _:
            return negated(leaves)


def _sense(test: cst.BaseExpression, name: str) -> bool | None:
    """Whether a condition is a name, or (False) that it does not hold; None for any other."""
    match test:
        case cst.Name(value=found) if found == name:
            return True
        case cst.UnaryOperation(operator=cst.Not(), expression=asked):
            inner = _sense(asked, name)
            return None if inner is None else not inner
        case _:
            return None


def _operand(expr: cst.BaseExpression, operator: cst.BaseBooleanOp) -> cst.BaseExpression:
    """An expression beside `and` or `or`, in parentheses where it needs them."""
    bare = unparenthesized(expr)
    loose = isinstance(bare, (cst.IfExp, cst.Lambda)) or (
        isinstance(bare, cst.BooleanOperation) and type(bare.operator) is not type(operator)
    )
    return in_parentheses(bare) if loose else bare
