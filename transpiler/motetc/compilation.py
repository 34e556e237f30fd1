"""The result of compiling a project: modules to write, findings, and what the program says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from motetc.backend.output import OutputModule
from motetc.diagnostics.model import Diagnostic
from motetc.ir.summary import ChoreographySummary


@dataclass(frozen=True, slots=True)
class Compilation:
    """`modules` is empty when `diagnostics` has an error. `dumps` maps a pass name to the printed program after it."""

    modules: tuple[OutputModule, ...]
    diagnostics: tuple[Diagnostic, ...]
    choreographies: tuple[ChoreographySummary, ...]
    sources: tuple[str, ...]  # every project file read, relative to the root
    dumps: tuple[tuple[str, str], ...] = ()
