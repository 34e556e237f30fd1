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
_PARAMETERS: Final = re.compile(
    r"\s*(?:(?:async\s+)?(?P<kind>def|class)\s+(?P<name>\w+)\s*\[(?P<given>[^\[\]]*)\]?(?P<bases>\(.+\):)?"
    r"|type\s+(?P<alias>\w+)\s*(?:\[(?P<taken>[^\[\]]*)\])?\s*=\s*(?P<value>[^#]*))"
)
_PARAMETER: Final = re.compile(r"(?P<name>\w+)(?:\s*:\s*(?P<bound>[^,]+))?(?:,|$)")
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
    if sys.version_info < (3, 12) and (found := _PARAMETERS.match(written)):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"this needs Python 3.12, and is read by {version}: write {_older(found)}", ()
    if _NOT_ASYNC.match(message) and (function := _around(text, line)) is not None:
        column = len(lines[function.lineno - 1].encode()[: function.col_offset].decode()) + 1
        span = Span(relative, function.lineno, column, function.lineno, column + len("def"))
        told = Related(span, f"`{function.name}` is not async")
        if function.name.startswith("__"):
            return f"leave it to another method, an `async` one: `{function.name}` is none", (told,)
        return f"write `async def {function.name}(…)`", (told,)
    return _MEND, ()


def _older(found: re.Match[str]) -> str:
    """How type parameters and aliases are written before Python 3.12."""
    given = found["given"] or found["taken"] or ""
    if re.search(r"[(*=]", given) or (found["kind"] and not given):
        return "type variables before it, and leave out those in brackets"
    parameters = [*_PARAMETER.finditer(given)]
    names = ", ".join(x["name"] for x in parameters)
    variables = [
        f'`{x["name"]} = TypeVar("{x["name"]}"{", bound=" + x["bound"].strip() if x["bound"] else ""})`'
        for x in parameters
    ]
    before = " and ".join(variables) + " before it, and " if variables else ""
    if found["kind"] == "def":
        return f"{before}leave out `[{names}]`"
    if found["kind"] == "class":
        bases = f"{found['bases'][1:-2]}, " if found["bases"] else ""
        return f"{before}`class {found['name']}({bases}Generic[{names}]):`"
    alias, value = found["alias"], found["value"].strip()
    recursive = re.search(rf"\b{alias}\b", value) is not None
    return f"{before}`{alias}: TypeAlias = {repr(value) if recursive else value}`"


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
