"""Counts names of ours anew in every function.

They are made up for the whole choreography, before it is known which role has a use for which. Before, where `received`
is another role's: `received_2: int = await net.tip.recv()`. After: `received: int = await net.tip.recv()`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

import libcst as cst

from motetc.frontend.expand_names import Renaming
from motetc.frontend.naming import free_name
from motetc.frontend.scope import names_of
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
    every,
    with_bodies,
)

_COUNTED = re.compile(r"(chosen|holds|operand|received)(_\d+)?$")
NodeT = TypeVar("NodeT", bound=cst.CSTNode)


def renumbered(
    pieces: tuple[Piece, ...], scratch: Collection[str], taken: Collection[str]
) -> tuple[Piece, ...]:
    """The pieces of a whole function. `scratch`: names of ours; `taken`: names that this role's module has."""
    if not any(name.endswith(tuple("0123456789")) for name in scratch):
        return pieces
    if any(isinstance(piece, Fused) for piece in every(pieces)):
        return pieces  # pipelines are text
    bound = dict.fromkeys(n for piece in every(pieces) for n in sorted(_binds(piece)))
    counted = {n: found[1] for n in bound if n in scratch and (found := _COUNTED.match(n))}
    others = {n for n in taken if n not in scratch} | (bound.keys() - counted.keys())
    new: dict[str, str] = {}
    for name, hint in counted.items():
        new[name] = free_name(hint, lambda n: n in others or n in new.values())
    changed = {old: name for old, name in new.items() if old != name}
    return tuple(renamed(piece, changed) for piece in pieces) if changed else pieces


def _binds(piece: Piece) -> Collection[str]:
    return getattr(piece, "binds", ())


def renamed(piece: Piece, names: Mapping[str, str]) -> Piece:
    """A piece with other names, in its bodies too."""
    if isinstance(piece, (Sessions, Fused)):
        return with_bodies(piece, lambda body: tuple(renamed(inner, names) for inner in body))
    reads = _all(piece.reads, names)
    match piece:
        case Line():
            node = _in(piece.node, names)
            return replace(piece, node=node, reads=reads, binds=_all(piece.binds, names))
        case Copied():
            return replace(piece, node=_in(piece.node, names), reads=reads)
        case Exit():
            return replace(piece, value=piece.value and _in(piece.value, names), reads=reads)
        case Fork():
            piece = replace(piece, test=_in(piece.test, names), reads=reads)
        case Loop():
            piece = replace(piece, head=_in(piece.head, names), reads=reads)
        case Switch():
            arms = [replace(a, guard=a.guard and _in(a.guard, names)) for a in piece.arms]
            piece = replace(piece, subject=_in(piece.subject, names), reads=reads, arms=tuple(arms))
    return with_bodies(piece, lambda body: tuple(renamed(inner, names) for inner in body))


def _all(found: frozenset[str], names: Mapping[str, str]) -> frozenset[str]:
    return frozenset(names.get(n, n) for n in found)


def _in(node: NodeT, names: Mapping[str, str]) -> NodeT:
    """A statement or an expression with other names; itself, where none of them is in it."""
    read = names_of(node)
    if (read.reads | read.binds).isdisjoint(names):
        return node
    found = node.visit(Renaming({old: cst.Name(new) for old, new in names.items()}, str))
    assert isinstance(found, type(node))
    return found
