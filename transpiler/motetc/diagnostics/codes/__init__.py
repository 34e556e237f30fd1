"""The registry of code words: what raises them, tests them, documents them and answers `motet explain`."""

from __future__ import annotations

from motetc.diagnostics.codes.choices import CHOICES
from motetc.diagnostics.codes.clusters import CLUSTERS
from motetc.diagnostics.codes.code import PRELUDE, Code
from motetc.diagnostics.codes.instants import INSTANTS
from motetc.diagnostics.codes.messages import MESSAGES
from motetc.diagnostics.codes.places import PLACES
from motetc.diagnostics.codes.programs import PROGRAMS

CODES: dict[str, Code] = {
    entry.word: entry
    for entry in sorted(
        (*PLACES, *CHOICES, *CLUSTERS, *INSTANTS, *MESSAGES, *PROGRAMS),
        key=lambda entry: entry.word,
    )
}

__all__ = ["CODES", "PRELUDE", "Code"]
