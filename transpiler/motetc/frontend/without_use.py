"""What is of use to nobody, or gives nothing, since what was to use or give it is wrong: told once what that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from motetc.diagnostics.model import CALLED, Diagnostic
from motetc.frontend.echoes import IDLE, lines_of
from motetc.frontend.untyped import Untyped

_FOR_NOBODY = frozenset({IDLE, "idle-slice"})
_GOT_NONE = 'Incompatible return value type (got "None"'
_UNFED = "unfed-channel"


def with_use(
    found: Sequence[Diagnostic], typed: Sequence[Diagnostic], untyped: Untyped
) -> list[Diagnostic]:
    """The findings without those for which another gives the reason. `typed`: those of mypy's among them."""
    lines = {line for d in typed for line in lines_of(d)}
    kept = [d for d in found if d.code != IDLE or lines.isdisjoint(lines_of(d))]
    missing = [
        d for d in kept if d.code in ("name-defined", "return")
    ]  # it may be what was to use it
    kept = [d for d in kept if d.code not in _FOR_NOBODY or not _is_with(d, missing, untyped)]
    empty = [d for d in kept if d.message == "No return value expected"]
    kept = [d for d in kept if not _is_of_none(d, empty, untyped)]
    others = [d for d in kept if d.code not in (IDLE, _UNFED)]  # one may be of what would feed it
    return [
        d for d in kept if d.code != _UNFED or not any(untyped.are_together(d, x) for x in others)
    ]


def _is_with(ours: Diagnostic, others: Sequence[Diagnostic], untyped: Untyped) -> bool:
    """Whether one of the others is in the same function, or in that which calls the pipeline."""
    here = [ours, *(replace(ours, span=r.span) for r in ours.related if r.message == CALLED)]
    return any(untyped.are_together(at, other) for at in here for other in others)


def _is_of_none(finding: Diagnostic, empty: Sequence[Diagnostic], untyped: Untyped) -> bool:
    """Whether it is about what a function gives that is said to give nothing, and returns something: told once."""
    if finding in empty:
        return any(x.span < finding.span and untyped.are_together(x, finding) for x in empty)
    of_none = finding.code == "func-returns-value" or finding.message.startswith(
        ('"None" has no', _GOT_NONE)
    )
    return of_none and any(x.span.path == finding.span.path for x in empty)
