"""The tree that mypy is to see, which need not be what is in the output folder.

The overlay lives in the project's cache folder, under the name of the output folder, and keeps the mtime of what has
not changed, so that mypy's own cache serves every later check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from motetc.config import Config
from motetc.files import read_text, write_atomically
from motetc.state import prepare_cache

_WHERE = "where.txt"


@dataclass(frozen=True, slots=True)
class Overlay:
    """`root` goes onto mypy's path; `texts` is what lies below `root / package`, by path, up to a last line of ours."""

    root: Path
    package: str
    texts: Mapping[str, str]

    def file(self, path: str) -> Path:
        """Where one of `texts` is."""
        return self.root / self.package / path

    def moved(self) -> bool:
        """Was the last check of this cache folder made somewhere else?"""
        return read_text(self.root / _WHERE) != str(self.root)

    def settle(self) -> None:
        """A check was made here."""
        if self.moved():
            write_atomically(self.root / _WHERE, str(self.root))


def lay_over(config: Config, texts: Mapping[str, str], last: str) -> Overlay:
    """Write the tree, each file with `last` behind its last line, and nothing that is there already."""
    overlay = Overlay(prepare_cache(config) / "check", config.output.name, texts)
    for path, text in overlay.texts.items():
        if read_text(overlay.file(path)) != text + last:
            write_atomically(overlay.file(path), text + last)
    _remove_others(overlay)
    return overlay


def _remove_others(overlay: Overlay) -> None:
    """What an earlier check left; the folder is ours alone."""
    wanted = {overlay.file(path) for path in overlay.texts}
    for file in (overlay.root / overlay.package).rglob("*.py"):
        if file not in wanted:
            file.unlink()
