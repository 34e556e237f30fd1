"""What to do about a file that Python cannot read, where Python's own words do not say it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import Final

from motetc.diagnostics.model import Related, Span

_MEND: Final = "Python itself cannot read this line; mend it first"
_CONFLICT: Final = re.compile(r"(<{7}|>{7}|\|{7}) |={7}$")
_PARAMETERS: Final = re.compile(r"\s*((async\s+)?def|class)\s+\w+\s*\[|\s*type\s+\w+(\[.*\])?\s*=")
_NOT_ASYNC: Final = re.compile(r"'(await|async for|async with)' outside async function")


def syntax_help(
    message: str, text: str, line: int, relative: str
) -> tuple[str, tuple[Related, ...]]:
    """The edit, and what else takes part. `text` is the file's."""
    lines = text.split("\n")
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    if _CONFLICT.match(written):
        return (
            "a merge has left both sides of a conflict here: keep one, and take out the marks",
            (),
        )
    if _PARAMETERS.match(written) and sys.version_info < (3, 12):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        instead = 'A = TypeVar("A", bound=Process)'
        return f"this needs Python 3.12, and is read by {version}: write `{instead}` before it", ()
    if _NOT_ASYNC.match(message) and (function := _around(text, line)) is not None:
        column = len(lines[function.lineno - 1].encode()[: function.col_offset].decode()) + 1
        span = Span(relative, function.lineno, column, function.lineno, column + len("def"))
        told = Related(span, f"`{function.name}` is not async")
        if function.name.startswith("__"):
            return f"leave it to another method, an `async` one: `{function.name}` is none", (told,)
        return f"write `async def {function.name}(…)`", (told,)
    return _MEND, ()


def _around(text: str, line: int) -> ast.FunctionDef | None:
    """The innermost plain function around a line."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return max(_functions(tree, line), key=lambda node: node.lineno, default=None)


def _functions(tree: ast.Module, line: int) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0):
            yield node
