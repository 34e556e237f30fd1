"""When mypy itself fails."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from motetc.config import ConfigError


class OracleError(Exception):
    """mypy could not be run, or broke down; the text is for the user."""


def stopped(lines: Iterable[str], config: Path | None = None) -> ConfigError:
    """mypy refuses to begin: its settings are wrong, and those are the user's."""
    said = " ".join(map(_words, lines))
    own = said.removeprefix("mypy: error: ")
    if config is not None and own != said:
        return ConfigError(f"{config}: {own}")
    return ConfigError(f"mypy stopped: {said or 'it gave no reason'}")


def unwritable(cache: Path, problem: Exception) -> ConfigError:
    """mypy cannot keep what it finds: a disk is full, or not ours to write."""
    return ConfigError(f"mypy cannot write to {cache}: {problem}")


def _words(line: str) -> str:
    try:
        found = json.loads(line)
        return f"{found['file']}:{found['line']}: {found['message']}"
    except (ValueError, KeyError, TypeError):
        return line


def internal_error(output: str) -> OracleError:
    """mypy's own words, without its advice; of a traceback, the last line."""
    lines = [line.strip() for line in output.strip().splitlines() if line.strip()]
    where = [line for line in lines if "INTERNAL ERROR" in line]
    if not where:
        return OracleError("mypy stopped: " + (" ".join(lines) or "it gave no reason"))
    place = where[0].partition(" error:")[0].rstrip(":")
    kinds = [
        line
        for line in lines
        if "Error: " in line and line[:1].isalpha() and " " not in line.split(":")[0]
    ]
    last = next((line for line in reversed(kinds) if "INTERNAL ERROR" not in line), "")
    return OracleError(f"mypy broke down (INTERNAL ERROR) at {place}: {last}".rstrip(": "))
