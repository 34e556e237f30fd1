"""What black itself makes of a text; the compiler asks it as little as it can."""

from __future__ import annotations

from functools import lru_cache

from black import format_str
from black.mode import Mode, TargetVersion

STYLE = Mode(line_length=88, target_versions={TargetVersion.PY311})


@lru_cache(maxsize=4096)
def blackened(text: str) -> str:
    """The text in black's style."""
    return format_str(text, mode=STYLE)
