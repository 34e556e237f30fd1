"""The machine-readable forms of a finding: concise, json, github. Pure: a diagnostic in, one line out."""

from __future__ import annotations

import json

from motetc.diagnostics.model import Diagnostic, Span


def concise(diagnostic: Diagnostic) -> str:
    """`path:line:column: code message`."""
    span = diagnostic.span
    return (
        f"{span.path}:{span.line}:{span.column}: {diagnostic.code} {_one_line(diagnostic.message)}"
    )


def as_json(diagnostic: Diagnostic) -> str:
    """One object; the keys are a public format and only ever grow."""
    record: dict[str, object] = {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place(diagnostic.span),
        "help": diagnostic.help,
        "related": [{**_place(item.span), "message": item.message} for item in diagnostic.related],
    }
    return json.dumps(record, ensure_ascii=False)


def github(diagnostic: Diagnostic) -> str:
    """A workflow command that annotates the line in a pull request."""
    span = diagnostic.span
    kind = {"error": "error", "warning": "warning", "note": "notice"}[diagnostic.severity]
    place = (
        f"file={_property(span.path)},line={span.line},endLine={span.end_line},col={span.column}"
    )
    text = "\n".join(
        filter(None, (diagnostic.message, diagnostic.help and f"help: {diagnostic.help}"))
    )
    return f"::{kind} {place},title={_property(diagnostic.code)}::{_escape(text)}"


def _place(span: Span) -> dict[str, object]:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
