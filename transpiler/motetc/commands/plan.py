"""`motet plan`: one choreography or all of a project."""

from __future__ import annotations

from motetc.commands.choose import choose
from motetc.config import Config
from motetc.diagnostics.report import Report, count
from motetc.review.mermaid import plan_mermaid
from motetc.review.plan import plan_json, plan_text

_FORMATS = {"text": plan_text, "json": plan_json, "mermaid": plan_mermaid}


def run_plan(config: Config, choreography: str | None, form: str, report: Report) -> int:
    """Compile, and print what the program says of itself; findings go to standard error's side of things."""
    from motetc.pipeline import compile_project

    compilation = compile_project(config)
    if errors := report.findings(compilation.diagnostics, config.root):
        report.note(f"found {count(errors, 'error')}; no plan of a program that does not compile")
        return report.code
    summaries = compilation.choreographies
    if choreography is not None:
        by_key = {summary.key: summary for summary in summaries}
        summaries = (by_key[choose(choreography, by_key)],)
    print(_FORMATS[form](summaries), file=report.out)
    return report.code
