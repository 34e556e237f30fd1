"""What a build has read besides the sources of its project: libraries that are installed, or on mypy's path."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from typing import Any, NamedTuple


class Outside(NamedTuple):
    """`watched`: path, mtime in ns and size of files that were read; `absent`: paths that would satisfy an import."""

    watched: tuple[tuple[str, int, int], ...] = ()
    absent: tuple[str, ...] = ()

    def is_kept(self) -> bool:
        """Whether all that is as it was."""
        return all(map(_is_unchanged, self.watched)) and not any(map(os.path.exists, self.absent))

    def apart_from(self, files: Container[str]) -> Outside:
        """Without some files."""
        return self._replace(watched=tuple(e for e in self.watched if e[0] not in files))


def recorded_outside(record: Mapping[str, Any]) -> Outside | None:
    """What is `outside` according to a record; None if it does not say so."""
    try:
        watched, absent = record["outside"]
        entries = tuple((str(path), int(changed), int(size)) for path, changed, size in watched)
        return Outside(entries, tuple(map(str, absent)))
    except (KeyError, TypeError, ValueError):
        return None


def is_outside_kept(record: Mapping[str, Any]) -> bool:
    """Whether what is `outside` according to a record is as it was; not if that is not known."""
    found = recorded_outside(record)
    return found is not None and found.is_kept()


def _is_unchanged(entry: tuple[str, int, int]) -> bool:
    path, changed, size = entry
    try:
        found = os.stat(path)
    except OSError:
        return False
    return (found.st_mtime_ns, found.st_size) == (changed, size)
