"""Outlines that are kept: a source that is as it was is not parsed again for what it imports."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from motetc.diagnostics.model import Diagnostic
from motetc.files import read_object, sha256, write_atomically
from motetc.frontend import imports, outline, unimported
from motetc.frontend.imports import Import
from motetc.frontend.outline import Outline


class Outlines:
    """Those that the last build kept in a folder, and after `save` those that were asked for since."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "outlines.json"
        self._kept = read_object(self._file)
        self._now: dict[str, Any] = {}

    def of(self, path: Path, relative: str, name: str, text: str) -> Outline | Diagnostic:
        """As `outline.outline`; only what is in order is kept, and has no star, whose place would have to be."""
        key = _key(path, name, text)
        packed = self._kept.get(key)
        if packed is not None:
            with suppress(TypeError, ValueError):
                found = _unpacked(path, relative, name, text, packed)
                self._now[key] = packed
                return found
        made = outline.outline(path, relative, name, text)
        if isinstance(made, Outline) and not made.stars and made.unimported is None:
            self._now[key] = _packed(made)
        return made

    def save(self) -> None:
        """Atomically; where that cannot be done, the next build asks Python."""
        if self._now.keys() == self._kept.keys():
            return
        with suppress(OSError):
            write_atomically(self._file, json.dumps(self._now))


def _packed(module: Outline) -> list[Any]:
    bound = [[local, i.module, i.member] for local, i in module.imports.items()]
    return [module.empty, bound, [[i.module, i.member] for i in module.inner]]


def _unpacked(path: Path, relative: str, name: str, text: str, packed: Any) -> Outline:
    empty, bound, inner = packed
    module = Outline(path, relative, name, text, path.name == "__init__.py", bool(empty))
    module.imports = {str(local): Import(str(m), str(n)) for local, m, n in bound}
    module.inner = tuple(Import(str(m), str(n)) for m, n in inner)
    return module


def _key(path: Path, name: str, text: str) -> str:
    parts = (_salt(), path.name, name, text)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass"))


@cache
def _salt() -> str:
    """What an outline depends on beside the source: Python, and the code that makes it."""
    codes = [os.stat(str(code.__file__)) for code in (imports, outline, unimported)]
    return " ".join([sys.version, *(f"{code.st_size} {code.st_mtime_ns}" for code in codes)])
