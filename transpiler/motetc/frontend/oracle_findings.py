"""mypy's errors as diagnostics."""

from __future__ import annotations

import io
import json
import os
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.oracle_columns import Columns
from motetc.frontend.oracle_folds import fold_help
from motetc.frontend.oracle_help import NOTHING, operator_help, value_help
from motetc.frontend.oracle_items import item_help, once_a_value, value_at
from motetc.frontend.oracle_live import in_our_words
from motetc.frontend.oracle_narrowing import narrowing_help
from motetc.frontend.oracle_rebinding import rebinding_help

_GIVEN = re.compile(r'to "(\w+)".* has incompatible type "(.*)"; expected "(.*)"$')
_CODES = {"syntax": "syntax-error", "import-not-found": "import-error", None: "misc"}


def read_findings(messages: Iterable[str], columns: Mapping[str, Columns]) -> list[Diagnostic]:
    """The errors among mypy's JSON lines that are of these files (path -> its columns), sorted."""
    found = list(dict.fromkeys(_errors(messages, columns)))
    causes = [x for x in found if not any(_follows(x, other) for other in found)]
    causes = [*once_a_value(causes, columns)]
    worded = [_in_our_words(x) for x in causes]
    return sorted(worded, key=lambda finding: (finding.span, finding.code, finding.message))


def _in_our_words(found: Diagnostic) -> Diagnostic:
    told = in_our_words(found.message)
    if told is None:
        return found
    return Diagnostic(told.code, told.message, found.span, help=told.help)


def _follows(found: Diagnostic, other: Diagnostic) -> bool:
    """Whether an error within a lambda only says again that it does not fit where it is given, an argument's type
    follows from a receiver that is refused, no overload takes a keyword that there is not, or an item is refused for
    what another one is refused for."""
    if other.message.startswith("Unexpected keyword argument"):
        return found.span == other.span and found.message.startswith("No overload variant")
    if found.message == NOTHING and other.code == found.code:
        return (
            found is not other
            and found.span.path == other.span.path
            and _is_around(found.span, other.span)
        )
    if other.message.startswith("Invalid self argument") and "[Never" in found.message:
        return (found.span.path, found.span.line) == (other.span.path, other.span.line)
    if found.code == other.code in ("dict-item", "list-item") and other.span < found.span:
        return (found.span.path, found.span.line, _wanted(found)) == (
            other.span.path,
            other.span.line,
            _wanted(other),
        )
    if (
        other.code == found.code == "arg-type"
        and other.span < found.span
        and found.span.line == other.span.line
    ):
        mine, theirs = _GIVEN.search(found.message), _GIVEN.search(other.message)
        if (
            mine
            and theirs
            and mine[1] == theirs[1]
            and (mine[2], mine[3]) == (theirs[3], theirs[2])
        ):
            return True  # two arguments that have changed places
    if other.code != "arg-type" or '"Callable[' not in other.message:
        return False
    within = found.code == "return-value" or found.message == "Cannot infer type of lambda"
    inside, around = found.span, other.span  # mypy ends a lambda where it begins
    return (
        within
        and (inside.path, inside.line) == (around.path, around.line)
        and inside.column >= around.column
    )


def _wanted(found: Diagnostic) -> str:
    """What an item should be."""
    return found.message.rpartition("expected ")[2]


def _is_around(outer: Span, inner: Span) -> bool:
    return outer.line <= inner.line <= outer.end_line and inner != outer


def _errors(messages: Iterable[str], columns: Mapping[str, Columns]) -> Iterator[Diagnostic]:
    ours = {os.path.abspath(path): path for path in columns}
    for message in messages:
        try:
            found = json.loads(message)
        except ValueError:
            continue
        path = ours.get(found["file"])
        if path is not None and found["severity"] == "error":
            yield _finding(found, path, columns[path])


def _finding(found: Mapping[str, Any], path: str, where: Columns) -> Diagnostic:
    code = found["code"]
    # A function that comes out of mypy's cache is printed with its first parameter twice.
    # What processes and clusters have in common is in a class that programs do not know.
    message = found["message"].replace("(self, self: ", "(self: ").replace(' of "_Place"', "")
    message = message.replace("TypeIs[Never]", "bool")  # of two overloads, the one that is meant
    if message.startswith("No parent module"):  # a relative import in a top-level module
        code = "import-not-found"
    span = _of_lambda(_span(found, path, where), where)
    notes = _help(found["hint"] or "")
    help = narrowing_help(f"{message} {notes}", where.lines, span.line)
    lines = where.lines[span.line - 1 : span.end_line]
    help = (
        help
        or rebinding_help(message, where.lines[span.line - 1])
        or operator_help(message)
        or notes
    )
    if code == "no-any-return" and not help:
        help = value_help(message, lines)
    if code == "union-attr" and not help:
        help = item_help(message, value_at(span, lines))
    if code == "arg-type" and not help:
        help = fold_help(
            message, lines[0][span.column - 1 : span.end_column - 1] if len(lines) == 1 else ""
        )
    return Diagnostic(_CODES.get(code, code), message, span, help=help)


def _of_lambda(span: Span, where: Columns) -> Span:
    """The whole of a lambda on one line, which mypy ends where it begins."""
    text = where.lines[span.line - 1][span.column - 1 :] if span.line <= len(where.lines) else ""
    if not text.startswith("lambda") or (span.end_line, span.end_column) > (
        span.line,
        span.column + 1,
    ):
        return span
    depth, body, end = 0, False, len("lambda")
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
            body = body or (token.string == ":" and not depth)
            after = body and token.string == "," and not depth
            if depth < 0 or after or token.type in (tokenize.NEWLINE, tokenize.NL):
                break
            end = token.end[1]
    return replace(span, end_column=span.column + end)


def _help(notes: str) -> str:
    """mypy's notes below the error, but for its links."""
    return "\n".join(line for line in notes.splitlines() if not line.startswith("See https://"))


def _span(found: Mapping[str, Any], path: str, where: Columns) -> Span:
    line = max(found["line"], 1)
    column = where.code_point(line, max(found["column"], 0)) + 1
    end_line = max(found["end_line"] or line, line)
    end = where.code_point(end_line, max(found["end_column"] or 0, 0)) + 1
    if (end_line, end) <= (line, column):
        end_line, end = line, column + 1
    return Span(path, line, column, end_line, end)
