"""What the modules of a program ask of each other's output, so that a few can be compiled again without the rest.

What is generated for a module depends on its text, on what it imports, and on what others want of it: a definition to
be copied, a codec to be written. Who imports a module that has changed is compiled again with it. What those ask of all
others is compared with what they asked before: if it is the same, so is what was generated for the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
Row = tuple[str, ...]  # the module that is asked, or none where every change counts; the kind; what


@dataclass(frozen=True, slots=True)
class Links:
    """Of a whole compilation, or a part of it. All by source module, and plain data.

    `rows`: what each asks. `wire`: what moves to its wire module. `names`: what we have called things there.
    """

    rows: Mapping[str, frozenset[Row]] = field(default_factory=dict)
    wire: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    used: Mapping[str, bool] = field(default_factory=dict)  # names of ours: whether a source has them
    mirrored: frozenset[str] = frozenset()
    types: Mapping[str, str] = field(default_factory=dict)  # what mypy's answers depend on

    def leaving(self, again: frozenset[str]) -> set[tuple[str, Row]]:
        """What some modules ask of all others, and of the program as a whole."""
        return {(m, row) for m in again for row in self.rows.get(m, ()) if row[0] not in again}

    def of_kind(self, kind: str, outside: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
        """The rows of a kind that have one word, each with whose it is, but those of the modules `outside`."""
        for module, rows in self.rows.items():
            if module not in outside:
                yield from ((module, row[2]) for row in sorted(rows) if row[1] == kind)

    def merged(self, later: Links, again: frozenset[str]) -> Links:
        """These with those of the modules that were compiled again."""
        return Links(
            rows=_merged(self.rows, later.rows, again),
            wire=_merged(self.wire, later.wire, again),
            names=_merged(self.names, later.names, again),
            used={**self.used, **later.used},
            mirrored=(self.mirrored - again) | (later.mirrored & again),
            types=later.types,
        )


def fits(before: Links, now: Links, again: frozenset[str]) -> bool:
    """Whether modules ask the same of all others as before, and call what is there the same."""
    return before.leaving(again) == now.leaving(again) and all(
        before.names.get(module, {}).get(what) == name
        for module, given in now.names.items()
        if module not in again
        for what, name in given.items()
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What of a program is to be compiled: the modules whose output is wanted, and those that they import too."""

    again: frozenset[str]
    modules: frozenset[str]
    before: Links


def same_types(types: Mapping[str, str], part: Part) -> bool:
    """Whether what mypy says of all other modules is what it said before."""
    before, again = part.before.types, part.again
    return types.keys() == before.keys() and all(
        types[module] == before[module] for module in types if module not in again
    )


def _merged(
    before: Mapping[str, T], later: Mapping[str, T], again: frozenset[str]
) -> dict[str, T]:
    kept = {module: found for module, found in before.items() if module not in again}
    return kept | {module: found for module, found in later.items() if module in again}
