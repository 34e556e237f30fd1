"""What is said of a project in which there is nothing for Motet: perhaps it is another folder that was meant."""

from __future__ import annotations

from collections.abc import Sequence

from motetc.config import Config
from motetc.diagnostics.paths import shown
from motetc.diagnostics.report import count
from motetc.frontend.discover import left_out


def nothing_in(config: Config, sources: Sequence[str]) -> str:
    """That the files which were read have no choreography."""
    folders = ", ".join(shown(str(folder), config.root) for folder in config.sources)
    if not sources:
        why = left_out(config)
        what = f"modules below {folders}: {why}" if why else f"files below {folders}"
        return f"there are no Python {what}"
    return f"there is no choreography in {count(len(sources), 'Python file')} below {folders}"
