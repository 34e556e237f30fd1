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
            found = _source_of(frame, manifest)
            if found is not None:
                return f"{found[0]}:{found[1]}"
    return None


def format_error(error: BaseException, manifest: Manifest) -> str:
    """The traceback of the user's own exception, without the runtime's frames."""
    report = TracebackException.from_exception(error)
    _rewrite(report, manifest)
    return "".join(report.format())


def format_unbegun(error: BaseException) -> tuple[str, str | None]:
    """The same before a choreography has begun, and where it happened, as `shop.py:36`.

    The manifest is that of the modules which failed; their own lines, by which they import the user's, are left out.
    """
    files = (frame.filename for frame in extract_tb(error.__traceback__))
    found = (manifest_above(Path(file)) for file in files)
    manifest = next((x for x in found if x is not NO_MANIFEST), NO_MANIFEST)
    report = TracebackException.from_exception(error)
    _rewrite(report, manifest, imports=False)
    frames = [*report.stack]
    where = f"{_short(frames[-1].filename, manifest)}:{frames[-1].lineno}" if frames else None
    return "".join(report.format()), where


def _short(file: str, manifest: Manifest) -> str:
    """A file as seen from the project."""
    root = manifest.folder.parent if manifest.folder is not None else None
    path = Path(file)
    return (
        path.relative_to(root).as_posix()
        if root is not None and path.is_relative_to(root)
        else file
    )


def _rewrite(report: TracebackException, manifest: Manifest, imports: bool = True) -> None:
    rest = [report]
    while rest:  # chains are of any length
        part = rest.pop()
        frames = [frame for frame in part.stack if not _is_ours(frame.filename)]
        if not imports:
            frames = [f for f in frames if not _is_made(f, manifest)] or frames
        part.stack[:] = [_in_source(frame, manifest) for frame in frames]
        rest += filter(None, (part.__cause__, part.__context__, *(part.exceptions or ())))


@cache
def _is_ours(name: str) -> bool:
    """Whether a file is ours, or of the machinery by which Python imports and starts modules."""
    if name.startswith("<frozen ") or name == importlib.__file__:
        return True
    return Path(name).resolve().is_relative_to(RUNTIME)


def _is_made(frame: FrameSummary, manifest: Manifest) -> bool:
    """Whether a line is generated, and none of the source is behind it."""
    source = manifest.source_of(frame.filename, frame.lineno or 0)
    return source is None and manifest.covers(frame.filename)


def _source_of(frame: FrameSummary, manifest: Manifest) -> tuple[str, int] | None:
    return manifest.source_of(frame.filename, frame.lineno or 0, _code_at_work(frame))


def _code_at_work(frame: FrameSummary) -> str:
    """What of a line raised, or called what did; nothing if that is more than a line, or not known."""
    if frame.lineno != frame.end_lineno or frame.colno is None or frame.end_colno is None:
        return ""
    line = linecache.getline(frame.filename, frame.lineno or 0).encode()
    return line[frame.colno : frame.end_colno].decode()


def _in_source(frame: FrameSummary, manifest: Manifest) -> FrameSummary:
    found = _source_of(frame, manifest)
    if found is None or manifest.folder is None:
        return frame
    name, line = found
    path = manifest.folder.parent / name
    text = linecache.getline(str(path), line).strip() or frame.line
    return FrameSummary(str(path) if path.exists() else name, line, frame.name, line=text)
