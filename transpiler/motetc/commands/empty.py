"""What is said of a project in which there is nothing for Motet: perhaps it is another folder that was meant."""

from __future__ import annotations

from collections.abc import Sequence

from motetc.config import Config
from motetc.diagnostics.paths import shown
from motetc.diagnostics.report import count


def nothing_in(config: Config, sources: Sequence[str]) -> str:
    """That the files which were read have no choreography."""
    folders = ", ".join(shown(str(folder), config.root) for folder in config.sources)
    if not sources:
        return f"there are no Python files below {folders}"
    return f"there is no choreography in {count(len(sources), 'Python file')} below {folders}"
