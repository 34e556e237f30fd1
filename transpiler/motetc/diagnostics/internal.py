"""Errors of our own: never a bare traceback, always a file that a bug report can carry."""

from __future__ import annotations

import tempfile
import traceback
from pathlib import Path


class SelfCheckError(Exception):
    """A build found that its own output breaks a promise; `artefact` is the text that shows it."""

    def __init__(self, message: str, artefact: str = "") -> None:
        super().__init__(message)
        self.artefact = artefact


def save_internal_error(error: BaseException, directory: Path | None = None) -> Path | None:
    """Write what there is to know to a file that stays; None if no folder for such files can be written."""
    where = directory if directory is not None and directory.is_dir() else None
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="motet-internal-error-",
            suffix=".txt",
            dir=where,
            delete=False,
            encoding="utf-8",
        ) as file:
            file.write(_all_of(error))
    except OSError:
        return None
    return Path(file.name)


def describe(error: BaseException, saved: Path | None) -> str:
    """What the user reads."""
    kind = "" if isinstance(error, SelfCheckError) else f"{type(error).__name__}: "
    return (
        f"INTERNAL ERROR: {kind}{error or 'no message'}\n"
        "This is a bug in motet, not in your program. Please report it with "
        f"{saved or 'what follows'}" + ("" if saved else f"\n\n{_all_of(error)}")
    )


def _all_of(error: BaseException) -> str:
    """The traceback, and the offending text of a failed self-check."""
    parts = ["".join(traceback.format_exception(error))]
    if isinstance(error, SelfCheckError) and error.artefact:
        parts.append(error.artefact)
    return "\n\n".join(parts)
