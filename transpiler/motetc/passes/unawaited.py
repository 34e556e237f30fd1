"""Calls of `async` functions that are asked whether they are true, and never awaited.

mypy is content with them, and whatever is not awaited is true.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children
from motetc.ir.answers import TypeOf
from motetc.ir.nodes import Choreography
from motetc.passes.cures import COROUTINE


def check_unawaited(
    module: SourceModule,
    choreography: Choreography,
    type_of: TypeOf,
    findings: Findings,
) -> None:
    """Report each of them in a choreography, in its blocks, too."""
    for asked in _asked(choreography.node.body):
        if isinstance(
            asked, (cst.Await, cst.BooleanOperation)
        ):  # of a message, of operands it is told where they are
            continue
        found = type_of(asked)
        if found is not None and found.name.startswith(COROUTINE):
            code, span = module.code(asked), module.span(asked)
            text = f"`{code}` is a call of an `async` function, and is not awaited: whatever it gives, this is true"
            findings.error("not-awaited", span, text, f"write `await {code}`")


def _asked(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """What is asked whether it is true, in a piece of code."""
    match node:
        case cst.If() | cst.While() | cst.IfExp() | cst.Assert() | cst.CompIf():
            yield node.test
        case cst.BooleanOperation():
            yield from (node.left, node.right)
        case cst.UnaryOperation(operator=cst.Not()):
            yield node.expression
    for child in children(node):
        yield from _asked(child)
