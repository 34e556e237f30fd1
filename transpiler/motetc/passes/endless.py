"""Calls that never end, and what stands behind them.

Runs on the lowered program, all choreographies together: whether a call ends, the callee's pipelines and calls decide.
What stands behind a pipeline of the same choreography has been looked at by the front end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import Related, Span
from motetc.frontend.program import Program
from motetc.ir.nodes import Concurrent, Each, Flow, If, Invoke, Match, Op, Return, Simple, Stmt
from motetc.ir.walk import bodies, root_operations, roots


@dataclass(slots=True)
class Endless:
    """Finds them. `known`: of each choreography that never ends, by its key, what it is that goes on."""

    program: Program
    findings: Findings
    known: dict[str, Span] = field(default_factory=dict)

    def run(self) -> None:
        """Until no further choreography is known to go on for ever; then report what is never reached."""
        before = -1
        while before != (before := len(self.known)):
            for key, choreography in self.program.choreographies.items():
                found = self._of_all(choreography.body)
                if found is not None:
                    self.known.setdefault(key, found)
        for choreography in self.program.choreographies.values():
            self._report(choreography.module, choreography.body)

    def _of_all(self, body: Sequence[Stmt]) -> Span | None:
        """What never ends of some statements."""
        return next((found for stmt in body if (found := self._of(stmt)) is not None), None)

    def _of(self, stmt: Stmt) -> Span | None:
        if isinstance(stmt, Flow):
            return stmt.endless.span if stmt.endless is not None else None
        call = self._call(stmt)
        if call is not None:
            return self.known[call.callee]
        match stmt:
            case Each():
                return self._of_all(stmt.body)
            case If():
                arms = [self._of_all(stmt.then), self._of_all(stmt.orelse)]
                return arms[0] if all(arms) else None
            case Match():
                arms = [self._of_all(case.body) for case in stmt.cases]
                whole = any(case.irrefutable for case in stmt.cases)
                return arms[0] if whole and all(arms) else None
        return None

    def _call(self, stmt: Stmt) -> Invoke | None:
        """The first call of a statement that never ends."""
        ops = [op for root in roots(stmt) for op in root_operations(root)]
        calls = (call for op in ops for call in _calls(op))
        return next((call for call in calls if call.callee in self.known), None)

    def _report(self, module: str, body: Sequence[Stmt]) -> None:
        """The first statement behind each call that never ends."""
        for stmt, after in pairwise(body):
            call = self._call(stmt)
            if call is not None and not _is_end(after):
                self._never_reached(module, call, after)
                break
        for stmt in body:
            for inner in bodies(stmt):
                self._report(module, inner)

    def _never_reached(self, module: str, call: Invoke, after: Stmt) -> None:
        name = call.callee.rpartition(".")[2]
        source = self.program.modules[module]
        self.findings.error(
            "never-ends",
            after.span,
            f"this is never reached: `{name}` before it never ends",
            "move this up, before the call; or put it into a choreography of its own and run both: "
            f"`await concurrently({name}(…), …)`",
            (
                Related(source.span(call.node), f"`{name}` is called here"),
                Related(self.known[call.callee], "this goes on for ever"),
            ),
        )


def _calls(op: Op) -> tuple[Invoke, ...]:
    if isinstance(op, Concurrent):
        return op.calls
    return (op,) if isinstance(op, Invoke) else ()


def _is_end(stmt: Stmt) -> bool:
    """A `return` of nothing, or a `pass`, which nobody misses."""
    if isinstance(stmt, Return):
        return not stmt.values
    return isinstance(stmt, Simple) and isinstance(stmt.node, cst.Pass)
