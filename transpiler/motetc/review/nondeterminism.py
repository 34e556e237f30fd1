"""`motet plan --nondeterminism`: everything a program leaves open and everything it takes on trust, for a review."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from motetc.diagnostics.report import count
from motetc.ir.summary import ChoreographySummary, ReasonSummary

_TITLES = {"nondet": "left open", "proof": "taken on trust"}


def review_text(
    shown: Sequence[ChoreographySummary], project: Sequence[ChoreographySummary]
) -> str:
    """For people at a terminal: choreography by choreography, columns aligned."""
    blocks = ["\n".join(_block(s, project)) for s in shown if s.reasons]
    return "\n\n".join([*blocks, _total(shown)])


def review_markdown(
    shown: Sequence[ChoreographySummary], project: Sequence[ChoreographySummary]
) -> str:
    """A page to be reviewed: one table for each choreography, with a box to tick for each reason."""
    lines = ["# What is left open, and what is taken on trust", "", _total(shown)]
    for summary in shown:
        if summary.reasons:
            lines += ["", f"## `{summary.key}`", "", *_table(summary, project)]
    return "\n".join(lines)


def review_json(
    shown: Sequence[ChoreographySummary], project: Sequence[ChoreographySummary]
) -> str:
    """One object for programs; its keys are a public format and only ever grow."""
    records = [_record(s, r, project) for s in shown for r in s.reasons]
    return json.dumps({"points": records}, indent=2, ensure_ascii=False)


def with_called(
    key: str, project: Sequence[ChoreographySummary]
) -> tuple[ChoreographySummary, ...]:
    """A choreography and all that it comes to by its calls, in the project's order: what they leave open, it does."""
    calls = {summary.key: summary.calls for summary in project}
    found, todo = {key}, [key]
    while todo:
        new = {called for called in calls.get(todo.pop(), ()) if called not in found}
        found |= new
        todo += new
    return tuple(summary for summary in project if summary.key in found)


def _total(shown: Sequence[ChoreographySummary]) -> str:
    reasons = [r for s in shown for r in s.reasons]
    proofs = sum(1 for r in reasons if r.kind == "proof")
    return f"{count(len(reasons) - proofs, 'point')} left open, {count(proofs, 'proof')} taken on trust"


def _block(summary: ChoreographySummary, project: Sequence[ChoreographySummary]) -> Iterator[str]:
    yield f"{summary.key}  ({summary.path}:{summary.line})"
    for kind, title in _TITLES.items():
        found = [r for r in summary.reasons if r.kind == kind]
        rows = [(_where(r), r.what, f"at {', '.join(r.places)}") for r in found]
        widths = [max(len(row[i]) for row in rows) for i in range(3)] if rows else []
        if rows:
            yield f"  {title}"
        for row, reason in zip(rows, found, strict=True):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield f"    {'  '.join(cells)}  {reason.reason}"
            for line in _callers(summary, reason, project):
                yield f"      {line}"


def _where(reason: ReasonSummary) -> str:
    """The line; of what a pipeline has brought, the line of the call and where the pipeline says it."""
    return f"line {reason.line}" + (f" ({reason.pipeline})" if reason.pipeline else "")


def _table(summary: ChoreographySummary, project: Sequence[ChoreographySummary]) -> Iterator[str]:
    yield "| | where | what | at | reason |"
    yield "|---|---|---|---|---|"
    for reason in summary.reasons:
        said = [reason.reason, *_callers(summary, reason, project)]
        what = f"`{reason.what}`" + (" (proof)" if reason.kind == "proof" else "")
        cells = (
            "☐",
            f"{summary.path}:{reason.line}" + (f" ({reason.pipeline})" if reason.pipeline else ""),
            what,
            ", ".join(reason.places),
            "<br>".join(_escaped(x) for x in said),
        )
        yield f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _callers(
    summary: ChoreographySummary, reason: ReasonSummary, project: Sequence[ChoreographySummary]
) -> Iterator[str]:
    """What the callers of a choreography say, where the reason is theirs."""
    if reason.parameter:
        for caller, said in _said(summary, reason, project):
            yield f"{caller.path}:{said.line} says: {said.reason}"


def _said(
    summary: ChoreographySummary, reason: ReasonSummary, project: Sequence[ChoreographySummary]
) -> Iterator[tuple[ChoreographySummary, ReasonSummary]]:
    for caller in project:
        for said in caller.reasons:
            if said.callee == summary.key and said.passed == reason.parameter:
                yield caller, said


def _record(
    summary: ChoreographySummary, reason: ReasonSummary, project: Sequence[ChoreographySummary]
) -> dict[str, object]:
    record: dict[str, object] = {
        "kind": reason.kind,
        "choreography": summary.key,
        "path": summary.path,
        "line": reason.line,
        "column": reason.column,
        "what": reason.what,
        "places": list(reason.places),
        "reason": reason.reason,
    }
    if reason.pipeline:
        record["pipeline"] = reason.pipeline
    if reason.parameter:
        record["parameter"] = reason.parameter
        record["callers"] = [
            {"path": caller.path, "line": said.line, "reason": said.reason}
            for caller, said in _said(summary, reason, project)
        ]
    return record
