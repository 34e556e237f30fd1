"""Tracebacks in terms of the source: the user wrote that, not the generated modules."""

from __future__ import annotations

import importlib
import linecache
from functools import cache
from pathlib import Path
from traceback import FrameSummary, TracebackException, extract_tb

from motet.hosting.manifests import NO_MANIFEST, Manifest, manifest_above

RUNTIME = Path(__file__).resolve().parents[1]


def source_line(error: BaseException, manifest: Manifest) -> str | None:
    """Where an exception left the program, as `shop.py:36`; the innermost line that is generated."""
    # a coroutine's StopIteration leaves it as an error that was nowhere
    for left in filter(None, (error, error.__cause__)):
        for frame in reversed(extract_tb(left.__traceback__)):
            found = manifest.source_of(frame.filename, frame.lineno or 0)
            if found is not None:
                return f"{found[0]}:{found[1]}"
    return None


def format_error(error: BaseException, manifest: Manifest) -> str:
    """The traceback of the user's own exception, without the runtime's frames."""
    report = TracebackException.from_exception(error)
    _rewrite(report, manifest)
    return "".join(report.format())


def format_unbegun(error: BaseException) -> str:
    """The same before a choreography has begun: the manifest is that of the modules which failed."""
    files = (frame.filename for frame in extract_tb(error.__traceback__))
    found = (manifest_above(Path(file)) for file in files)
    return format_error(error, next((x for x in found if x is not NO_MANIFEST), NO_MANIFEST))


def _rewrite(report: TracebackException, manifest: Manifest) -> None:
    rest = [report]
    while rest:  # chains are of any length
        part = rest.pop()
        frames = [frame for frame in part.stack if not _is_ours(frame.filename)]
        part.stack[:] = [_in_source(frame, manifest) for frame in frames]
        rest += filter(None, (part.__cause__, part.__context__, *(part.exceptions or ())))


@cache
def _is_ours(name: str) -> bool:
    """Whether a file is ours, or of the machinery by which Python imports and starts modules."""
    if name.startswith("<frozen ") or name == importlib.__file__:
        return True
    return Path(name).resolve().is_relative_to(RUNTIME)


def _in_source(frame: FrameSummary, manifest: Manifest) -> FrameSummary:
    found = manifest.source_of(frame.filename, frame.lineno or 0)
    if found is None or manifest.folder is None:
        return frame
    name, line = found
    path = manifest.folder.parent / name
    text = linecache.getline(str(path), line).strip() or frame.line
    return FrameSummary(str(path) if path.exists() else name, line, frame.name, line=text)
