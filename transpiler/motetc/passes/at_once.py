"""What is received under a name of ours, to be read in the next statement and nowhere else, is received there.

Before: `received = await net.paid.recv()`, `total += received`. After: `total += await net.paid.recv()`. Only where
nothing that could have an effect is evaluated before it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import libcst as cst

from motetc.frontend.parentheses import in_parentheses
from motetc.frontend.tree import code_for, exchange
from motetc.ir.pieces import Exit, Line, Piece, reads_counted, with_bodies
from motetc.passes.fuse.inline import reads_first, uses


def received_at_once(
    pieces: tuple[Piece, ...], scratch: Collection[str], captured: Callable[[], frozenset[str]]
) -> tuple[Piece, ...]:
    """The pieces of a whole function. `scratch`: names of ours; `captured`: what may change while one waits."""
    if not scratch:
        return pieces
    counts = reads_counted(pieces)
    once = frozenset(name for name in scratch if counts[name] == 1)
    return _within(pieces, once, captured()) if once else pieces


def _within(
    pieces: Sequence[Piece], once: frozenset[str], captured: frozenset[str]
) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for piece in pieces:
        whole = with_bodies(piece, lambda bodies: _within(bodies, once, captured))
        joined = _joined(found[-1], whole, once, captured) if found else None
        if joined is not None:
            found[-1] = joined
        else:
            found.append(whole)
    return tuple(found)


def _joined(
    first: Piece, second: Piece, once: frozenset[str], captured: frozenset[str]
) -> Piece | None:
    match first:
        case Line(
            node=cst.Assign(
                targets=[cst.AssignTarget(target=cst.Name(value=name))],
                value=value,
            )
        ) if name in once and first.touches:
            pass
        case _:
            return None
    read = _read_at(second, captured)
    bare = isinstance(read, cst.Name) or isinstance(value, (cst.Await, cst.BooleanOperation))
    if read is None or not bare:
        return None
    if uses(read, name) != 1 or not reads_first(read, name, code_for(value)):
        return None
    assert isinstance(second, Line | Exit)
    if isinstance(second, Exit):
        told: Exit | Line = replace(second, value=_with(read, name, value))
    else:
        node = second.node.with_changes(value=_with(read, name, value))
        told = replace(second, node=node, droppable=False)
    return replace(
        told,
        touches=(*first.touches, *second.touches),
        reads=first.reads | second.reads - {name},
        leading=(*first.leading, *second.leading),
        comment="  ".join(filter(None, (first.comment, second.comment))),
    )


def _read_at(piece: Piece, captured: frozenset[str]) -> cst.BaseExpression | None:
    """What a statement evaluates before anything else of it happens."""
    match piece:
        case Exit(value=value):
            return value
        case Line(docstring=True):
            return None
        case Line(
            node=cst.Assign(value=value) | cst.AnnAssign(value=value) | cst.Expr(value=value)
        ):
            return value
        case Line(node=cst.AugAssign(target=cst.Name(value=target), value=value)):
            return value if target not in captured else None
        case _:
            return None


def _with(expr: cst.BaseExpression, name: str, value: cst.BaseExpression) -> cst.BaseExpression:
    """The expression with what is received in the place of its name."""
    if isinstance(expr, cst.Name):
        return value
    operand = in_parentheses(value)
    bare = (cst.BinaryOperation, cst.Comparison, cst.BooleanOperation)

    def new(node: cst.CSTNode) -> cst.CSTNode | None:
        match node:
            case cst.Arg(value=cst.Name(value=found)) if found == name:
                return node.with_changes(value=value)
            case cst.Name(value=found) if found == name:
                tight = isinstance(value, cst.Await) and isinstance(expr, bare)
                return value if tight and node in expr.children else operand
            case cst.Attribute():
                return node.with_changes(value=exchange(node.value, new))
            case _:
                return None

    return exchange(expr, new)
