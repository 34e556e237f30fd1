"""How the members of a cluster agree on a condition that each would answer for itself."""

from __future__ import annotations

import re
from typing import Final

from motetc.diagnostics.model import Span
from motetc.frontend.source import SourceModule

_HEAD: Final = re.compile(r"^\s*(if|elif|while) $")
_INNER: Final = re.compile(r"\b(if|and|or|not) $")
_TRUTH: Final = re.compile(r"[<>]|[!=]=|\b(not|in|is)\b")


def agreed(module: SourceModule, condition: Span, cluster: str) -> str:
    """What to write in the place of a condition, if it stands on one line, behind a word that says that it is one."""
    line = module.text.split("\n")[condition.line - 1]
    head = _HEAD.search(line[: condition.column - 1])
    inner = head is None and _INNER.search(line[: condition.column - 1]) is not None
    if not (head or inner) or condition.end_line != condition.line or module.map is not None:
        return f"`await {cluster}.all_reduce(…, f)`"
    code = line[condition.column - 1 : condition.end_column - 1]
    value = code if _TRUTH.search(code) else f"bool({code})"
    if head is None:
        return f"`await {cluster}.all_reduce({value}, lambda a, b: a or b)` in its place"
    return f"`{head[1]} await {cluster}.all_reduce({value}, lambda a, b: a or b):`"
