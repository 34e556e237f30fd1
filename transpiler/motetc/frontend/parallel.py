"""Takes `a, b = alice.x(), bob.y()` apart: an assignment for each name, for when no one location can run the whole.

Python evaluates all of the right side before it binds anything. So a value keeps a name of ours until all others are
there, if one of them, or a target, may see what it is bound to.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import libcst as cst

from motetc.frontend.hoist import Hoister, is_still
from motetc.frontend.scope import captured_by, names_of
from motetc.ir.nodes import Root, Simple


@dataclass(frozen=True, slots=True)
class _Pair:
    """A value and what it is bound to."""

    value: Root
    target: Root

    def bound(self) -> frozenset[str]:
        return names_of(_assigned(self)).binds

    def indices(self) -> frozenset[str]:
        """What finding the target reads."""
        nothing = cst.Assign([cst.AssignTarget(self.target.expr)], cst.Ellipsis())  # type: ignore[arg-type]
        return names_of(nothing).reads


def pairs_of(node: cst.Assign) -> list[tuple[cst.BaseExpression, cst.BaseAssignTargetExpression]]:
    """The values of a tuple assignment, each with its target; none if it is anything else, or has a starred part."""
    target, value = node.targets[0].target, node.value
    if len(node.targets) > 1 or not isinstance(value, cst.Tuple):
        return []
    if not isinstance(target, (cst.Tuple, cst.List)) or len(target.elements) != len(value.elements):
        return []
    if any(isinstance(e, cst.StarredElement) for e in (*value.elements, *target.elements)):
        return []
    return [
        (v.value, t.value)  # type: ignore[misc]
        for v, t in zip(value.elements, target.elements, strict=True)
    ]


def taken_apart(hoister: Hoister, line: cst.SimpleStatementLine, node: cst.Assign) -> Simple | None:
    """The statement with the statements that it may be taken apart into; None if it is no such assignment."""
    found = pairs_of(node)
    if len(found) < 2:
        return None
    root = hoister.operations.root
    values = [root(value) for value, _ in found]
    pairs = [_Pair(v, root(target)) for v, (_, target) in zip(values, found, strict=True)]
    ops = tuple(op for pair in pairs for op in pair.value.ops)
    targets = Root(node.targets[0].target, tuple(op for p in pairs for op in p.target.ops))
    binds = tuple(sorted(names_of(node).binds))
    span = hoister.module.span(node)
    parts = _parts(hoister, line, node, pairs)
    return Simple(node, line, (Root(node.value, ops), targets), span, binds=binds, parts=parts)


def _parts(
    hoister: Hoister, line: cst.SimpleStatementLine, node: cst.Assign, pairs: list[_Pair]
) -> tuple[Simple, ...]:
    late = _late(pairs, captured_by(hoister.operations.choreography.node))
    now: list[Simple] = []
    then: list[Simple] = []
    for index, pair in enumerate(pairs):
        if index not in late:
            now.append(_assignment(hoister, line, node, pair))
            continue
        name = hoister.fresh(f"new_{_called(pair.target.expr)}")
        kept = hoister.bind(name, pair.value.expr)
        now.append(replace(kept, roots=(pair.value,), line=line, first=False, last=False))
        again = Root(hoister.name(name, pair.value.expr))
        then.append(_assignment(hoister, line, node, _Pair(again, pair.target)))
    return (*now, *then)


def _late(pairs: list[_Pair], captured: Collection[str]) -> set[int]:
    """Those that may be bound only when all values are there."""
    late: set[int] = set()
    for index, pair in enumerate(pairs):
        if _overtakes(pair, [pairs[i] for i in late]) or _is_seen(
            pair, pairs[index + 1 :], captured
        ):
            late.add(index)
    return late


def _is_seen(pair: _Pair, others: list[_Pair], captured: Collection[str]) -> bool:
    """Whether the values after it may read what it binds."""
    hidden = not _is_plain(pair.target.expr) or bool(pair.bound() & set(captured))
    return any(
        pair.bound() & names_of(other.value.expr).reads
        or (hidden and not is_still(other.value.expr))
        for other in others
    )


def _overtakes(pair: _Pair, late: list[_Pair]) -> bool:
    """Whether binding it now would come before what Python binds first, and be seen there."""
    return any(
        not _is_plain(pair.target.expr) or pair.bound() & (first.bound() | first.indices())
        for first in late
    )


def _is_plain(target: cst.BaseExpression) -> bool:
    """Names alone: no attribute or item, which others could look at."""
    if isinstance(target, (cst.Tuple, cst.List)):
        return all(_is_plain(e.value) for e in target.elements)
    return isinstance(target, cst.Name)


def _called(target: cst.BaseExpression) -> str:
    if isinstance(target, cst.Attribute):
        return target.attr.value
    return target.value if isinstance(target, cst.Name) else "value"


def _assigned(pair: _Pair) -> cst.Assign:
    return cst.Assign([cst.AssignTarget(pair.target.expr)], pair.value.expr)  # type: ignore[arg-type]


def _assignment(
    hoister: Hoister, line: cst.SimpleStatementLine, node: cst.Assign, pair: _Pair
) -> Simple:
    assign = _assigned(pair)
    hoister.module.moved(assign, node)
    return Simple(
        assign,
        line,
        (pair.value, pair.target),
        hoister.module.span(node),
        first=False,
        last=False,
        binds=tuple(sorted(pair.bound())),
    )
