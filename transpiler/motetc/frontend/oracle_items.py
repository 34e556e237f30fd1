"""What may be of several types, and has an attribute in some only: told once for each value, with what to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.oracle_columns import Columns

_ITEM = re.compile(r'Item "(.*?)" of "(.*?)" has no attribute ')
_FUNCTION = re.compile(r"\s*(async )?def ")
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def value_at(span: Span, lines: Sequence[str]) -> str:
    """The text of the value whose attribute is not there; `lines` are those of the span."""
    if len(lines) != 1:
        return ""
    return lines[0][span.column - 1 : span.end_column - 1].rpartition(".")[0]


def item_help(message: str, value: str) -> str:
    """What to ask of a value before; "" if mypy's message is of something else."""
    found = _ITEM.match(message)
    if found is None:
        return ""
    asked = value if _NAME.fullmatch(value) else "value"
    named = "" if asked == value else "give it a name, `value = …`, and "
    if found[1] == "None":
        return f"{named}say what happens without it: `if {asked} is None: …`; or `assert {asked} is not None`"
    return f"{named}ask which it is: `if isinstance({asked}, {found[1].partition('[')[0]}): …`"


def once_a_value(
    found: Iterable[Diagnostic], columns: Mapping[str, Columns]
) -> Iterator[Diagnostic]:
    """The findings, without those that miss another attribute of a value of which that was said in the function."""
    told: dict[tuple[str, int, str, str], Span] = {}
    for finding in sorted(found, key=lambda d: d.span):
        item = _ITEM.match(finding.message)
        if item is None:
            yield finding
            continue
        span, lines = finding.span, columns[finding.span.path].lines
        value = value_at(span, lines[span.line - 1 : span.end_line])
        key = (span.path, _function(lines, span.line), value, item[0])
        if not value or key not in told:
            yield finding
        told.setdefault(key, span)


def _function(lines: Sequence[str], line: int) -> int:
    """The line above in which a function begins, 0 for none."""
    return next((n for n in range(line, 0, -1) if _FUNCTION.match(lines[n - 1])), 0)
