"""Lowering of all choreographies, once more of those in which only types tell what a `demux` gives.

`demux` takes the member off a key `(member, key)`, and what arrives is keyed; of a key that is the member alone a
stream arrives. Where `prefix_key` has not put the key together, mypy knows which of the two it is, and it answers after
lowering.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.diagnostics.model import FOLLOWS
from motetc.frontend.lower import lower
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.ir.nodes import Choreography
from motetc.ir.types import Type


@dataclass(slots=True)
class Lowered:
    """The choreographies of a program as they were found, and what lowering has found in each."""

    program: Program
    found: dict[str, Choreography] = field(default_factory=dict)
    findings: dict[str, Findings] = field(default_factory=dict)

    def lower_all(self) -> None:
        """Give every choreography its body."""
        self.found = dict(self.program.choreographies)
        for key in sorted(self.found):
            self._lower(key)

    def lower_again(self, type_at: Callable[[SourceModule, cst.CSTNode], Type | None]) -> None:
        """The same for those with a `demux` of keys that mypy takes for pairs which begin with a member."""
        for key, demuxes in list(self.program.demuxes.items()):
            module = self.program.modules[self.found[key].module]
            pairs = {span for span, node in demuxes if _is_pair(type_at(module, node))}
            if pairs:
                self.program.compound |= pairs
                self._lower(key)

    def report(self, findings: Findings) -> None:
        """What lowering has found."""
        for found in self.findings.values():
            for finding in found.found.values():
                if finding.message != FOLLOWS:
                    findings.add(finding)

    def _lower(self, key: str) -> None:
        self.findings[key] = Findings()
        choreography = lower(self.program, self.found[key], self.findings[key])
        self.program.choreographies[key] = choreography


def _is_pair(found: Type | None) -> bool:
    """Whether the keys of a keyed stream are pairs, each of a member and something else."""
    key = found.args[0] if found is not None and found.args else None
    is_pair = key is not None and key.kind == "tuple" and len(key.args) == 2
    return key is not None and is_pair and key.args[0].kind == "member"
