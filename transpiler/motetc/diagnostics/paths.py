"""How a finding's path is shown: as the reader would type it, and the same in every format."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from motetc.diagnostics.model import Diagnostic, Related, Span


def shown(path: str, root: Path) -> str:
    """`path`, which is relative to the project or absolute, as seen from the working directory or else the project."""
    absolute = root / path
    here = Path(os.getcwd())
    if here.is_relative_to(root):
        return Path(os.path.relpath(absolute, here)).as_posix()
    for base in (here, root):
        if absolute.is_relative_to(base):
            return absolute.relative_to(base).as_posix()
    return absolute.as_posix()


def for_reader(diagnostic: Diagnostic, root: Path) -> Diagnostic:
    """The diagnostic with every path as the reader should see it."""
    related = tuple(Related(_span(item.span, root), item.message) for item in diagnostic.related)
    return replace(diagnostic, span=_span(diagnostic.span, root), related=related)


def _span(span: Span, root: Path) -> Span:
    return replace(span, path=shown(span.path, root))
