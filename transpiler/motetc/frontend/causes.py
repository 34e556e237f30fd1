"""One cause, one finding: mypy often sees, in its own words, what the compiler has said in those of the language."""

from __future__ import annotations

from collections.abc import Iterable

from motetc.diagnostics.model import Diagnostic

_FATAL = frozenset({"import-error", "syntax-error"})


def causes(ours: Iterable[Diagnostic], mypys: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings of both layers without echoes: what follows from a broken import, and a line that was reported."""
    second = list(mypys)
    first = [d for d in ours if not _is_consequence(d, second)]
    unawaited = {d.span.path for d in first if d.code == "not-awaited"}
    broken = {d.span.path for d in (*first, *second) if d.code in _FATAL}
    kept = [d for d in first if d.span.path not in broken or d.code in _FATAL]
    lines = {(d.span.path, line) for d in kept for line in range(d.span.line, d.span.end_line + 1)}
    files = {d.span.path for d in kept}
    for finding in second:
        if finding.span.path in broken and finding.code not in _FATAL:
            continue
        if (finding.span.path, finding.span.line) in lines or _is_echo(finding, files):
            continue
        if finding.span.path in unawaited and "Coroutine[" in finding.message:
            continue
        kept.append(finding)
    return tuple(sorted(set(kept), key=lambda d: (d.span, d.code)))


def _is_echo(finding: Diagnostic, files: set[str]) -> bool:
    """`@choreography` types every function that it may decorate; a refused one is no second cause."""
    return (
        finding.code == "type-var"
        and '"choreography"' in finding.message
        and finding.span.path in files
    )


def _is_consequence(ours: Diagnostic, mypys: list[Diagnostic]) -> bool:
    """A name or attribute that does not exist has no type and no place; mypy says which, and that is the cause."""
    there = {
        d.code
        for d in mypys
        if d.span.path == ours.span.path and ours.span.line <= d.span.line <= ours.span.end_line
    }
    if ours.code in _TYPED and "`Never`" in ours.message and there:
        return True  # mypy gives no type to what it refuses
    if ours.code in _TYPED and "`Any` (error)" in ours.message:
        return any(d.span.path == ours.span.path for d in mypys)  # nor to what is made of that
    return ours.code in _UNTYPED and bool(there & {"name-defined", "attr-defined"})


_TYPED = frozenset({"not-serializable", "missing-type"})
_UNTYPED = _TYPED | {"data-dependent-receiver"}
