"""An import of a module that mypy does not find: where its name stands, and what is meant or missing."""

from __future__ import annotations

import difflib
from dataclasses import replace

from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.program import Program


def not_found(finding: Diagnostic, name: str, program: Program) -> Diagnostic:
    """The finding at the name of the module, with its edit."""
    known = [n for n in program.everything if n]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    help = (
        f"did you mean `{near[0]}`?"
        if near
        else "install it where `motet` runs, or mend the name; your own folders go into `sources` in pyproject.toml"
    )
    return replace(finding, span=_span(finding.span, name, program), help=finding.help or help)


def _span(span: Span, name: str, program: Program) -> Span:
    """Where the name stands in the line that mypy names; it says of most imports only where the line begins."""
    module = next((m for m in program.everything.values() if m.relative == span.path), None)
    lines = module.text.split("\n") if module is not None else []
    found = lines[span.line - 1].find(name) if span.line <= len(lines) else -1
    if found < 0:
        return span
    return Span(span.path, span.line, found + 1, span.line, found + 1 + len(name))
