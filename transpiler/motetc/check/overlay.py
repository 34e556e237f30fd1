"""The tree that mypy is to see: what a build would write, except where a person has put their hand on a file.

The overlay lives in the project's cache folder, under the name of the output folder, and keeps the mtime of what has
not changed, so that mypy's own cache serves every later check. A file edited by hand is checked as it is on disk: the
question is then whether *that* is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from motetc.backend.files import read_text, write_atomically
from motetc.build import Built
from motetc.state import prepare_cache

_WHERE = "where.txt"


@dataclass(frozen=True, slots=True)
class Overlay:
    """`root` goes onto mypy's path; `texts` is what lies below `root / package`, by path."""

    root: Path
    package: str
    texts: Mapping[str, str]
    by_hand: tuple[str, ...]

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


def lay_over(built: Built) -> Overlay:
    """Write the tree, and nothing that is there already."""
    output = built.config.output
    by_hand = tuple(path for path in built.changes.by_hand if path in built.texts)
    on_disk = {path: text for path in by_hand if (text := read_text(output / path)) is not None}
    overlay = Overlay(
        prepare_cache(built.config.root) / "check", output.name, {**built.texts, **on_disk}, by_hand
    )
    for path, text in overlay.texts.items():
        if read_text(overlay.file(path)) != text:
            write_atomically(overlay.file(path), text)
    _remove_others(overlay)
    return overlay


def _remove_others(overlay: Overlay) -> None:
    """What an earlier check left; the folder is ours alone."""
    wanted = {overlay.file(path) for path in overlay.texts}
    for file in (overlay.root / overlay.package).rglob("*.py"):
        if file not in wanted:
            file.unlink()
