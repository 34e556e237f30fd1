"""What lowering carries along: the operations, the findings, and what stands in for a refused statement."""

from __future__ import annotations

import libcst as cst

from motetc.frontend.hoist import Hoister
from motetc.frontend.live_statements import LiveStatements
from motetc.frontend.operations import Operations


class Lowered:
    """One lowering of one choreography. Refusals go to the findings; the statement is then left out."""

    def __init__(self, operations: Operations) -> None:
        self.operations = operations
        self.module = operations.module
        self.choreography = operations.choreography
        self.findings = operations.findings
        self.hoister = Hoister(operations, self.module, set(self.choreography.locals))
        self.live = LiveStatements(operations, self.hoister)
        self.in_each = 0
        self.in_loop = 0

    def _refuse(self, node: cst.CSTNode, message: str, help: str) -> None:
        span = self.module.span(node)
        help = help or "see `motet explain unsupported-syntax`"
        self.findings.error("unsupported-syntax", span, message, help)
