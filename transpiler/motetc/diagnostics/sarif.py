"""Findings as one SARIF 2.1.0 log, the format that code scanning services take in.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0. Columns count code points, as everywhere in Motet.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

from motetc import __version__
from motetc.diagnostics.codes import CODES
from motetc.diagnostics.model import Diagnostic, Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """The whole log, also of no findings at all: that is how a service learns that old ones are mended."""
    rules = sorted({found.code for found in diagnostics})
    driver = {"name": "motet", "version": __version__, "rules": [_rule(word) for word in rules]}
    results = [_result(found, rules.index(found.code)) for found in diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _rule(word: str) -> dict[str, object]:
    """What the registry says of a code; mypy's codes are its own and have nothing to add."""
    if word not in CODES:
        return {"id": word}
    entry = CODES[word]
    return {
        "id": word,
        "shortDescription": {"text": entry.summary},
        "fullDescription": {"text": entry.why},
        "help": {"text": f"To mend it: {entry.fix}"},
    }


def _result(found: Diagnostic, rule: int) -> dict[str, object]:
    text = f"{found.message}\nhelp: {found.help}" if found.help else found.message
    result: dict[str, object] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": found.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": _location(found.span)}],
    }
    if found.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _location(item.span),
                "message": {"text": item.message},
            }
            for number, item in enumerate(found.related)
        ]
    return result


def _location(span: Span) -> dict[str, object]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"artifactLocation": {"uri": quote(span.path)}, "region": region}
