"""The one place that words the end of a command, prints findings and decides the exit code.

0: clean. 1: findings, or generated files that drifted. 2: wrong usage, wrong settings, or an error of our own.
Findings go to standard output, everything else that a person reads along the way to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from motetc.diagnostics.model import Diagnostic

FORMATS = ("text", "concise", "json", "github", "sarif")
CLEAN, FINDINGS, UNUSABLE = 0, 1, 2

_COLOURS = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "message": "1",
    "related": "1;34",
    "gutter": "34",
    "help": "1;36",
    "added": "32",
    "removed": "31",
}


class Report:
    """Prints what a command has to say; `code` is what it should exit with."""

    def __init__(
        self, form: str = "text", *, out: TextIO | None = None, err: TextIO | None = None
    ) -> None:
        self.form = form
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        self.code = CLEAN
        self.paint = painter(wants_colour(self.out))

    def findings(self, diagnostics: Iterable[Diagnostic], root: Path) -> int:
        """Print every finding, in source order; the number of those that are errors."""
        ordered = sorted(
            set(diagnostics), key=lambda found: (found.span, found.code, found.message)
        )
        if self.form == "sarif":
            from motetc.diagnostics.paths import for_reader
            from motetc.diagnostics.sarif import sarif

            print(sarif([for_reader(found, root) for found in ordered]), file=self.out)
        else:
            for found in ordered:
                print(self._rendered(found, root), file=self.out)
        errors = sum(found.severity == "error" for found in ordered)
        if errors:
            self.code = max(self.code, FINDINGS)
        return errors

    def note(self, message: str) -> None:
        """Progress and summaries."""
        print(message, file=self.err)

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """A sign of life while something takes long, for those who watch a terminal."""
        if not wants_colour(self.err):
            yield
            return
        from rich.console import Console
        from rich.live import Live

        # without a thread that turns a wheel: a process with threads cannot be forked
        with Live(f"{what} …", console=Console(file=self.err), auto_refresh=False, transient=True):
            yield

    def drift(self, message: str) -> None:
        """Something on disk is not what it should be."""
        self.note(message)
        self.code = max(self.code, FINDINGS)

    def diff(self, lines: Iterable[str]) -> None:
        """A unified diff, coloured when it goes to a terminal."""
        for line in lines:
            role = {"+": "added", "-": "removed", "@": "gutter"}.get(line[:1], "")
            print(self.paint(line.rstrip("\n"), role), file=self.out)

    def _rendered(self, found: Diagnostic, root: Path) -> str:
        from motetc.diagnostics import render
        from motetc.diagnostics.paths import for_reader
        from motetc.diagnostics.text import text as render_text

        shown = for_reader(found, root)
        if self.form == "text":
            return render_text(shown, _reader(root), self.paint) + "\n"
        one_line = {"concise": render.concise, "json": render.as_json, "github": render.github}
        return one_line[self.form](shown)


def count(number: int, noun: str) -> str:
    """`1 error`, `2 errors`, `no errors`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def wants_colour(stream: TextIO) -> bool:
    """Colour for terminals, unless NO_COLOR forbids it; FORCE_COLOR for those who pipe into a pager."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def painter(colour: bool) -> Callable[[str, str], str]:
    """A function that colours a text by its role, or leaves it alone."""

    def paint(text: str, role: str) -> str:
        return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if colour and role in _COLOURS else text

    return paint


def _reader(root: Path) -> Callable[[str], list[str]]:
    @cache
    def read_lines(path: str) -> list[str]:
        for base in (Path(os.getcwd()), root):
            try:
                return (base / path).read_text("utf-8").split("\n")
            except (OSError, UnicodeDecodeError):
                continue
        return []

    return read_lines
