"""Which source line each generated statement came from.

Formatting keeps the statements and their order, so the origins noted while emitting line up with a walk over the
formatted module, statement by statement; no column is needed. A map is stored in the manifest as one short string a
file, `12=35r 13-15=36-38c`: generated lines, source lines, and what the statement is (copied, sent, received, glue).
With several sources in one file an entry names its source by number, `12=1#35r`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from motetc.backend.output import Origin, StatementOrigin
from motetc.diagnostics.internal import SelfCheckError

_LETTERS: dict[Origin, str] = {"copied": "c", "send": "s", "receive": "r", "glue": "g"}
_ORIGINS: dict[str, Origin] = {letter: origin for origin, letter in _LETTERS.items()}
_BLOCKS = (
    "body",
    "cases",
    "handlers",
    "orelse",
    "finalbody",
)  # where statements are, in the order of the text
_ENTRY = re.compile(r"(\d+)(?:-(\d+))?=(?:(\d+)#)?(\d+)(?:-(\d+))?([csrg])")


@dataclass(frozen=True, slots=True)
class Mapped:
    """Lines `start` to `end` of a generated file, and the source statement behind them."""

    start: int
    end: int
    origin: StatementOrigin


@dataclass(frozen=True, slots=True)
class SourceMap:
    """The statements of one generated file that have a source, in the order of the file."""

    entries: tuple[Mapped, ...]

    def at(self, line: int) -> StatementOrigin | None:
        """The source of the innermost statement that covers `line`."""
        covering = [entry for entry in self.entries if entry.start <= line <= entry.end]
        return covering[-1].origin if covering else None

    def nearest(self, line: int) -> StatementOrigin | None:
        """As `at`; for glue around a statement, the statement that follows it, else the one before."""
        if (found := self.at(line)) or not self.entries:
            return found
        following = [entry for entry in self.entries if entry.start > line]
        return (following[0] if following else self.entries[-1]).origin


def statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Every statement, outer before inner, in the order of the text."""
    for name in _BLOCKS:
        for child in getattr(tree, name, ()):
            if isinstance(child, ast.stmt):
                yield child
            yield from statements(child)


def align(
    text: str, formatted: str, origins: Sequence[StatementOrigin | None], path: str
) -> SourceMap:
    """The map of `formatted`, given the origins of the statements of `text`. Misalignment is an error of ours."""
    before, after = list(statements(parse(text, path))), list(statements(parse(formatted, path)))
    if [type(node) for node in before] != [type(node) for node in after]:
        raise SelfCheckError(f"formatting changed the statements of {path}", text)
    if origins and len(origins) != len(after):
        raise SelfCheckError(f"{path} has {len(after)} statements and {len(origins)} origins", text)
    pairs = zip(after, origins, strict=False)
    return SourceMap(tuple(_mapped(node, origin) for node, origin in pairs if origin is not None))


def encode(source_map: SourceMap, sources: Sequence[str]) -> str:
    """The stored form; `sources` are the paths that entries may name, usually one."""
    return " ".join(_entry(entry, sources) for entry in source_map.entries)


def decode(text: str, sources: Sequence[str]) -> SourceMap:
    """The map that `encode` wrote; entries that make no sense are left out."""
    return SourceMap(tuple(_decoded(match, sources) for match in _ENTRY.finditer(text)))


def parse(text: str, path: str) -> ast.Module:
    """The syntax of a module that we wrote."""
    try:
        return _parse(text)
    except SyntaxError as error:
        raise SelfCheckError(f"{path}:{error.lineno} does not parse: {error.msg}", text) from None


@lru_cache(maxsize=512)
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


def _mapped(node: ast.stmt, origin: StatementOrigin) -> Mapped:
    decorators = getattr(node, "decorator_list", [])
    start = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return Mapped(start, node.end_lineno or node.lineno, origin)


def _entry(entry: Mapped, sources: Sequence[str]) -> str:
    origin = entry.origin
    number = sources.index(origin.path)
    source = f"{number}#" if number else ""
    return f"{_lines(entry.start, entry.end)}={source}{_lines(origin.line, origin.end_line)}{_LETTERS[origin.origin]}"


def _lines(start: int, end: int) -> str:
    return f"{start}-{end}" if end > start else str(start)


def _decoded(match: re.Match[str], sources: Sequence[str]) -> Mapped:
    start, end, number, line, end_line, letter = match.groups()
    path = sources[int(number or 0)]
    origin = StatementOrigin(path, int(line), int(end_line or line), _ORIGINS[letter])
    return Mapped(int(start), int(end or start), origin)
