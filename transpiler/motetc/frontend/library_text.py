"""Where the pipelines of `motet.std` are written, and what they are called: known before LibCST is imported."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGE: Final = "motet.std"
MODULE: Final = f"{PACKAGE}.streams"
RELATIVE: Final = "motet/std/streams.py"
_PIPELINE: Final = re.compile(r"^@pipeline\ndef (\w+)", re.MULTILINE)


def library_path() -> Path:
    """The file in the installed runtime."""
    spec = find_spec("motet")
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places or ()), "")).parent / RELATIVE


@cache
def library_text() -> str:
    """What is in it; empty if it is not there."""
    path = library_path()
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@cache
def library_names() -> frozenset[str]:
    """What a module that calls one of them imports: the function, or what it is in."""
    called = _PIPELINE.findall(library_text())
    return frozenset(
        {PACKAGE, MODULE, *(f"{home}.{n}" for home in (PACKAGE, MODULE) for n in called)}
    )
