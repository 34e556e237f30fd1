"""Finds the operations between locations in an expression: communications, choreography calls, `concurrently`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from motetc.frontend.lookalikes import Lookalikes
from motetc.frontend.tree import children
from motetc.ir.nodes import Op, Root


@dataclass(slots=True)
class Operations(Lookalikes):
    """Finds operations in the expressions of one choreography."""

    def root(self, expr: cst.BaseExpression) -> Root:
        """The expression with its outermost operations, in order of evaluation."""
        return Root(expr, tuple(self._find(expr)))

    def _find(self, node: cst.CSTNode) -> Iterator[Op]:
        if self._is_lookalike(node):
            return
        if isinstance(node, (cst.Attribute, cst.Arg)):
            yield from self._find(node.value)
            return
        kind = self._kind(node)
        if isinstance(node, cst.Call) and (kind is not None or self._is_attempt(node)):
            self._not_awaited(node)
        elif isinstance(node, cst.Await):
            yield from self._awaited(node, kind)
        else:
            yield from self._within(node)

    def _within(self, node: cst.CSTNode) -> Iterator[Op]:
        for child in in_order(node):
            yield from self._find(child)

    def _awaited(self, node: cst.Await, kind: str | None) -> Iterator[Op]:
        """An operation of some kind, or what is within what is awaited."""
        if kind is not None and isinstance(node.expression, cst.Call):
            op = self._operation(kind, node, node.expression)
            if op is not None:
                yield op
        elif not self._is_awaited_late(node):
            attempt = self._is_attempt(node.expression)
            yield from self._within(node.expression if attempt else node)

    def _operation(self, kind: str, node: cst.Await, call: cst.Call) -> Op | None:
        if kind == "comm":
            return self._comm(node, call)
        if kind == "invoke":
            return self._invoke(node, call)
        if kind == "answer":
            return self._answer(node, call)
        return self._concurrent(node, call)


def in_order(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Children in order of evaluation."""
    if isinstance(node, cst.IfExp):
        return [node.test, node.body, node.orelse]
    if isinstance(node, cst.DictElement):
        return [node.key, node.value]
    return list(children(node))
