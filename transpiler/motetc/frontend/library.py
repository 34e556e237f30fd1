"""The pipelines of `motet.std`: their source is read where the runtime is installed, and nothing of it is imported."""

from __future__ import annotations

from collections.abc import Mapping

from motetc.diagnostics.findings import Findings
from motetc.frontend.library_text import (
    MODULE,
    PACKAGE,
    RELATIVE,
    library_names,
    library_path,
    library_text,
)
from motetc.frontend.pipelines import Pipeline, pipelines_of
from motetc.frontend.program import Program
from motetc.frontend.source import SourceModule, parse


def library_pipelines(program: Program) -> Mapping[str, Pipeline]:
    """The pipelines of `motet.std`, by every full name they may be called by; none if no module imports from there."""
    imported = (i.full_name for m in program.modules.values() for i in m.imports.values())
    text = library_text() if library_names().intersection(imported) else ""
    if not text:
        return {}
    module = parse(library_path(), RELATIVE, MODULE, text)
    assert isinstance(module, SourceModule)
    found = [*pipelines_of(program, module, Findings())]
    return {f"{home}.{p.name}": p for p in found for home in (PACKAGE, MODULE)}
