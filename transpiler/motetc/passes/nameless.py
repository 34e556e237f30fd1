"""Calls `_` what is taken apart here and read elsewhere alone; what is bound on the way (`:=`, `as`) is not bound.

A loop that several locations go through counts for all of them, and one may be enough to read the number; a pair that
arrives may have a half that this role has no use for. What no location reads keeps the name that the source has for it.
Before: `for n in range(await net.len.recv()):` around nothing that reads `n`. After: `for _ in range(…):`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import TypeVar

import libcst as cst

from motetc.frontend.parentheses import unparenthesized
from motetc.frontend.scope import names_of, names_of_all, read_in
from motetc.ir.nodes import Choreography
from motetc.ir.pieces import Line, Loop, Piece, every, with_bodies
from motetc.passes.deletions import all_bound, all_deleted
from motetc.passes.prune import reads_of
from motetc.passes.unbound import all_in_passing, read_by_guards, unbound

NOBODY = "_"
TargetT = TypeVar("TargetT", bound=cst.BaseExpression)


def nameless(
    pieces: tuple[Piece, ...], choreography: Choreography, own: Container[str] = ()
) -> tuple[Piece, ...]:
    """The pieces of a whole function, with `_` for targets that are read, but not by this role. `own`: names of the
    module, which are not Python's."""
    bound = {name for target in _targets(pieces) for name in _names(target)}
    in_passing = all_in_passing(pieces)
    if not bound | in_passing:
        return pieces
    here = reads_of(pieces) | all_deleted(pieces) | read_by_guards(pieces)
    read = read_in(choreography.node) if (bound | in_passing) - here else frozenset()
    gone = frozenset(bound & read - here) if NOBODY not in read | here else None
    pieces = _within(pieces, gone, "enumerate" not in own) if gone else pieces
    return unbound(pieces, frozenset(in_passing & read - here - bound))


def loop_target(
    node: cst.For, body: Sequence[Piece], choreography: Choreography
) -> cst.BaseExpression:
    """What a role calls the elements of an `async for` whose body is `body` there."""
    names = {*_names(node.target)} - all_deleted(body)
    names -= reads_of(body, all_bound(body) - names)
    if not names or NOBODY in read_in(choreography.node):
        return node.target
    every = [*choreography.node.body.body]
    later = every[next((i for i, x in enumerate(every) if x is node), -1) + 1 :]
    gone = names & names_of(node.body).reads - names_of_all(later).reads
    return _unnamed(node.target, gone)


def _targets(pieces: Sequence[Piece]) -> Iterator[cst.BaseExpression]:
    """What loops bind, and what assignments take apart."""
    for piece in every(pieces):
        match piece:
            case Line(node=cst.Assign(targets=[cst.AssignTarget(target=cst.Tuple() as target)])):
                yield target
            case Loop() if piece.target is not None:
                yield piece.target
            case _:
                pass


def _names(target: cst.BaseExpression) -> Iterator[str]:
    match target:
        case cst.Name():
            yield target.value
        case cst.Tuple() | cst.List():
            for element in target.elements:
                yield from _names(element.value)
        case _:
            pass


def _within(pieces: Sequence[Piece], gone: frozenset[str], counts: bool) -> tuple[Piece, ...]:
    return tuple(_without(piece, gone, counts) for piece in pieces)


def _without(piece: Piece, gone: frozenset[str], counts: bool) -> Piece:
    """`counts`: `enumerate` is Python's."""
    match piece:
        case Line(
            node=cst.Assign(targets=[cst.AssignTarget(target=cst.Tuple() as target)]) as node
        ):
            node = _halved(_unnamed(target, gone), node)
            return replace(piece, node=node, binds=piece.binds - gone)
        case Loop():
            bound = piece.target and _unnamed(piece.target, gone)
            piece = replace(piece, target=bound, binds=piece.binds - gone)
            piece = _uncounted(piece) if counts else piece
        case _:
            pass
    return with_bodies(piece, partial(_within, gone=gone, counts=counts))


def _halved(target: cst.Tuple, node: cst.Assign) -> cst.Assign:
    """`won, _ = 0, 0` is `won = 0`: the assignment to `target`, without the literals that nobody has a use for."""
    whole = node.with_changes(targets=[node.targets[0].with_changes(target=target)])
    value = node.value
    if not isinstance(value, cst.Tuple) or len(value.elements) != len(target.elements):
        return whole
    pairs = [*zip(target.elements, value.elements, strict=True)]
    if any(isinstance(e, cst.StarredElement) for pair in pairs for e in pair):
        return whole
    kept = [(to, of) for to, of in pairs if not (_is_nobody(to.value) and _is_literal(of.value))]
    match kept:
        case [] if pairs:
            return whole
        case [(to, of)]:
            only = node.targets[0].with_changes(target=unparenthesized(to.value))
            return node.with_changes(targets=[only], value=unparenthesized(of.value))
        case _ if len(kept) == len(pairs):
            return whole
        case _:
            tos, ofs = ([*elements] for elements in zip(*kept, strict=True))
            only = node.targets[0].with_changes(target=_of(target, tos))
            return node.with_changes(targets=[only], value=_of(value, ofs))


def _of(whole: cst.Tuple, elements: list[cst.BaseElement]) -> cst.Tuple:
    """A tuple of some of the elements; more than one, so that no comma need follow the last."""
    last = elements[-1].with_changes(comma=whole.elements[-1].comma)
    return whole.with_changes(elements=[*elements[:-1], last])


def _is_nobody(target: cst.BaseExpression) -> bool:
    if isinstance(target, cst.Tuple):
        return all(_is_nobody(element.value) for element in target.elements)
    return isinstance(target, cst.Name) and target.value == NOBODY


def _is_literal(value: cst.BaseExpression) -> bool:
    match value:
        case cst.BaseNumber() | cst.SimpleString() | cst.Name("None" | "True" | "False"):
            return True
        case cst.Dict(elements=[]):
            return True
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            return all(isinstance(e, cst.Element) and _is_literal(e.value) for e in elements)
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.BaseNumber()):
            return True
        case _:
            return False


def _uncounted(loop: Loop) -> Loop:
    """`for _, x in enumerate(xs):` is `for x in xs:`."""
    match loop.target, loop.head:
        case (
            cst.Tuple(elements=[cst.Element(value=cst.Name(value="_")), cst.Element(value=target)]),
            cst.Call(
                func=cst.Name(value="enumerate"),
                args=[cst.Arg(value=items, star="", keyword=None), *start],
            ),
        ) if len(start) < 2 and all(_is_plain(a) for a in start):
            bare = (
                target.with_changes(lpar=(), rpar=()) if isinstance(target, cst.Tuple) else target
            )
            reads = loop.reads - {"enumerate"} | names_of(items).reads
            return replace(loop, target=bare, head=items, reads=reads)  # type: ignore[arg-type]
    return loop


def _is_plain(start: cst.Arg) -> bool:
    """Whether evaluating a number to count from does nothing."""
    return isinstance(start.value, (cst.Name, cst.Integer)) and not start.star


def _unnamed(target: TargetT, gone: Set[str]) -> TargetT:
    if isinstance(target, cst.Name) and target.value in gone:
        return target.with_changes(value=NOBODY)
    if isinstance(target, (cst.Tuple, cst.List)):
        elements = [e.with_changes(value=_unnamed(e.value, gone)) for e in target.elements]
        return target.with_changes(elements=elements)  # type: ignore[return-value]
    return target
