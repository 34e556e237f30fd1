"""One strict run of mypy over all generated modules, in this process, with the cache that the type oracle filled.

mypy throws its cache of a module away when the options for that module change. So the run keeps the options of the
oracle's, which are the user's, and asks for strictness in the generated modules alone, by a comment behind their last
line. What the standard library and the project's own modules cost was then paid by the build.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from motetc.diagnostics.internal import SelfCheckError
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.oracle_columns import Columns
from motetc.frontend.oracle_findings import read_findings
from motetc.frontend.oracle_lock import locked
from motetc.frontend.oracle_request import SourceFile, make_request

_STRICT: Final = (
    "disallow-any-generics",
    "disallow-subclassing-any",
    "disallow-untyped-calls",
    "disallow-untyped-defs",
    "disallow-incomplete-defs",
    "check-untyped-defs",
    "disallow-untyped-decorators",
    "warn-unused-ignores",
    "warn-return-any",
    "no-implicit-reexport",
    "strict-equality",
    "extra-checks",
    "warn-unreachable",
    "ignore-errors=False",
)
_COMMENT: Final = "".join(f"\n# mypy: {flag}" for flag in _STRICT)


def check_strictly(
    files: Sequence[SourceFile], search: Sequence[Path], cache: Path, moved: bool
) -> list[Diagnostic]:
    """Every error that mypy finds in `files`, at its place in them.

    mypy keeps the errors of a module that did not change, with the path that it had: after a project was `moved`,
    those are of no use, and every file is checked afresh.
    """
    from motetc.frontend.oracle_run import run_mypy  # mypy takes a tenth of a second to import

    strict = [replace(file, text=file.text + _COMMENT) for file in files]
    fresh = frozenset(file.module for file in files) if moved else frozenset()
    with locked(cache):
        checked = run_mypy(make_request(strict, search), cache / "mypy", fresh)
    columns = {str(file.path): Columns(file.text) for file in files}
    found = list(read_findings(checked.messages, columns))
    if checked.result is None and not found:
        raise SelfCheckError("mypy stopped: " + " ".join(checked.messages))
    return found
