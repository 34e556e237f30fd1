"""`motet explain CODE`: a rule in words, from the registry that the compiler raises it from."""

from __future__ import annotations

from motetc.config import ConfigError, closest
from motetc.diagnostics.codes import CODES, Code
from motetc.diagnostics.report import Report


def run_explain(code: str | None, report: Report) -> int:
    """Print one rule, or the list of all."""
    if code is None:
        width = max(map(len, CODES))
        for entry in CODES.values():
            print(f"{entry.word:<{width}}  {entry.summary}", file=report.out)
        return report.code
    if code not in CODES and (theirs := _of_mypy(code)):
        print(theirs, file=report.out)
        return report.code
    if code not in CODES:
        raise ConfigError(f"no code `{code}`{closest(code, CODES)} (`motet explain` lists all)")
    print(explanation(CODES[code]), file=report.out)
    return report.code


def _of_mypy(code: str) -> str:
    """What mypy says of a code of its own, and where it says more; "" of any other."""
    from mypy.errorcodes import error_codes  # only for those who ask

    if code not in error_codes:
        return ""
    where = f"https://mypy.readthedocs.io/en/stable/_refs.html#code-{code}"
    checked = "mypy, which checks the sources and the generated modules, calls its findings so"
    return f"{code}: {error_codes[code].description}\n\nA code of mypy's: {checked}. More on it: {where}"


def explanation(entry: Code) -> str:
    """The whole page, as Markdown that also reads well in a terminal."""
    parts = [f"{entry.word}: {entry.summary}", entry.why]
    if entry.rejected:
        parts += ["Rejected:", _indented(entry.rejected)]
    if entry.accepted:
        parts += ["Accepted:", _indented(entry.accepted)]
    return "\n\n".join([*parts, f"To mend it: {entry.fix}"])


def _indented(code: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in code.splitlines())
