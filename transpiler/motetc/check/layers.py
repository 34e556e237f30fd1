"""The third layer: the generated modules, checked apart from the compiler that wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from motetc.build import Built
from motetc.check.anchor import Anchors
from motetc.check.mypy import run_mypy
from motetc.check.overlay import Overlay, lay_over
from motetc.check.remap import Remap
from motetc.config import Config
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.oracle_paths import stub_paths
from motetc.state import CACHE


def check_generated(built: Built) -> tuple[Overlay, list[Diagnostic]]:
    """What was checked, and the findings at their source lines."""
    overlay = lay_over(built)
    files = [overlay.file(path) for path in sorted(overlay.texts) if path.endswith(".py")]
    search = [overlay.root, *built.config.sources, *stub_paths()]
    findings = run_mypy(files, search, mypy_cache(built.config))
    by_path = {file.path: file for file in built.files}
    remap = Remap(built.config.output, overlay, by_path, Anchors(built.config.root))
    return overlay, _news(remap.diagnostics(findings), built.compilation.diagnostics)


def mypy_cache(config: Config) -> Path:
    """One cache for every run of mypy on this project."""
    return config.root / CACHE / "mypy"


def _news(found: Iterable[Diagnostic], known: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What the first two layers have said of a line need not be said again."""
    said = {(item.code, item.span.path, item.span.line) for item in known}
    return [item for item in found if (item.code, item.span.path, item.span.line) not in said]
