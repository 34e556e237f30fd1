"""The manifest of the last build, as it is on disk: what needs only this does not import what a build needs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeGuard

from motetc.files import read_object

NAME = "manifest.json"
FORMAT = 1

_FILE: Final = {"sha256": str, "sources": list, "map": str}
_CHOREOGRAPHY: Final = {
    "source": str,
    "runnable": bool,
    "arguments": dict,
    "own": list,
    "optional": list,
    "results": list,
    "roles": list,
    "channels": list,
}
_ROWS: Final[Mapping[str, Mapping[str, type]]] = {
    "roles": {"name": str, "location": str, "folder": str, "cluster": bool},
    "channels": {"name": str, "from": str, "to": str, "type": str, "form": str, "line": int},
    "given": {"call": str, "variable": str, "type": str, "form": str, "line": int},
    "ports": {"name": str, "location": str},
}
"""What the entries of a choreography hold; some have no `given` and no `ports`."""


def read_manifest(output: Path) -> Mapping[str, Any]:
    """The manifest in `output`; empty when there is none, or none that can be read."""
    document = read_object(output / NAME)
    return document if document.get("format") == FORMAT and _is_whole(document) else {}


def is_damaged(output: Path) -> bool:
    """Whether there is a manifest in `output` that cannot be read."""
    return os.path.lexists(output / NAME) and not read_manifest(output)


def _is_whole(document: Mapping[str, Any]) -> bool:
    files, entries = document.get("files"), document.get("choreographies")
    return (
        isinstance(document.get("fingerprint"), str)
        and isinstance(files, dict)
        and isinstance(entries, dict)
        and all(_has(file, _FILE) for file in files.values())
        and all(map(_is_choreography, entries.values()))
    )


def _is_choreography(entry: object) -> bool:
    return _has(entry, _CHOREOGRAPHY) and all(
        isinstance(rows := entry.get(key, []), list) and all(_has(row, keys) for row in rows)
        for key, keys in _ROWS.items()
    )


def _has(value: object, keys: Mapping[str, type]) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, dict) and all(
        isinstance(value.get(key), kind) for key, kind in keys.items()
    )
