"""What mypy does not learn: a condition that is shared tells it nothing of the names in the condition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_SHARED = re.compile(r"\s+(?:if|elif|while)\b.*\.share\((.*)")
_NONE = re.compile(r"\b([^\W\d][\w.]*) is (not )?None\b")
_CLASS = re.compile(r"\b(not )?(isinstance\(([^\W\d][\w.]*), [\w.|, ()]+?\))")


def narrowing_help(message: str, lines: Sequence[str], line: int) -> str:
    """The `assert` that tells mypy what a shared condition above has told the locations; "" where none has.

    `lines` are those of the module, and the error is in `line`, counted from 1.
    """
    if " | " not in message:
        return ""
    for condition, holds in _shared_above(lines, line):
        for name, asked in _asked(condition, holds):
            if re.search(rf"(?<![\w.]){re.escape(name)}\b", lines[line - 1]):
                return (
                    f"mypy learns nothing of `{name}` from a condition that is shared: "
                    f"write `assert {asked}` in a statement before"
                )
    return ""


def _shared_above(lines: Sequence[str], line: int) -> Iterator[tuple[str, bool]]:
    """The conditions that are shared above a line, in its function, and whether they hold there.

    They hold in their first arm; not in another one, nor behind it, where it is taken to have been left.
    """
    depth = _indent(lines[line - 1])
    for above in reversed(lines[: line - 1]):
        indent = _indent(above)
        if above.strip() and not indent:
            return
        if above.strip() and indent <= depth:
            if found := _SHARED.match(above):
                yield found[1], indent < depth
            depth = indent


def _asked(condition: str, holds: bool) -> Iterator[tuple[str, str]]:
    """The names that a condition asks about, each with what is true of it, if the condition holds or does not."""
    for found in _NONE.finditer(condition):
        if bool(found[2]) is holds:
            yield found[1], f"{found[1]} is not None"
    for found in _CLASS.finditer(condition):
        if bool(found[1]) is not holds:
            yield found[3], found[2]


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
