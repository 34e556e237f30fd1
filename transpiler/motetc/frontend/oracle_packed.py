"""What the oracle found as plain data, and Python's own syntax errors: what is needed whether mypy runs or not."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from motetc.diagnostics.model import Diagnostic, Span


def syntax_error(path: str, text: str) -> Diagnostic | None:
    """What Python itself says of a file that it cannot compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text.removeprefix("\ufeff"), path, "exec", dont_inherit=True)
    except SyntaxError as error:
        line, column = error.lineno or 1, max(error.offset or 1, 1)
        end_line, end = error.end_lineno or line, error.end_offset or 0
        if (end_line, end) <= (line, column):
            end_line, end = line, column + 1
        return Diagnostic("syntax-error", error.msg, Span(path, line, column, end_line, end))
    except (ValueError, RecursionError, MemoryError) as error:
        why = str(error) or "the file nests too deeply"
        return Diagnostic("syntax-error", why, Span(path, 1, 1, 1, 2))
    return None


def pack_finding(found: Diagnostic) -> dict[str, Any]:
    """As JSON keeps it."""
    span = asdict(found.span)
    return {"code": found.code, "message": found.message, "help": found.help, "span": span}


def unpack_finding(packed: Mapping[str, Any]) -> Diagnostic:
    """The inverse of `pack_finding`."""
    span = Span(**packed["span"])
    return Diagnostic(packed["code"], packed["message"], span, help=packed["help"])
