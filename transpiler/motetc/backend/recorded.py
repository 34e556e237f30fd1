"""The manifest of the last build, as it is on disk: what needs only this does not import what a build needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAME = "manifest.json"
FORMAT = 1


def read_manifest(output: Path) -> Mapping[str, Any]:
    """The manifest in `output`; empty when there is none, or none that can be read."""
    try:
        document = json.loads((output / NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) and document.get("format") == FORMAT else {}
