"""Tracebacks in terms of the source: the user wrote that, not the generated modules."""

from __future__ import annotations

import linecache
from pathlib import Path
from traceback import FrameSummary, TracebackException, extract_tb

from motet.hosting.manifests import Manifest

RUNTIME = Path(__file__).resolve().parents[1]


def source_line(error: BaseException, manifest: Manifest) -> str | None:
    """Where an exception left the program, as `shop.py:36`; the innermost line that is generated."""
    for frame in reversed(extract_tb(error.__traceback__)):
        found = manifest.source_of(frame.filename, frame.lineno or 0)
        if found is not None:
            return f"{found[0]}:{found[1]}"
    return None


def format_error(error: BaseException, manifest: Manifest) -> str:
    """The traceback of the user's own exception, without the runtime's frames."""
    report = TracebackException.from_exception(error)
    _rewrite(report, manifest)
    return "".join(report.format())


def _rewrite(report: TracebackException, manifest: Manifest) -> None:
    frames = [frame for frame in report.stack if not _is_ours(frame)]
    report.stack[:] = [_in_source(frame, manifest) for frame in frames]
    for inner in (report.__cause__, report.__context__):
        if inner is not None:
            _rewrite(inner, manifest)


def _is_ours(frame: FrameSummary) -> bool:
    return Path(frame.filename).resolve().is_relative_to(RUNTIME)


def _in_source(frame: FrameSummary, manifest: Manifest) -> FrameSummary:
    found = manifest.source_of(frame.filename, frame.lineno or 0)
    if found is None or manifest.folder is None:
        return frame
    name, line = found
    path = manifest.folder.parent / name
    text = linecache.getline(str(path), line).strip() or frame.line
    return FrameSummary(str(path) if path.exists() else name, line, frame.name, line=text)
