"""`motet breaking`: does what the project sends still fit what another revision of it sends?"""

from __future__ import annotations

from motetc.config import Config, ConfigError, load_config
from motetc.diagnostics.report import Report, count
from motetc.review.breaking import WireFormat, breaking_changes, committed_format, format_of
from motetc.review.revision import project_at


def run_breaking(config: Config, against: str, report: Report) -> int:
    """Compare the wire format of the sources with that at `against`, a revision or a folder."""
    from motetc.build import compile_built

    with report.working("compiling"):
        built = compile_built(config)
        if not built.files and report.findings(built.compilation.diagnostics, config.root):
            report.note("nothing to compare: the project does not compile")
            return report.code
        new = format_of(built)
        old = _format_at(config, against)
    changes = breaking_changes(old, new, against, config.root)
    report.findings(changes, config.root)
    found = count(len(changes), "change")
    report.note(f"{found} on the wire that nodes of `{against}` do not understand")
    return report.code


def _format_at(config: Config, against: str) -> WireFormat:
    """What is committed there; if that is nothing, what its sources compile to."""
    from motetc.build import compile_built

    with project_at(config.root, against) as folder:
        there = load_config(folder)
        if (found := committed_format(there.output)) is not None:
            return found
        built = compile_built(there)
        if not built.files:
            reason = next(iter(built.compilation.diagnostics), None)
            why = (
                f"{reason.span.path}:{reason.span.line}: {reason.message}"
                if reason
                else "it has no choreography"
            )
            raise ConfigError(f"`{against}` cannot be compared with: {why}")
        return format_of(built)
