"""Where in a source line to put the underline, when only the statement is known for sure."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from motetc.backend.output import StatementOrigin
from motetc.backend.sourcemap import statements
from motetc.diagnostics.model import Span
from motetc.files import read_text

_IGNORES = re.compile(r"#\s*type:\s*ignore(?:\[([^\]]*)\])?")


class Anchors:
    """Finds source spans for one project; each file is read and parsed once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read = cache(self._read_source)

    def span(self, origin: StatementOrigin, fragment: str = "") -> Span:
        """The part of the statement that reads `fragment` if there is exactly one, else its first line."""
        lines, columns = self._read(origin.path)
        line = lines[origin.line - 1] if origin.line <= len(lines) else ""
        if fragment.strip() and line.count(fragment) == 1:
            start = line.index(fragment)
            return Span(origin.path, origin.line, start + 1, origin.line, start + len(fragment) + 1)
        start = columns.get(origin.line, len(line) - len(line.lstrip()))
        code = line.split("  #")[0].rstrip()
        end = max(len(code), start + 1)
        return Span(origin.path, origin.line, start + 1, origin.line, end + 1)

    def ignores(self, origin: StatementOrigin, code: str) -> bool:
        """Whether the source's line says that mypy is not to report this: what is made of it may have several."""
        lines, _ = self._read(origin.path)
        found = _IGNORES.search(lines[origin.line - 1]) if origin.line <= len(lines) else None
        codes = found[1] if found is not None else ""
        return found is not None and (not codes or code in re.split(r"[\s,]+", codes))

    def _read_source(self, path: str) -> tuple[list[str], dict[int, int]]:
        text = read_text(self._root / path) or ""
        lines = text.split("\n")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            return lines, {}
        columns: dict[int, int] = {}
        for node in statements(tree):
            encoded = lines[node.lineno - 1].encode()
            columns.setdefault(node.lineno, len(encoded[: node.col_offset].decode()))
        return lines, columns
