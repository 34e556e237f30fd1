"""One strict run of mypy over all generated modules, in this process, with the cache that the type oracle filled.

mypy throws its cache of a module away when the options for that module change. So the run keeps the options of the
oracle's, which are the user's, and asks for strictness in the generated modules alone, by a comment behind their last
line. What the standard library and the project's own modules cost was then paid by the build.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from motetc.diagnostics.model import Diagnostic
from motetc.frontend.oracle_columns import Columns, is_simple
from motetc.frontend.oracle_errors import stopped
from motetc.frontend.oracle_findings import read_findings
from motetc.frontend.oracle_request import Request, SourceFile, make_request

_STRICT: Final = (
    "disallow-any-generics",
    "disallow-subclassing-any",
    "disallow-untyped-calls",
    "disallow-untyped-defs",
    "disallow-incomplete-defs",
    "check-untyped-defs",
    "disallow-untyped-decorators",
    "warn-unused-ignores=False",  # one of the source may be of use at another location only
    "warn-return-any",
    "no-implicit-reexport",
    "strict-equality",
    "extra-checks",
    "warn-unreachable",
    "ignore-errors=False",
)
COMMENT: Final = (
    f"\n# mypy: {', '.join(_STRICT)}"  # the less comments, the less mypy reads settings
)


@dataclass(frozen=True, slots=True)
class Strict:
    """One question to mypy about generated modules. All files are on disk as given, and end with `COMMENT`; the lock of
    the cache folder keeps them there. Those in `fresh` are checked whatever mypy's cache says.
    """

    request: Request
    fresh: frozenset[str]

    def ask(self, cache: Path) -> list[Diagnostic]:
        """Every error that a run of mypy finds in the files, at its place in them."""
        from motetc.frontend.oracle_run import run_mypy  # mypy takes a tenth of a second to import

        checked = run_mypy(self.request, cache / "mypy", self.fresh)
        found = self.read(checked.messages)
        if checked.result is None and not found:
            raise stopped(checked.messages, self.request.config)
        return found

    def read(self, messages: Sequence[str]) -> list[Diagnostic]:
        """The errors among mypy's messages."""
        if not messages:
            return []
        return read_findings(messages, {str(f.path): Columns(f.text) for f in self.request.files})


def strict(
    files: Sequence[SourceFile], by_hand: Container[Path], search: Sequence[Path], moved: bool
) -> Strict:
    """The question whether `files` are sound; those `by_hand` may hold what mypy's fast parser counts wrong.

    mypy keeps the errors of a module that did not change, with the path that it had: after a project was `moved`,
    those are of no use, and every file is checked afresh.
    """
    fast = [f.module for f in files if f.path not in by_hand and is_simple(f.text)]
    fresh = frozenset(file.module for file in files) if moved else frozenset()
    return Strict(make_request(files, search, fast), fresh)
