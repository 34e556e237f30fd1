"""What a session function must be handed, because a nested function would see another type of it.

A type checker narrows a name by the way that control came, and forgets that in a nested function if the name is bound
again further down. Such names become parameters of the session, with what they hold there as default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import libcst as cst

from motetc.frontend.scope import names_of, names_of_all
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children
from motetc.ir.answers import TypeOf
from motetc.ir.nodes import Block, Choreography, Each, For, Match, Opaque, Simple, Stmt
from motetc.ir.types import Type
from motetc.ir.walk import roots, statements
from motetc.passes.targets import target_named


def narrowed_captures(
    module: SourceModule, choreography: Choreography, each: Each, type_of: TypeOf
) -> dict[str, Type]:
    """The names that a session reads as another type than they are declared to have, and that are bound again later."""
    last = max((s.span.end_line for s in statements(each.body)), default=each.span.line)
    found: dict[str, Type] = {}
    for name in sorted(names_of_all(each.node.body.body).reads & choreography.locals):
        bindings = list(_bindings(choreography, name))
        if not any(module.span(target).line > last for target in bindings):
            continue
        read = _first_read(each.node.body, name)
        type_ = type_of(read) if read is not None else None
        if type_ is not None and any(type_of(target) != type_ for target in bindings):
            found[name] = type_
    return found


def _bindings(choreography: Choreography, name: str) -> Iterator[cst.CSTNode]:
    """Nodes that bind a name, each with the type that it is bound as."""
    for parameter in choreography.parameters:
        if parameter.name == name:
            yield parameter.node.name
    for stmt in statements(choreography.body):
        for node, names in _binders(stmt):
            target = target_named(node, name) if name in names else None
            if target is not None:
                yield target


def _binders(stmt: Stmt) -> Iterator[tuple[cst.CSTNode, Collection[str]]]:
    match stmt:
        case Simple() | Opaque():
            yield stmt.node, stmt.binds
        case Block():
            yield stmt.node.body, stmt.binds
        case For():
            yield stmt.node.target, stmt.binds
        case Match():
            for case in stmt.cases:
                yield case.node.pattern, case.binds
        case _:
            pass
    if not isinstance(stmt, Simple):
        for root in roots(stmt):
            yield root.expr, names_of(root.expr).binds


def _first_read(node: cst.CSTNode, name: str) -> cst.Name | None:
    if isinstance(node, cst.Name):
        return node if node.value == name else None
    labels: tuple[cst.CSTNode | None, ...] = ()
    if isinstance(node, cst.Attribute):
        labels = (node.attr,)
    elif isinstance(node, cst.Arg):
        labels = (node.keyword,)
    for child in children(node):
        if child not in labels:
            found = _first_read(child, name)
            if found is not None:
                return found
    return None
