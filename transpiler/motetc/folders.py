"""Which files are below a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path


def files_below(
    folder: Path, is_entered: Callable[[Path], bool], above: frozenset[str] = frozenset()
) -> Iterator[Path]:
    """Every file, in the order of names, and every folder that cannot be listed; no pipes and the like. Links are
    followed, but not to a folder around them."""
    above |= {os.path.realpath(folder)}
    try:
        names = sorted(os.listdir(folder))
    except PermissionError:
        yield folder
        return
    for entry in map(folder.joinpath, names):
        if not entry.is_dir():
            if not _is_special(entry):
                yield entry
        elif is_entered(entry) and os.path.realpath(entry) not in above:
            yield from files_below(entry, is_entered, above)


def _is_special(path: Path) -> bool:
    """Whether it is a device, a pipe or a socket: reading might wait without end."""
    try:
        mode = os.stat(path).st_mode
    except OSError:  # a link that leads nowhere is a file that cannot be read
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def is_environment(folder: Path) -> bool:
    """Whether a folder is a virtual environment."""
    return os.path.isfile(folder / "pyvenv.cfg")
