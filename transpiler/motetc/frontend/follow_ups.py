"""What mypy says because of another of its own findings: a function that is not what it says, a value of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from motetc.diagnostics.model import Diagnostic

_RETURNED = re.compile(r'Incompatible return value type \(got "(.*)", expected "(.*)"\)')
_NO_ATTRIBUTE = re.compile(r'"([^"]*)" has no attribute ')
_GIVEN = re.compile(r'Argument \S+ to .* has incompatible type "(.*)"; expected "(.*)"$')


def causes_among(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings without those that follow from another one."""
    every = list(found)
    promised = {(r[2], r[1]) for d in every if (r := _RETURNED.match(d.message)) is not None}
    empty = {
        (d.span.path, d.span.line) for d in every if d.message.endswith('its function gives "None"')
    }
    for finding in every:
        nothing = (
            finding.code == "func-returns-value" and (finding.span.path, finding.span.line) in empty
        )  # nor does what is folded with it give anything
        if not nothing and not (promised and _is_of_result(finding, promised)):
            yield finding


def _is_of_result(finding: Diagnostic, promised: set[tuple[str, str]]) -> bool:
    """Whether a value has the type that a function promises, where it is used as what the function gives."""
    if (missing := _NO_ATTRIBUTE.match(finding.message)) is not None:
        return any(missing[1] == said for said, _ in promised)
    used = _GIVEN.match(finding.message) or _RETURNED.match(finding.message)
    return used is not None and (used[1], used[2]) in promised
