"""Black, with a cache: it is the slow step of a build, and most modules are as they were.

An entry is keyed by the unformatted text, black's version and our style, so it never needs invalidating; what a build
did not use is dropped after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from motetc.backend.blacken import format_modules
from motetc.backend.prewrap import WIDTH
from motetc.files import read_text, sha256, write_atomically

STYLE = f"line length {WIDTH}, py311, 6"  # raise the last number when `prewrap` or `layout` changes its mind


class Formatter:
    """Formats the modules of one build; `directory` None keeps nothing."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def format_all(self, modules: Mapping[str, str]) -> dict[str, str]:
        """Every text in black's style, by path."""
        keys = {path: self._key(text) for path, text in modules.items()}
        formatted = {
            path: text for path, key in keys.items() if (text := self._read(key)) is not None
        }
        fresh = format_modules(
            [(path, text) for path, text in modules.items() if path not in formatted]
        )
        for path, text in fresh.items():
            self._keep(keys[path], text)
        return formatted | fresh

    def forget_others(self, texts: Iterable[str]) -> None:
        """Forget what a build of these texts had no use for."""
        self._prune({self._key(text) for text in texts})

    @cached_property
    def _salt(self) -> str:
        return f"black {version('black')}, {STYLE}"

    def _key(self, text: str) -> str:
        return sha256(f"{self._salt}\n{text}".encode())

    def _read(self, key: str) -> str | None:
        """What is kept; None when there is nothing, or it is not what was written: a disk was full, a machine fell."""
        kept = None if self._directory is None else read_text(self._directory / key)
        digest, _, text = (kept or "").partition("\n")
        return text if digest == sha256(text.encode()) else None

    def _keep(self, key: str, text: str) -> None:
        if self._directory is not None:
            write_atomically(self._directory / key, f"{sha256(text.encode())}\n{text}")

    def _prune(self, used: set[str]) -> None:
        """Names with a dot are being written by another build."""
        if self._directory is None or not self._directory.is_dir():
            return
        for entry in self._directory.iterdir():
            if entry.name not in used and not entry.name.startswith("."):
                entry.unlink(missing_ok=True)
