"""Assignments of tuples that are as many assignments: of collections, and of results that are awaited together."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from motetc.frontend.live import LiveReader
from motetc.frontend.parallel import pairs_of
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule


@dataclass(frozen=True, slots=True)
class Tuples:
    """Those of one choreography."""

    reader: LiveReader
    module: SourceModule

    def bound_together(self, node: cst.BaseSmallStatement) -> bool:
        """Whether several collections are bound in one assignment of a tuple."""
        value = value_of(node)
        items = (
            value.elements if isinstance(node, cst.Assign) and isinstance(value, cst.Tuple) else ()
        )
        return any(self.reader.is_live(item.value) for item in items)

    def apart(self, node: cst.BaseSmallStatement) -> list[cst.Assign]:
        """`a, b = x, y` of collections alone as two assignments; nothing if it is not the same."""
        pairs = pairs_of(node) if isinstance(node, cst.Assign) else []
        plain = all(isinstance(t, cst.Name) and self.reader.is_live(v) for v, t in pairs)
        if not plain or names_of(node).binds & names_of(node).reads:
            return []
        return [self._assigned(node, target, value) for value, target in pairs]

    def named_together(
        self, node: cst.BaseSmallStatement, awaited: list[cst.Await]
    ) -> list[cst.Assign]:
        """`a, b = await x.collect(), await y.collect()` as two assignments; nothing if it is not the same."""
        pairs = pairs_of(node) if isinstance(node, cst.Assign) else []
        plain = all(isinstance(t, cst.Name) and v in awaited for v, t in pairs)
        names = {t.value for _, t in pairs if isinstance(t, cst.Name)}
        if not plain or len(names) < len(pairs) or names & names_of(node).reads:
            return []
        made = [self._assigned(node, target, value) for value, target in pairs]
        kept = [self.reader.kept_nodes.get(value) for value in awaited]
        there = kept == [target_of(each) for each in made]  # under these names
        return made if there or not any(map(self.reader.keeps, awaited)) else []

    def _assigned(
        self, node: cst.CSTNode, target: cst.BaseAssignTargetExpression, value: cst.BaseExpression
    ) -> cst.Assign:
        made = cst.Assign([cst.AssignTarget(target)], value)
        self.module.moved(made, node)
        return made


def value_of(node: cst.BaseSmallStatement) -> cst.BaseExpression | None:
    """What a statement assigns, returns, or is."""
    if isinstance(node, (cst.Assign, cst.AnnAssign, cst.Expr, cst.Return)):
        return node.value
    return None


def target_of(node: cst.BaseSmallStatement) -> str | None:
    """The one name that a statement assigns to."""
    if isinstance(node, cst.Assign) and len(node.targets) == 1:
        target = node.targets[0].target
        return target.value if isinstance(target, cst.Name) else None
    return None
