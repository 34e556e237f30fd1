"""Takes out of a projection what this role has no use for.

A value known at several places is computed by those that read it, not by all that could; what is received and never
read needs no name; a choice around nothing is no choice. Runs on the pieces of one role, after projection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import libcst as cst

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
    inner,
    with_bodies,
)
from motetc.passes.deletions import all_bound, all_deleted, spared
from motetc.passes.liveness import Alike, Names, without_dead
from motetc.passes.unused import alone, reads_alone, unnamed


def prune(
    pieces: Sequence[Piece], given: Names, captured: Callable[[], Names], alike: Alike
) -> tuple[Piece, ...]:
    """The pieces of a whole function, without what nobody reads and without a last bare `return`.

    For what else is given see `liveness.without_dead`.
    """
    kept = _stripped(pieces)
    while (living := without_dead(kept, given, captured, alike)) is not kept:
        kept = _stripped(living)
    return _return_at_once(kept)


def _stripped(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pruned, without a tail that only leaves, and without what nothing but that tail has read."""
    kept = prune_within(pieces)
    stripped = _strip_tail(kept)
    return stripped if reads_of(stripped) == reads_of(kept) else _stripped(stripped)


def _return_at_once(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """`x = …` at the end of pipelines, and then `return x`: the value is returned as it is."""
    match pieces[-2:]:
        case (
            Fused() as fused,
            Exit(kind="return", value=cst.Name(value=name), touches=(), leading=(), comment=""),
        ):
            *rest, last = fused.text.split("\n")
            if re.match(rf"{name}(: [^=]+)? = ", last):
                text = "\n".join([*rest, f"return {last.partition(' = ')[2]}"])
                return (*pieces[:-2], replace(fused, text=text, binds=fused.binds - {name}))
    return pieces


def prune_within(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces without what none of them reads, and without the deletion of what none of them binds."""
    kept = _pruned(pieces)
    gone = all_deleted(pieces) & (all_bound(pieces) - all_bound(kept))
    return prune_within(spared(pieces, gone)) if gone else kept


def _pruned(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    live: frozenset[str] = frozenset()
    while True:
        grown = live | _reads(pieces, live)
        if grown == live:
            break
        live = grown
    kept = _rebuild(pieces, live)
    loops = any(isinstance(piece, (Loop, Fused)) for piece in every(kept))
    if loops and reads_of(kept) != live:  # the end of a turn has gone, and what it alone had read
        return _pruned(kept)
    return kept


def reads_of(pieces: Sequence[Piece], live: frozenset[str] = frozenset()) -> frozenset[str]:
    """The names that pieces read, after pruning: also what they bind for each other. `live`: names that others read."""
    found = live
    while (more := _reads(pieces, found)) - found:
        found |= more
    return found


def acts(pieces: Sequence[Piece], live: frozenset[str] = frozenset()) -> bool:
    """Whether anything in the pieces happens here, other than leaving."""
    return any(_acts(p, live) for p in pieces)


def _acts(piece: Piece, live: frozenset[str]) -> bool:
    match piece:
        case Line(docstring=True):
            return False
        case Line() | Copied():
            return not piece.droppable or bool(piece.binds & live)
        case Exit():
            return piece.value is not None or bool(piece.touches)
        case Sessions() | Fused():
            return True
    return not piece.pure or bool(bound(piece) & live) or acts(inner(piece), live)


def _kept(piece: Piece, live: frozenset[str]) -> bool:
    said = isinstance(piece, Line) and piece.docstring
    return said or _acts(piece, live) or any(exits((piece,)))


def exits(pieces: Sequence[Piece], looping: bool = False) -> Iterator[Exit]:
    """The exits in the pieces that lead out of these. `looping`: a `break` or `continue` does not."""
    for piece in pieces:
        match piece:
            case Exit():
                if piece.kind == "return" or not looping:
                    yield piece
            case Loop():
                yield from exits(piece.body, looping=True)
                yield from exits(piece.orelse, looping)
            case Sessions() | Fused():
                pass
            case _:
                yield from exits(inner(piece), looping)


def breaks(pieces: Sequence[Piece]) -> bool:
    """Whether a `break` leaves the loop around the pieces."""
    return any(exit_.kind == "break" for exit_ in exits(pieces))


def _reads(pieces: Sequence[Piece], live: frozenset[str]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for piece in pieces:
        if not _kept(piece, live) or _same_exit(piece, live):
            continue
        if below := inner(piece):
            found |= _reads(below, live)
        match piece:
            case Fork() | Switch():
                found |= _asked(piece, live)
            case Sessions():
                found |= {piece.net}
            case Line():
                found |= piece.reads if piece.binds & live else unnamed(piece).reads
            case _:
                found |= piece.reads
    return found


def _asked(piece: Fork | Switch, live: frozenset[str]) -> frozenset[str]:
    """What the condition or subject reads, if something follows from it, or what is left of it otherwise."""
    guards = [arm.reads for arm in piece.arms] if isinstance(piece, Switch) else []
    captured = bool(guards) and bool(bound(piece) & live)
    if not captured and not any(_kept(p, live) for p in inner(piece)):
        return reads_alone(piece)
    return piece.reads.union(*guards)


def _rebuild(pieces: Sequence[Piece], live: frozenset[str]) -> tuple[Piece, ...]:
    kept: list[Piece] = []
    for piece in pieces:
        if not _kept(piece, live):
            continue
        last = _same_exit(piece, live) or _rebuilt(piece, live)
        kept.append(last)
        if isinstance(last, Exit):
            break
    return tuple(kept)


def _same_exit(piece: Piece, live: frozenset[str]) -> Exit | None:
    """The exit that a choice comes to whichever way it goes, where nothing else happens in its arms."""
    if not isinstance(piece, Fork) or _acts(piece, live):
        return None
    match _rebuild(piece.then, live), _rebuild(piece.orelse, live):
        case (Exit() as exit_,), (Exit() as other,) if exit_.kind == other.kind:
            return replace(exit_, leading=(*piece.leading, *exit_.leading))
    return None


def _rebuilt(piece: Piece, live: frozenset[str]) -> Piece:
    match piece:
        case Line():
            return piece if piece.binds & live else unnamed(piece)
        case Fused():
            body = piece.body if acts(piece.body, live) or breaks(piece.body) else ()
            return replace(piece, body=_strip_tail(_rebuild(body, live), "continue"))
        case Sessions():
            return replace(piece, body=_stripped(piece.body))
    rebuilt = with_bodies(piece, partial(_rebuild, live=live))
    match rebuilt:
        case Loop():
            rebuilt = replace(rebuilt, body=_strip_tail(rebuilt.body, "continue"))
            idle = rebuilt.still and not (inner(rebuilt) or rebuilt.binds & live)
            return alone(rebuilt, live) if idle else rebuilt
        case Switch() if inner(rebuilt) or bound(rebuilt) & live:
            return _without_last(rebuilt, live)
        case Fork() | Switch():
            return rebuilt if inner(rebuilt) else alone(rebuilt, live)
        case _:
            return piece


def _without_last(switch: Switch, live: frozenset[str]) -> Switch:
    """Without the last arms in which nothing is done."""
    arms = switch.arms
    while arms and not (arms[-1].body or arms[-1].guard is not None or arms[-1].binds & live):
        arms = arms[:-1]
    return replace(switch, arms=arms)


def _strip_tail(pieces: tuple[Piece, ...], kind: str = "return") -> tuple[Piece, ...]:
    """Without a bare `return` where the function ends anyway, or a `continue` where the loop's body does."""
    if not pieces:
        return pieces
    *before, last = pieces
    match last:
        case Exit() if last.kind == kind and last.value is None:
            said = kind == "continue" and (last.leading or last.comment)
            return pieces if said else _strip_tail(pieces[:-1], kind)
        case Fork() | Switch():
            stripped = with_bodies(last, lambda body: _strip_tail(tuple(body), kind))
            if inner(stripped):
                read = frozenset() if kind == "return" else all_bound(pieces)
                done = _without_last(stripped, read) if isinstance(stripped, Switch) else stripped
                return (*before, done)
            return _strip_tail(pieces[:-1], kind) if last.pure else (*before, alone(last))
        case _:
            return pieces
