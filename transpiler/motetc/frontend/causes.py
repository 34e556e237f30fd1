"""One cause, one finding: mypy often sees, in its own words, what the compiler has said in those of the language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from motetc.diagnostics.model import AS_CLUSTER, Diagnostic
from motetc.frontend.consequences import (
    outside_unnamed,
    without_consequences,
    without_lost_parameters,
)
from motetc.frontend.echoes import Echoes
from motetc.frontend.follow_ups import causes_among
from motetc.frontend.program import Program
from motetc.frontend.undefined import is_of_class, once_a_class, undefined_classes
from motetc.frontend.untyped import Untyped
from motetc.frontend.what_to_do import with_help
from motetc.frontend.whole_modules import broken_modules, outside_broken
from motetc.frontend.without_use import with_use

_ONE_NODE = re.compile(r"`(\w+)` is one node$")
_FOLLOWING = frozenset(
    {"data-dependent-receiver", "maybe-unbound", "missing-type", "unsupported-syntax"}
    | {"no-common-place", "unknown-choice", "unknown-value", "wrong-sender"}
)
_OF_ANY = frozenset({"mutable-agreement", "not-serializable", "wrong-member"})


def causes(
    ours: Iterable[Diagnostic], mypys: Iterable[Diagnostic], program: Program
) -> tuple[Diagnostic, ...]:
    """The findings of both layers without echoes: what follows from a broken import, and a line that was reported."""
    found, second = list(ours), [*causes_among(mypys)]
    caused = without_consequences(found, second, program)
    first = outside_unnamed(caused, second, program)
    broken = broken_modules(program, (*first, *second))
    kept = outside_broken(first, broken, program)
    untyped = Untyped(program, second, kept)
    said = [d for d in kept if not (_may_follow(d) and untyped.follows(d))]
    unknown = undefined_classes(program, second)
    kept = [d for d in once_a_class(_once_a_role(said)) if not is_of_class(d, unknown)]
    unawaited = {d.span.path for d in caused if d.code == "not-awaited"}
    echoes = Echoes(program, second, said, kept, broken, untyped, unknown, unawaited)
    for finding in second:
        if not echoes.follows(finding):
            helped = with_help(finding, program)
            if not any(d.span == helped.span and d.help == helped.help != "" for d in kept):
                kept.append(helped)
    kept = with_use(kept, [d for d in kept if d not in first], untyped)
    kept = without_lost_parameters(kept, program)
    told = kept or [*found, *second]  # nothing follows from nothing
    return tuple(sorted(set(told), key=lambda d: (d.span, d.code)))


def _may_follow(ours: Diagnostic) -> bool:
    """Whether it may be that something has no type, or none that says anything, or is not there at all."""
    return ours.code in _FOLLOWING or (ours.code in _OF_ANY and "Any" in ours.message)


def _once_a_role(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """A process that is taken for a cluster in all that it does is one cause."""
    told: set[tuple[str, str]] = set()
    found = list(found)
    own = {d.span.path for d in found if d.message.startswith("`Each` is for clusters")}
    for finding in found:
        named = _ONE_NODE.search(finding.message)
        if named is not None and finding.span.path in own:
            continue
        role = (finding.span.path, named[1]) if named is not None else None
        if role is None or role not in told or AS_CLUSTER not in finding.help:
            yield finding
        if role is not None:
            told.add(role)
