"""The result of compiling a project: modules to write, findings, and what the program says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from motetc.backend.face import Face
from motetc.backend.links import Links
from motetc.backend.output import OutputModule
from motetc.diagnostics.model import Diagnostic
from motetc.files import sha256
from motetc.ir.summary import ChoreographySummary
from motetc.outside import Outside


class SourceText(NamedTuple):
    """A source module, its path from the root, and its text."""

    module: str
    path: str
    text: str

    @property
    def digest(self) -> str:
        """Of the text."""
        return sha256(self.text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Compilation:
    """`modules` is empty when `diagnostics` has an error. `dumps` maps a pass name to the printed program after it."""

    modules: tuple[OutputModule, ...]
    diagnostics: tuple[Diagnostic, ...]
    choreographies: tuple[ChoreographySummary, ...]
    sources: tuple[str, ...]  # every project file read, relative to the root
    dumps: tuple[tuple[str, str], ...] = ()
    links: Links | None = None  # None: nothing of this can be kept for a later one
    again: frozenset[str] | None = None  # the source modules that `modules` are of, if not all
    texts: tuple[SourceText, ...] = ()  # of every source module
    outside: Outside = field(default_factory=Outside)  # what mypy read besides them
    faces: Mapping[str, Face] = field(
        default_factory=dict
    )  # by the digest of a text, if it is known
