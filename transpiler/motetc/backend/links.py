"""What the modules of a program ask of each other's output, so that a few can be compiled again without the rest.

What is generated for a module depends on its text, on what it imports, and on what others want of it: a definition to
be copied, a codec to be written. Who sees something new of a module that has changed is compiled again with it. What
those ask of all others is compared with what they asked before: if it is the same, so is what was generated for the
others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from motetc.backend.face import Face

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
    used: Mapping[str, bool] = field(
        default_factory=dict
    )  # names of ours: whether a source has them
    mirrored: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()  # of locations that play some role
    types: Mapping[str, str] = field(default_factory=dict)  # digests of mypy's answers
    classes: Mapping[str, str] = field(default_factory=dict)  # the same, of classes alone

    def leaving(self, again: frozenset[str]) -> set[tuple[str, Row]]:
        """What some modules ask of all others, and of the program as a whole."""
        return {(m, row) for m in again for row in self.rows.get(m, ()) if row[0] not in again}

    def of_kind(
        self, kind: str, outside: frozenset[str] = frozenset()
    ) -> Iterator[tuple[str, str]]:
        """The rows of a kind that have one word, each with whose it is, but those of the modules `outside`."""
        for module, rows in self.rows.items():
            if module not in outside:
                yield from ((module, row[2]) for row in sorted(rows) if row[1] == kind)


@dataclass(frozen=True, slots=True)
class Part:
    """What of a program is to be compiled: the modules whose output is wanted, and those that they import too.

    `inner`: those of which others see nothing new, and whose importers are left as they are. `faces`: what others saw
    of modules, by the digests of their texts.
    """

    again: frozenset[str]
    modules: frozenset[str]
    before: Links
    inner: frozenset[str] = frozenset()
    faces: Mapping[str, Face] = field(default_factory=dict)

    def coming(self, kind: str) -> Iterator[tuple[str, Row]]:
        """What others ask of the modules that are compiled again."""
        for by, rows in self.before.rows.items():
            if self.inner and by not in self.again:
                yield from ((by, row) for row in rows if row[1] == kind and row[0] in self.again)

    def same_types(self, types: Mapping[str, str], classes: Callable[[str], str]) -> bool:
        """Whether mypy says of all other modules what it said before, and of the classes that they can see."""
        before = self.before.types
        others = all(types[m] == before.get(m) for m in types if m not in self.again)
        return (
            others
            and types.keys() == before.keys()
            and all(classes(m) == self.before.classes.get(m) for m in self.inner)
        )

    @property
    def names(self) -> Mapping[str, Mapping[str, str]]:
        """What keeps its name, since others call it by that."""
        return {m: n for m, n in self.before.names.items() if self._is_seen(m)}

    def _is_seen(self, module: str) -> bool:
        return module not in self.again or module in self.inner

    def fits(self, now: Links) -> bool:
        """Whether what was made goes with the rest: it asks the same of that, and offers it the same, by the same
        names.
        """
        before = self.before
        if before.leaving(self.again) != now.leaving(self.again):
            return False
        return all(before.wire.get(m) == now.wire.get(m) for m in self.inner) and all(
            before.names.get(module, {}).get(what) == name
            for module, given in now.names.items()
            if self._is_seen(module)
            for what, name in given.items()
        )

    def joined(self, now: Links) -> Links:
        """What was there before, with what is new of the modules that were compiled again."""
        before, again = self.before, self.again
        return Links(
            rows=_merged(before.rows, now.rows, again),
            wire=_merged(before.wire, now.wire, again),
            names={**_merged(before.names, now.names, again), **self.names},
            used={**before.used, **now.used},
            mirrored=(before.mirrored - again) | (now.mirrored & again),
            folders=before.folders,
            types=now.types,
            classes=_merged(before.classes, now.classes, again),
        )


def _merged(before: Mapping[str, T], later: Mapping[str, T], again: frozenset[str]) -> dict[str, T]:
    kept = {module: found for module, found in before.items() if module not in again}
    return kept | {module: found for module, found in later.items() if module in again}
