"""The uses in tests/typing as data: which function shows which operator, and what mypy has to say of each line."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "typing"
FILES = sorted(path for path in FOLDER.glob("*.py") if not path.name.startswith("test_"))
_FINDING = re.compile(r"\s*# E: (?P<codes>[a-z, -]+)$")


@dataclass(frozen=True, slots=True)
class Use:
    """The function that shows one operator: an accepted use and its type, and the refused ones."""

    accepted: str
    gives: str
    refused: tuple[str, ...]


def expected(path: Path) -> dict[int, set[str]]:
    """The codes that mypy must report, by line."""
    found: dict[int, set[str]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if match := _FINDING.search(line):
            found[number] = set(match["codes"].split(", "))
    return found


@cache
def uses() -> dict[str, Use]:
    """What every function of these files shows, by its name: `stream_map`."""
    texts = [path.read_text("utf-8") for path in FILES]
    return {
        node.name: _use(node, lines)
        for text in texts
        for lines in [text.splitlines()]
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _use(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> Use:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    asserts = [c for c in calls if ast.unparse(c.func) == "assert_type"]
    asserts.sort(key=lambda call: call.lineno)
    assert function.end_lineno is not None
    body = lines[function.lineno - 1 : function.end_lineno]
    refused = tuple(_FINDING.sub("", x).strip() for x in body if _FINDING.search(x))
    if not asserts:
        return Use("", "", refused)
    accepted, gives = asserts[0].args
    return Use(ast.unparse(accepted), ast.unparse(gives), refused)
