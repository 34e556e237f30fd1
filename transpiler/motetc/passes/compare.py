"""Whether a role does the same in two arms: its pieces as text, with endpoints and own names numbered by position.

What an arm takes from before the choice is not its own: it is the same only under the same name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.source import SourceModule
from motetc.frontend.tree import code_for, exchange
from motetc.ir.facts import Facts
from motetc.ir.nodes import Answer, Comm, Concurrent, Invoke, Op
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
    lines_of,
)
from motetc.passes.free_names import bound_within, taken_from_before
from motetc.passes.prune import acts

_PLACEHOLDER = re.compile(r"__(?:op|call)(\d+)(?:_(\w+?))?__(?!\w)")


@dataclass(frozen=True, slots=True)
class Shape:
    """What two arms must share: `text`. `uids` are the operations in it, in order, one for each placeholder."""

    text: str
    uids: tuple[int, ...]


@dataclass(slots=True)
class Shapes:
    """Makes shapes for one role of one choreography."""

    module: SourceModule
    ops: dict[int, Op]
    facts: Facts
    role: str
    given: frozenset[str]
    captured: Callable[[], frozenset[str]]
    """The names that functions and lambdas may read at any time; `given` are those of parameters."""

    def of(self, pieces: Sequence[Piece]) -> Shape:
        """The shape of a statement list."""
        lines = {*lines_of(pieces)}
        outer = {n for n, line, _ in self.facts.names if line not in lines} | self.given
        shared = outer & (taken_from_before(pieces) | self.captured())
        own = bound_within(pieces) - shared
        writer = _ShapeWriter(self, own)
        text = writer.block(pieces)
        return Shape(text, tuple(writer.uids))

    def op_text(self, uid: int) -> str:
        """An operation as this role sees it: kind, partner, what travels."""
        op = self.ops.get(uid)
        if isinstance(op, Comm):
            mine = op.sender.role == self.role
            seats = [s for s in op.receivers if mine or s.role == self.role]
            told = (str(s) for s in seats if id(s) not in self.facts.elided)
            ends = f"{op.sender}>{','.join(told)}"
            return f"<{op.kind if op.kind != 'share' else 'send'} {ends} {self.facts.payload.get(uid)}>"
        if isinstance(op, Answer):
            return f"<answer {op.port.uid}>"
        if isinstance(op, Invoke):
            roles = ",".join(f"{f}={s}" for f, s in op.roles)
            return f"<call {op.callee} {roles} {self.facts.given.get(uid, '')}>"
        return f"<each {uid}>" if not isinstance(op, Concurrent) else "<concurrently>"


@dataclass(slots=True)
class _ShapeWriter:
    shapes: Shapes
    own: frozenset[str]
    names: dict[str, str] = field(default_factory=dict)
    uids: list[int] = field(default_factory=list)

    def block(self, pieces: Sequence[Piece]) -> str:
        return "\n".join(self.piece(p) for p in pieces)

    def piece(self, piece: Piece) -> str:
        match piece:
            case Line():
                return self.code(piece.node)
            case Copied():
                return self.code(_bare(piece.node))
            case Fork():
                head = f"if {self.code(piece.test)}"
                return f"{head}:{{{self.block(piece.then)}}}else{{{self.block(piece.orelse)}}}"
            case Loop():
                head = self.code(piece.head)
                target = self.code(piece.target) if piece.target is not None else ""
                return f"loop {target} {head}:{{{self.block(piece.body)}}}else{{{self.block(piece.orelse)}}}"
            case Switch():
                text = f"match {self.code(piece.subject)}"
                for arm in piece.arms:
                    guard = self.code(arm.guard) if arm.guard is not None else ""
                    text += f"case {self.code(arm.node.pattern)} {guard}{{{self.block(arm.body)}}}"
                return text
            case Exit():
                return f"{piece.kind} {self.code(piece.value) if piece.value is not None else ''}"
            case Sessions():
                self.uids.append(piece.uid)
                return f"each {piece.cluster}{{{self.block(piece.body)}}}"
            case Fused():
                text = _PLACEHOLDER.sub(self._placeholder, piece.text)
                return f"{text}{{{self.block(piece.body)}}}" if piece.body else text

    def code(self, node: cst.CSTNode) -> str:
        renamed = exchange(node, _Rename(self.own, self.names).of)
        return _PLACEHOLDER.sub(self._placeholder, code_for(renamed).strip())

    def _placeholder(self, match: re.Match[str]) -> str:
        uid = int(match.group(1))
        self.uids.append(uid)
        return f"{self.shapes.op_text(uid)}{match.group(2) or ''}"


class _Rename:
    """Names of the arm's own by where they come first."""

    def __init__(self, own: frozenset[str], names: dict[str, str]) -> None:
        self.own = own
        self.names = names
        self.labels: set[int] = set()

    def of(self, node: cst.CSTNode) -> cst.CSTNode | None:
        self.labels.update(map(id, _labels(node)))
        if isinstance(node, cst.Name) and node.value in self.own and id(node) not in self.labels:
            number = self.names.setdefault(node.value, f"__own{len(self.names)}__")
            return cst.Name(number)
        return None


def _labels(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The names in a node that say which one is meant of what others define, or what something is called."""
    match node:
        case (
            cst.Attribute(attr=name)
            | cst.Arg(keyword=cst.Name() as name)
            | cst.MatchKeywordElement(key=name)
        ):
            yield name
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
            yield name
        case cst.ImportAlias(name=cst.Name() as name):
            yield name
        case cst.ImportAlias(name=cst.Attribute() as whole):
            yield from _dotted(whole)
        case _:
            pass


def _dotted(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The names of a dotted one."""
    match node:
        case cst.Attribute(value=value, attr=attr):
            yield from _dotted(value)
            yield attr
        case _:
            yield node


def _bare(node: cst.BaseStatement) -> cst.BaseStatement:
    return node.with_changes(leading_lines=())


def first_act(pieces: Sequence[Piece]) -> Piece | None:
    """The first thing that happens here, other than leaving."""
    for piece in pieces:
        if not acts([piece]):
            continue
        match piece:
            case Fork():
                return first_act((*piece.then, *piece.orelse)) or piece
            case Loop():
                return first_act((*piece.body, *piece.orelse)) or piece
            case Switch():
                return first_act([p for a in piece.arms for p in a.body]) or piece
            case _:
                return piece
    return None
