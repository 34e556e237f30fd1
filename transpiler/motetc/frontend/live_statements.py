"""Lowers the statements that declare, connect and await live collections.

They stand at the top level of a choreography. What they declare runs as one `Flow`: before the first statement that
needs a result, before a `return`, at the end, or before any statement by which all that was declared is complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from motetc.frontend.hoist import Hoister
from motetc.frontend.live import LiveReader
from motetc.frontend.live_slices import SliceReader, opened
from motetc.frontend.operations import Operations
from motetc.frontend.scope import names_of
from motetc.ir.live import Flow, Live


@dataclass(slots=True)
class LiveStatements:
    """The live statements of one choreography. `depth` is how many suites deep the lowering is."""

    operations: Operations
    hoister: Hoister
    reader: LiveReader = field(init=False)
    depth: int = 0

    def __post_init__(self) -> None:
        self.reader = LiveReader(self.operations)

    def concerns(self, node: cst.BaseSmallStatement) -> bool:
        """Whether a simple statement has to do with live collections."""
        value = _value(node)
        if value is not None and self.reader.is_live(value):
            return True
        return next(self.reader.collected(node), None) is not None or bool(
            self.reader.names and self.reader.mentioned(node)
        )

    def small(
        self, line: cst.SimpleStatementLine, node: cst.BaseSmallStatement
    ) -> tuple[list[Flow], cst.BaseSmallStatement | None]:
        """What to run before, and what is left of the statement without its live part."""
        if self.depth > 1:
            self._refuse_nested(node)
            return [], None
        value = _value(node)
        if value is not None and self.reader.is_live(value):
            return self._declaration(line, node, value), None
        awaited = list(self.reader.collected(node))
        if not awaited:
            self._refuse_value(node)
            return [], None
        if len(awaited) == 1 and awaited[0] is value:
            target = _target(node)
            if target is not None and not isinstance(node, cst.AnnAssign):
                before = self._needed(value)
                self.reader.collect(awaited[0], target)
                return before, None
        return self._rewritten(node, awaited)

    def opens(self, node: cst.CSTNode) -> bool:
        """Whether a statement is a slice."""
        return opened(self.reader, node) is not None

    def slice(self, node: cst.With) -> list[Flow]:
        """What to run before a slice, which becomes part of what is declared."""
        if self.depth > 1:
            self._refuse_nested(node)
            return []
        call = opened(self.reader, node)
        assert call is not None
        before = self._needed(node)
        SliceReader(self.reader, node, call, self._declared).read()
        return before

    def _declared(self, line: cst.SimpleStatementLine, node: cst.BaseSmallStatement) -> None:
        value = _value(node)
        assert value is not None
        self._declaration(line, node, value)

    def before(self, node: cst.CSTNode) -> list[Flow]:
        """The flow to run before a statement that is not live itself."""
        if self.opens(node):
            return []
        complete = not self.reader.dangling() or isinstance(node, cst.Return)
        if self.depth == 1 and self.reader.lives and (self.reader.collects or complete):
            return self._taken()
        return []

    def rest(self) -> list[Flow]:
        """What still has to run at the end of the choreography."""
        return self._taken()

    def _taken(self) -> list[Flow]:
        flow = self.reader.take()
        return [flow] if flow is not None else []

    def _needed(self, node: cst.CSTNode) -> list[Flow]:
        """A flow whose results `node` reads has to run before it."""
        pending = {c.name for c in self.reader.collects}
        return self._taken() if names_of(node).reads & pending else []

    def _declaration(
        self, line: cst.SimpleStatementLine, node: cst.BaseSmallStatement, value: cst.BaseExpression
    ) -> list[Flow]:
        before = self._needed(value)
        count = len(self.reader.lives)
        if isinstance(node, cst.Expr):
            self.reader.results(value)
        elif isinstance(node, cst.AnnAssign):
            self.reader.bind(node.target, value)
        elif isinstance(node, cst.Assign) and len(node.targets) == 1:
            self.reader.bind(node.targets[0].target, value)
        else:
            self._refuse(node, "a live collection is bound to one name", "bind it in a statement")
        self._comment(line, self.reader.lives[count:])
        return before

    def _comment(self, line: cst.SimpleStatementLine, made: list[Live]) -> None:
        if made:
            comments = [x.comment.value for x in line.leading_lines if x.comment is not None]
            made[0].leading = tuple(comments)
            trailing = line.trailing_whitespace.comment
            made[-1].comment = trailing.value if trailing is not None else ""

    def _rewritten(
        self, node: cst.BaseSmallStatement, awaited: list[cst.Await]
    ) -> tuple[list[Flow], cst.BaseSmallStatement]:
        """The statement with a name in place of each awaited result."""
        before = self._needed(node)
        swaps: dict[int, cst.BaseExpression] = {}
        names: list[str] = []
        for each in awaited:
            name = self._result_name(each)
            self.reader.collect(each, name)
            names.append(name)
            made = cst.Name(name)
            self.operations.module.moved(made, each)
            swaps[id(each)] = made
        rest = node.visit(_ById(swaps))
        assert isinstance(rest, cst.BaseSmallStatement)
        self.operations.module.moved(rest, node)
        for name in names:
            self.reader.names.pop(name, None)
        return [*before, *self._taken()], rest

    def _result_name(self, awaited: cst.Await) -> str:
        """The collection's own name, which nothing else can mean from here on; else one of ours."""
        assert isinstance(awaited.expression, cst.Call)
        assert isinstance(awaited.expression.func, cst.Attribute)
        value = awaited.expression.func.value
        if isinstance(value, cst.Name) and value.value not in {
            c.name for c in self.reader.collects
        }:
            return value.value
        name = self.hoister.fresh("result")
        self.hoister.made[name] = self.operations.module.code(awaited)
        return name

    # Findings

    def _refuse_nested(self, node: cst.CSTNode) -> None:
        self._refuse(
            node,
            "a live collection is declared inside another statement",
            "declare it at the top level of a choreography of its own, and call that here",
        )

    def _refuse_value(self, node: cst.BaseSmallStatement) -> None:
        name = self.reader.mentioned(node)
        self._refuse(
            node,
            f"`{name}` is a live collection, and is used as an ordinary value here",
            f"`await {name}.collect()` gives the value of a finite one; "
            f"`{name}.for_each(f)` does something with each element",
        )

    def _refuse(self, node: cst.CSTNode, message: str, help: str) -> None:
        span = self.operations.module.span(node)
        self.operations.findings.error("unsupported-syntax", span, message, help)


def _value(node: cst.BaseSmallStatement) -> cst.BaseExpression | None:
    if isinstance(node, (cst.Assign, cst.AnnAssign, cst.Expr, cst.Return)):
        return node.value
    return None


def _target(node: cst.BaseSmallStatement) -> str | None:
    if isinstance(node, cst.Assign) and len(node.targets) == 1:
        target = node.targets[0].target
        return target.value if isinstance(target, cst.Name) else None
    return None


class _ById(cst.CSTTransformer):
    """Exchanges nodes by identity."""

    def __init__(self, swaps: dict[int, cst.BaseExpression]) -> None:
        super().__init__()
        self.swaps = swaps

    def on_visit(self, node: cst.CSTNode) -> bool:
        return id(node) not in self.swaps

    def on_leave(self, original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        return self.swaps.get(id(original), updated)
