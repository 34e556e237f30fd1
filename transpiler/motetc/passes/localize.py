"""Rewrites what an expression says of locations into what the module of one role can say.

`workers.members` is the parameter's own at a worker and `net.workers.members` elsewhere; `workers[i]` at a worker is
the worker itself, inside a guard; the variable of an `each` session is the parameter at the member, its id elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.parentheses import in_parentheses
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import code_for, exchange
from motetc.ir.answers import TypeOf
from motetc.ir.nodes import Choreography
from motetc.ir.pieces import partner_name


@dataclass(slots=True)
class Localizer:
    """For one role, in one net. `sessions` maps each session variable in force to its cluster's role."""

    module: SourceModule
    choreography: Choreography
    role: str
    net: str
    sessions: Mapping[str, str] = field(default_factory=dict)
    type_of: TypeOf = lambda _: None

    def expression(
        self, expr: cst.BaseExpression, swaps: Mapping[int, cst.BaseExpression] | None = None
    ) -> cst.BaseExpression:
        """The expression at this role; `swaps` exchanges nodes by identity."""
        return exchange(expr, _Localize(self, swaps or {}).of, self.module.moved)

    def statement(self, node: cst.BaseStatement) -> cst.BaseStatement:
        """A local statement at this role."""
        return exchange(node, _Localize(self, {}).of, self.module.moved)

    def exchanged(self, node: cst.CSTNode) -> cst.BaseExpression | None:
        """What stands here instead of a mention of a location; None to leave it."""
        if isinstance(node, cst.Attribute):
            return self._attribute(node)
        if isinstance(node, cst.Subscript):
            role = self._cluster(node.value)
            return cst.Name(self.role) if role == self.role else None
        if isinstance(node, cst.Call) and self._is_size(node):
            return cst.parse_expression(
                f"len({self._group(self._cluster(node.args[0].value) or '')})"
            )
        if isinstance(node, cst.Name) and self.sessions.get(node.value) == self.role:
            return cst.Name(self.role)
        return None

    def _attribute(self, node: cst.Attribute) -> cst.BaseExpression | None:
        member = node.attr.value
        if member == "members" and (role := self._cluster(node.value)):
            return cst.parse_expression(f"{self._group(role)}.members")
        if member != "me":
            return None
        if isinstance(node.value, cst.Name) and node.value.value in self.sessions:
            if self.sessions[node.value.value] == self.role:
                return cst.parse_expression(f"{self.role}.me")
            return cst.Name(node.value.value)
        if isinstance(node.value, cst.Subscript) and (role := self._cluster(node.value.value)):
            picked = node.value.slice[0].slice
            if not isinstance(picked, cst.Index):
                return None
            written = picked.value
            index = self.expression(written)
            found = self.type_of(written)
            if found is not None and found.kind == "member":
                return index
            text = code_for(index)
            return cst.parse_expression(f"{self._group(role)}.members[{text}]")
        return None

    def _group(self, role: str) -> str:
        return role if role == self.role else f"{self.net}.{partner_name(role)}"

    def _cluster(self, node: cst.CSTNode) -> str | None:
        if not isinstance(node, cst.Name):
            return None
        return next(
            (r.name for r in self.choreography.roles if r.name == node.value and r.cluster), None
        )

    def _is_size(self, node: cst.Call) -> bool:
        sized = isinstance(node.func, cst.Name) and node.func.value == "len" and len(node.args) == 1
        return sized and self._cluster(node.args[0].value) is not None


class _Localize:
    """What stands for each node; attribute and keyword names are no variables."""

    def __init__(self, localizer: Localizer, swaps: Mapping[int, cst.BaseExpression]) -> None:
        self.localizer = localizer
        self.swaps = swaps
        self.labels: set[int] = set()

    def of(self, node: cst.CSTNode) -> cst.CSTNode | None:
        if id(node) in self.swaps:
            return _bracketed(self.swaps[id(node)], node)
        if isinstance(node, cst.Attribute):
            self.labels.add(id(node.attr))
        elif isinstance(node, cst.Arg) and node.keyword is not None:
            self.labels.add(id(node.keyword))
        if id(node) in self.labels:
            return None
        exchanged = self.localizer.exchanged(node)
        if exchanged is not None and isinstance(node, cst.BaseExpression) and node.lpar:
            return exchanged.with_changes(lpar=node.lpar, rpar=node.rpar)
        return exchanged


_LOOSE = (
    cst.BinaryOperation,
    cst.BooleanOperation,
    cst.Comparison,
    cst.IfExp,
    cst.Lambda,
    cst.NamedExpr,
    cst.UnaryOperation,
)


def _bracketed(new: cst.BaseExpression, old: cst.CSTNode) -> cst.BaseExpression:
    """What stands for an operation binds as tightly as the operation did: `(await …).name` stays that."""
    assert isinstance(old, cst.BaseExpression)
    if new.lpar:
        return new
    if old.lpar and isinstance(new, (cst.Await, *_LOOSE)):
        return new.with_changes(lpar=old.lpar, rpar=old.rpar)
    if isinstance(new, _LOOSE):
        return in_parentheses(new)
    return new
