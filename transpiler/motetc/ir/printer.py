"""Prints located programs and projections, for `motet dump` and for whoever works on a pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Protocol

import libcst as cst

from motetc.ir.facts import Facts
from motetc.ir.live import Hop, Port
from motetc.ir.nodes import (
    Answer,
    Block,
    Choreography,
    Comm,
    Concurrent,
    Each,
    Flow,
    For,
    If,
    Invoke,
    Jump,
    Match,
    Op,
    Opaque,
    Return,
    Simple,
    Stmt,
    While,
)
from motetc.ir.pieces import (
    Copied,
    Exit,
    Fork,
    Fused,
    Line,
    Loop,
    Piece,
    Projection,
    Sessions,
    Switch,
    call_name,
)
from motetc.ir.place import Place
from motetc.ir.walk import root_operations, roots

_EMPTY = cst.Module([])


class Passed(Protocol):
    """A choreography after the passes."""

    @property
    def choreography(self) -> Choreography: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def projections(self) -> Mapping[str, Projection]: ...
    @property
    def names(self) -> Mapping[int, str]: ...


def print_program(choreographies: Iterable[Choreography], facts: Facts | None = None) -> str:
    """The located program, one line a statement, operations below it."""
    return "\n".join(line for c in choreographies for line in _choreography(c, facts))


def print_projections(compiled: Iterable[Passed], after: str) -> str:
    """What there is after a pass: places, or pieces role by role, with names once they are given."""
    lines: list[str] = []
    for passed in compiled:
        if after == "places":
            lines += _choreography(passed.choreography, passed.facts)
            continue
        for role, projection in passed.projections.items():
            lines.append(f"{passed.choreography.key} at {role}:")
            text = "\n".join(_pieces(projection.pieces, "  "))
            if after == "name_channels":
                for uid, name in sorted(passed.names.items(), reverse=True):
                    text = re.sub(rf"__op{uid}(?:_(\w+?))?__(?!\w)", _naming(name), text)
            lines.append(text or "  nothing")
    return "\n".join(lines)


def _choreography(choreography: Choreography, facts: Facts | None) -> Iterator[str]:
    roles = ", ".join(
        f"{r.name}: {r.class_name}{'*' if r.cluster else ''}" for r in choreography.roles
    )
    yield f"choreography {choreography.key}({roles})"
    for parameter in choreography.parameters:
        yield f"  {parameter.name} @ {parameter.place}"
    yield from _body(choreography.body, "  ", facts)
    for result in choreography.results:
        yield f"  result @ {result.place}"


def _body(body: Sequence[Stmt], indent: str, facts: Facts | None) -> Iterator[str]:
    for stmt in body:
        yield indent + _head(stmt) + _placed(stmt, facts)
        for root in roots(stmt):
            for op in root_operations(root):
                yield f"{indent}    {_operation(op)}"
        match stmt:
            case If():
                yield from _body(stmt.then, indent + "  ", facts)
                if stmt.orelse:
                    yield indent + "else"
                    yield from _body(stmt.orelse, indent + "  ", facts)
            case While() | For():
                yield from _body(stmt.body, indent + "  ", facts)
            case Match():
                for case in stmt.cases:
                    yield f"{indent}case {_code(case.node.pattern)}"
                    yield from _body(case.body, indent + "  ", facts)
            case Each():
                yield from _body(stmt.body, indent + "  ", facts)
            case Flow():
                yield from _flow(stmt, indent + "    ")
                if stmt.turns is not None:
                    target = _code(stmt.turns.node.target)
                    yield f"{indent}  async for {target} at {', '.join(stmt.turns.roles)}"
                    yield from _body(stmt.turns.body, indent + "    ", facts)
            case _:
                pass


def _placed(stmt: Stmt, facts: Facts | None) -> str:
    if facts is None:
        return ""
    place = facts.stmt_place.get(id(stmt))
    if place is None:
        found = [facts.root_place[id(r)] for r in roots(stmt) if id(r) in facts.root_place]
        place = (
            reduce(Place.join, found[: None if isinstance(stmt, Return) else 1]) if found else None
        )
    return f"  @ {place}" if place is not None else ""


def _head(stmt: Stmt) -> str:
    match stmt:
        case Simple() | Return() | Jump():
            return f"{stmt.span.line}: {_code(stmt.node)}"
        case Block():
            seats = ", ".join(map(str, stmt.seats))
            return f"{stmt.span.line}: with {seats}: binds {', '.join(stmt.binds) or 'nothing'}"
        case Opaque():
            return f"{stmt.span.line}: local {type(stmt.node).__name__}"
        case If():
            return f"{stmt.span.line}: if {_code(stmt.test.expr)}"
        case While():
            return f"{stmt.span.line}: while {_code(stmt.test.expr)}"
        case For():
            return f"{stmt.span.line}: for {_code(stmt.node.target)} in {_code(stmt.iter.expr)}"
        case Match():
            return f"{stmt.span.line}: match {_code(stmt.subject.expr)}"
        case Each():
            return f"{stmt.span.line}: each {stmt.variable} of {stmt.role}"
        case Flow():
            return f"{stmt.span.line}: flow"


def _flow(flow: Flow, indent: str) -> Iterator[str]:
    for live in flow.lives:
        name = f"{live.name} = " if live.name else ""
        inputs = ", ".join(f"#{i.uid}" for i in live.sources)
        marks = [live.shape, "ordered" * live.ordered, "once" * live.once, "bounded" * live.bounded]
        hop = f" from {live.hop.sender} (#{live.hop.uid})" if live.hop is not None else ""
        yield (
            f"{indent}#{live.uid} {name}{live.op}({inputs}) @ {live.role}{hop}: "
            f"{' '.join(filter(None, marks))}"
        )
    for collect in flow.collects:
        yield f"{indent}{collect.name} = collect(#{collect.live.uid})"


def _operation(op: Op) -> str:
    match op:
        case Comm():
            to = f" -> {', '.join(map(str, op.receivers))}" if op.receivers else ""
            return f"#{op.uid} {op.kind} {op.sender}{to}: {_code(op.value.expr)}"
        case Invoke():
            return f"#{op.uid} call {op.callee}({', '.join(f'{f}={s}' for f, s in op.roles)})"
        case Concurrent():
            return f"#{op.uid} concurrently {', '.join(c.callee for c in op.calls)}"
        case Answer():
            to = f" -> {_code(op.client.expr)}" if op.client is not None else ""
            return f"#{op.uid} answer {op.port.name} @ {op.seat}{to}: {_code(op.value.expr)}"
        case Port():
            return f"#{op.uid} port {op.name} @ {op.role}"
        case Hop():
            return f"#{op.uid} {op.kind} {op.sender} -> {', '.join(op.receivers)}"


def _pieces(pieces: Sequence[Piece], indent: str) -> Iterator[str]:
    for piece in pieces:
        match piece:
            case Line() | Copied():
                yield indent + _code(piece.node)
            case Fork():
                yield f"{indent}if {_code(piece.test)}:"
                yield from _pieces(piece.then, indent + "  ")
                if piece.orelse:
                    yield f"{indent}else:"
                    yield from _pieces(piece.orelse, indent + "  ")
            case Loop():
                target = f"for {_code(piece.target)} in" if piece.target is not None else "while"
                yield f"{indent}{target} {_code(piece.head)}:"
                yield from _pieces(piece.body, indent + "  ")
            case Switch():
                yield f"{indent}match {_code(piece.subject)}:"
                for arm in piece.arms:
                    yield f"{indent}  case {_code(arm.node.pattern)}:"
                    yield from _pieces(arm.body, indent + "    ")
            case Exit():
                yield f"{indent}{piece.kind} {_code(piece.value) if piece.value is not None else ''}".rstrip()
            case Sessions():
                yield f"{indent}each {piece.variable} of {piece.cluster}:"
                yield from _pieces(piece.body, indent + "  ")
            case Fused():
                for line in piece.text.split("\n"):
                    if piece.body and line.endswith("await __body__"):
                        depth = len(line) - len(line.lstrip())
                        yield from _pieces(piece.body, indent + " " * depth)
                    else:
                        yield indent + line


def _code(node: cst.CSTNode) -> str:
    return " ".join(_EMPTY.code_for_node(node).split())


def _naming(name: str) -> Callable[[re.Match[str]], str]:
    return lambda match: call_name(name, match.group(1))
