"""What statements bind: targets, and a place where mypy can be asked for a name's type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from motetc.frontend.tree import children, inner_statements
from motetc.ir.nodes import (
    Block,
    For,
    If,
    Match,
    Opaque,
    Root,
    Simple,
    Stmt,
    While,
)
from motetc.passes.uses import Use


def without_targets(root: Root, use: Use) -> Use:
    """A target's own names are bound, not read."""
    names = plain_targets(root.expr)
    use.atoms = [a for a in use.atoms if a.node not in names]
    use.unbound = [(n, k) for n, k in use.unbound if k not in names]
    return use


def plain_targets(expr: cst.CSTNode) -> set[cst.CSTNode]:
    """The name nodes that a target binds, attributes and items left out."""
    if isinstance(expr, cst.Name):
        return {expr}
    if isinstance(expr, (cst.Tuple, cst.List)):
        return (
            set().union(*(plain_targets(e.value) for e in expr.elements))
            if expr.elements
            else set()
        )
    return set()


def targets(node: cst.CSTNode) -> list[cst.BaseExpression]:
    """The targets of an assignment or `del`."""
    if isinstance(node, cst.Assign):
        return [t.target for t in node.targets]
    if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        return [node.target]
    if isinstance(node, cst.Del):
        return [node.target]
    return []


def nonlocals(node: cst.CSTNode) -> Iterator[cst.Nonlocal]:
    """The `nonlocal` statements of the functions in a piece of code."""
    return (s for s in inner_statements(node) if isinstance(s, cst.Nonlocal))


def target_named(node: cst.CSTNode, name: str) -> cst.Name | None:
    """A place in `node` where `name` is bound, for asking mypy its type."""
    if isinstance(node, cst.Name):
        return node if node.value == name else None
    if isinstance(node, (cst.Lambda, cst.Annotation)):
        return None
    if isinstance(node, (cst.Assign, cst.AnnAssign, cst.AugAssign)):
        parts: Sequence[cst.CSTNode] = [
            *targets(node),
            *([node.value] if node.value is not None else []),
        ]
    else:
        parts = children(node)
    for child in parts:
        found = target_named(child, name)
        if found is not None:
            return found
    return None


def bound_by(stmt: Stmt) -> set[str]:
    """Every name that a statement may bind."""
    match stmt:
        case Simple() | Block() | Opaque():
            return set(stmt.binds)
        case If():
            return {n for s in (*stmt.then, *stmt.orelse) for n in bound_by(s)}
        case While():
            return {n for s in (*stmt.body, *stmt.orelse) for n in bound_by(s)}
        case For():
            return {*stmt.binds, *(n for s in (*stmt.body, *stmt.orelse) for n in bound_by(s))}
        case Match():
            return {n for c in stmt.cases for s in c.body for n in bound_by(s)} | {
                n for c in stmt.cases for n in c.binds
            }
        case _:
            return set()
