"""Which files are below a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path


def files_below(
    folder: Path, is_entered: Callable[[Path], bool], above: frozenset[str] = frozenset()
) -> Iterator[Path]:
    """Every file, in the order of names. Links are followed, but not to a folder that they are in."""
    above |= {os.path.realpath(folder)}
    try:
        names = sorted(os.listdir(folder))
    except PermissionError:
        return
    for entry in map(folder.joinpath, names):
        if not entry.is_dir():
            yield entry
        elif is_entered(entry) and os.path.realpath(entry) not in above:
            yield from files_below(entry, is_entered, above)


def is_environment(folder: Path) -> bool:
    """Whether a folder is a virtual environment."""
    return os.path.isfile(folder / "pyvenv.cfg")
