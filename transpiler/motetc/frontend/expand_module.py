"""A module that may call pipelines: where it does, and what it imports for what stands there then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.expand_types import CallTypes
from motetc.frontend.library_text import public_name
from motetc.frontend.pipelines import Pipeline
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule
from motetc.frontend.tree import children


@dataclass(slots=True)
class CallingModule:
    """One module that may call pipelines."""

    program: Program
    pipelines: Mapping[str, Pipeline]
    findings: Findings
    types: CallTypes
    module: SourceModule
    imports: dict[str, str] = field(default_factory=dict)  # name -> the statement that binds it
    names: dict[str, str] = field(default_factory=dict)  # … brought -> as the pipeline has it
    first: int = 0  # the line of the first call

    def calls(self, module: SourceModule, node: cst.CSTNode) -> Iterator[tuple[cst.Call, Pipeline]]:
        """The calls of pipelines below a node; inner ones are found when their arguments are read."""
        if isinstance(node, cst.Call):
            found = self.pipelines.get(self.program.resolve(module, node.func) or "")
            if found is not None:
                yield node, found
                return
        for child in children(node):
            yield from self.calls(module, child)

    def refuse_calls(self, module: SourceModule, node: cst.CSTNode, why: tuple[str, str]) -> None:
        """Calls that cannot be expanded where they stand."""
        for call, pipeline in self.calls(module, node):
            text = f"the pipeline `{pipeline.name}` is called {why[0]}"
            self.findings.error("unsupported-syntax", module.span(call), text, why[1])

    def bring(self, module: SourceModule, name: str, taken: set[str]) -> str:
        """What a name at the top level of another module is called here; it is imported if it is not there yet."""
        full = self.program.resolve_name(module, name)
        if full is None or full == self.program.resolve_name(self.module, name):
            return name
        return self._imported(name, lambda local: _import_of(module, name, local), taken)

    def bring_class(self, full: str, taken: set[str]) -> str:
        """What a class is called here, by its full name; it is imported if it is not there yet."""
        owner, rest = self.program.split(full)
        home, _, member = full.rpartition(".")
        if owner is not None and rest:
            home, member = owner.name, rest
        head, _, tail = member.partition(".")
        if self.program.resolve_name(self.module, head) != self.program.canonical(f"{home}.{head}"):
            statement = f"from {home} import {head}"
            head = self._imported(
                head, lambda x: statement if x == head else f"{statement} as {x}", taken
            )
        return f"{head}.{tail}" if tail else head

    def _imported(self, name: str, statement: Callable[[str], str], taken: set[str]) -> str:
        """A free name, bound by an import statement."""
        local = name
        while self.imports.get(local) != statement(local):
            if local not in taken:
                self.imports[local] = statement(local)
                taken.add(local)
            else:
                local = f"{local}_"
        return local

    def lines_of(self, module: SourceModule, node: cst.CSTNode) -> tuple[int, int]:
        """The first line of a node, and its last."""
        found = module.positions.lines(node)
        assert found is not None
        return found


def _import_of(module: SourceModule, name: str, local: str) -> str:
    imported = module.imports.get(name)
    if imported is None:
        home, member = module.name, name
    elif imported.member:
        home, member = imported.module, imported.member
    else:
        return f"import {imported.module}" + ("" if imported.module == local else f" as {local}")
    home, _, member = public_name(f"{home}.{member}").rpartition(".")
    return f"from {home} import {member}" + ("" if member == local else f" as {local}")
