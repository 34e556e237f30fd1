"""`motet plan`: one choreography or all of a project."""

from __future__ import annotations

from motetc.commands.choose import choose
from motetc.commands.empty import nothing_in
from motetc.config import Config
from motetc.diagnostics.report import Report, count
from motetc.review.mermaid import plan_mermaid
from motetc.review.nondeterminism import review_json, review_markdown, review_text, with_called
from motetc.review.plan import plan_json, plan_text

PLANS = {"text": plan_text, "json": plan_json, "mermaid": plan_mermaid}
REVIEWS = {"text": review_text, "json": review_json, "markdown": review_markdown}


def run_plan(
    config: Config, choreography: str | None, form: str, report: Report, *, review: bool = False
) -> int:
    """Compile, and print what the program says of itself, or with `review` what it leaves open and takes on trust."""
    from motetc.build import compile_project

    compilation = compile_project(config)
    if errors := report.findings(compilation.diagnostics, config.root):
        report.note(f"found {count(errors, 'error')}; no plan of a program that does not compile")
        return report.code
    summaries = compilation.choreographies
    if not summaries:
        report.note(nothing_in(config, compilation.sources))
    if choreography is not None:
        by_key = {summary.key: summary for summary in summaries}
        key = choose(choreography, by_key, config)
        summaries = with_called(key, summaries) if review else (by_key[key],)
    if review:
        print(REVIEWS[form](summaries, compilation.choreographies), file=report.out)
    else:
        print(PLANS[form](summaries), file=report.out)
    return report.code
