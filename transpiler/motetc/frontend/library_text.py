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
_EXPORTED: Final = re.compile(r'^    "(\w+)",$', re.MULTILINE)
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


@cache
def exported() -> frozenset[str]:
    """What can be imported from `motet.std` itself."""
    path = library_path().with_name("__init__.py")
    return frozenset(_EXPORTED.findall(path.read_text(encoding="utf-8") if path.is_file() else ""))


def public_name(full: str) -> str:
    """What `motet.std` exports has one name, whichever of its modules it was imported from."""
    home, _, name = full.rpartition(".")
    inside = home.startswith(f"{PACKAGE}.") and name in exported()
    return f"{PACKAGE}.{name}" if inside else full
