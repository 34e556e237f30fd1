"""The manifest of the last build, as it is on disk: what needs only this does not import what a build needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from motetc.files import read_object

NAME = "manifest.json"
FORMAT = 1


def read_manifest(output: Path) -> Mapping[str, Any]:
    """The manifest in `output`; empty when there is none, or none that can be read."""
    document = read_object(output / NAME)
    whole = isinstance(document.get("fingerprint"), str) and all(
        isinstance(document.get(key), dict) for key in ("choreographies", "files")
    )
    return document if whole and document.get("format") == FORMAT else {}
