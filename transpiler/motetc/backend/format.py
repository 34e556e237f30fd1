"""Black, with a cache: it is the slow step of a build, and most modules are as they were.

An entry is keyed by the unformatted text, black's version and our style, so it never needs invalidating; what a build
did not use is dropped after it. The first time a text is formatted, formatting it again must change nothing.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from motetc.backend.files import write_atomically
from motetc.diagnostics.internal import SelfCheckError

STYLE = "line length 88, py311"


class Formatter:
    """Formats modules for one build; `directory` None keeps nothing."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._used: set[str] = set()

    def format(self, text: str, path: str) -> str:
        """`text` in black's style; `path` names it in errors."""
        key = hashlib.sha256(f"{self._salt}\n{text}".encode()).hexdigest()
        self._used.add(key)
        if (cached := self._read(key)) is not None:
            return cached
        formatted = _black(text, path)
        if _black(formatted, path) != formatted:
            raise SelfCheckError(f"formatting {path} is not stable", text)
        if self._directory is not None:
            write_atomically(self._directory / key, formatted)
        return formatted

    def prune(self) -> None:
        """Forget what this build had no use for."""
        if self._directory is None or not self._directory.is_dir():
            return
        for entry in self._directory.iterdir():
            if entry.name not in self._used and not entry.name.startswith(
                "."
            ):  # another build's, half written
                entry.unlink(missing_ok=True)

    @cached_property
    def _salt(self) -> str:
        return f"black {version('black')}, {STYLE}"

    def _read(self, key: str) -> str | None:
        if self._directory is None:
            return None
        try:
            return (self._directory / key).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None


def _black(text: str, path: str) -> str:
    from black import format_str
    from black.mode import Mode, TargetVersion
    from black.parsing import InvalidInput

    mode = Mode(line_length=88, target_versions={TargetVersion.PY311})
    try:
        return format_str(text, mode=mode)
    except InvalidInput as error:
        raise SelfCheckError(f"{path} cannot be formatted: {error}", text) from None
