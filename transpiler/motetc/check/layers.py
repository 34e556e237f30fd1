"""The third layer: the generated modules, checked apart from the compiler that wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from motetc.build import Built
from motetc.check.anchor import Anchors
from motetc.check.overlay import Overlay, lay_over
from motetc.check.remap import Remap
from motetc.check.strict import check_strictly
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.oracle_request import SourceFile
from motetc.state import CACHE


def check_generated(built: Built) -> tuple[Overlay, list[Diagnostic]]:
    """What was checked, and the findings at their source lines."""
    overlay = lay_over(built)
    files = [_source(overlay, path) for path in sorted(overlay.texts) if path.endswith(".py")]
    search = [*built.config.sources, overlay.root]
    findings = check_strictly(files, search, built.config.root / CACHE, overlay.moved())
    overlay.settle()
    by_path = {file.path: file for file in built.files}
    remap = Remap(built.config.output, overlay, by_path, Anchors(built.config.root))
    return overlay, _news(remap.diagnostics(findings), built.compilation.diagnostics)


def _source(overlay: Overlay, path: str) -> SourceFile:
    parts = (overlay.package, *Path(path).with_suffix("").parts)
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return SourceFile(overlay.file(path), module, overlay.texts[path])


def _news(found: Iterable[Diagnostic], known: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What the first two layers have said of a line need not be said again."""
    said = {(item.code, item.span.path, item.span.line) for item in known}
    return [item for item in found if (item.code, item.span.path, item.span.line) not in said]
