"""One cause, one finding: mypy often sees, in its own words, what the compiler has said in those of the language."""

from __future__ import annotations

from collections.abc import Iterable

from motetc.diagnostics.model import Diagnostic

_FATAL = frozenset({"import-error", "syntax-error"})


def causes(ours: Iterable[Diagnostic], mypys: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings of both layers without echoes: what follows from a broken import, and a line that was reported."""
    first = list(ours)
    second = list(mypys)
    broken = {d.span.path for d in (*first, *second) if d.code in _FATAL}
    kept = [d for d in first if d.span.path not in broken or d.code in _FATAL]
    lines = {(d.span.path, line) for d in kept for line in range(d.span.line, d.span.end_line + 1)}
    files = {d.span.path for d in kept}
    for finding in second:
        if finding.span.path in broken and finding.code not in _FATAL:
            continue
        if (finding.span.path, finding.span.line) in lines or _is_echo(finding, files):
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
