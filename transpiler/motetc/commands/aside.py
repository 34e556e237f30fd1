"""What is said when there are findings in files that are hardly part of the program: tests, what tools are told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from motetc.config import Config
from motetc.diagnostics.model import Diagnostic
from motetc.diagnostics.paths import shown
from motetc.diagnostics.report import Report

_ASIDE: Final = re.compile(
    r"(?:.*/)?(?:(?:tests?|docs)/.*|test_[^/]*\.py|[^/]*_test\.py|(?:conftest|noxfile|setup)\.py)"
)


def note_aside(findings: Iterable[Diagnostic], config: Config, report: Report) -> None:
    """That such a file is read as all others are, and how it is left out."""
    paths = sorted({f.span.path for f in findings if _ASIDE.fullmatch(f.span.path)})
    if paths:
        folders = ", ".join(shown(str(folder), config.root) for folder in config.sources)
        what = f"{paths[0]} is read like every Python file below {folders}"
        report.note(f"{what}; `exclude` in [tool.motet] leaves out what is not part of the program")
