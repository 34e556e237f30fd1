"""Findings of mypy in generated modules, told where they belong: at the source statement, each cause once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from motetc.backend.manifest import BuiltFile
from motetc.backend.output import StatementOrigin
from motetc.check.anchor import Anchors
from motetc.check.mypy import MypyFinding
from motetc.check.overlay import Overlay
from motetc.diagnostics.model import Diagnostic, Related, Span

_CODES = {"syntax": "syntax-error"}
_WIRE_CODES = frozenset({"arg-type", "assignment", "return-value", "misc"})
_MISMATCH_HELP = (
    "run `motet build` if generated files were edited; if this stays, it is a bug in motet"
)


@dataclass(frozen=True, slots=True)
class Remap:
    """Knows the way back from every generated file."""

    output: Path
    overlay: Overlay
    files: Mapping[str, BuiltFile]
    anchors: Anchors

    def diagnostics(self, findings: Iterable[MypyFinding]) -> list[Diagnostic]:
        """One diagnostic per cause; findings outside the generated tree belong to the other layers."""
        placed = [found for finding in findings if (found := self._placed(finding)) is not None]
        return _merged(placed)

    def _placed(self, finding: MypyFinding) -> Diagnostic | None:
        path = self._path(finding)
        if path is None:
            return None
        generated = self._generated_span(finding, path)
        origin = self._origin(path, finding.line)
        if origin is None:
            return Diagnostic(_code(finding, origin), finding.message, generated, help=finding.hint)
        fragment = self._fragment(path, finding)
        code = _code(finding, origin)
        return Diagnostic(
            code=code,
            message=finding.message,
            span=self.anchors.span(origin, fragment),
            related=(Related(generated, "in the generated module"),),
            help=finding.hint or (_MISMATCH_HELP if code == "wire-mismatch" else ""),
        )

    def _path(self, finding: MypyFinding) -> str | None:
        top = self.overlay.root / self.overlay.package
        file = Path(finding.path).absolute()
        if not file.is_relative_to(top):
            return None
        return file.relative_to(top).as_posix()

    def _origin(self, path: str, line: int) -> StatementOrigin | None:
        file = self.files.get(path)
        if file is None:
            return None
        if path in self.overlay.by_hand:
            line = line_before(file.text, self.overlay.texts[path], line)
        return file.map.nearest(line)

    def _generated_span(self, finding: MypyFinding, path: str) -> Span:
        column = max(finding.column, 0) + 1
        end_column = finding.end_column + 1
        if (finding.end_line, end_column) <= (finding.line, column):
            end_column = column + 1
        end_line = max(finding.end_line, finding.line)
        return Span(str(self.output / path), finding.line, column, end_line, end_column)

    def _fragment(self, path: str, finding: MypyFinding) -> str:
        """The text that mypy underlines, where its columns can be trusted."""
        lines = self.overlay.texts[path].split("\n")
        line = lines[finding.line - 1] if finding.line <= len(lines) else ""
        if finding.line != finding.end_line or finding.column < 0 or not line.isascii():
            return ""
        return line[finding.column : finding.end_column]


def line_before(built: str, edited: str, line: int) -> int:
    """The line of `built` that line `line` of `edited` stands for."""
    matcher = difflib.SequenceMatcher(a=built.split("\n"), b=edited.split("\n"), autojunk=False)
    for tag, start, end, edited_start, edited_end in matcher.get_opcodes():
        if edited_start < line <= edited_end:
            offset = line - edited_start if tag in ("equal", "replace") else 0
            return min(start + offset, max(end, start + 1))
    return line


def _code(finding: MypyFinding, origin: StatementOrigin | None) -> str:
    transfers = origin is not None and origin.origin in ("send", "receive")
    if transfers and finding.code in _WIRE_CODES:
        return "wire-mismatch"
    return _CODES.get(finding.code, finding.code)


def _merged(placed: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The same code at the same source line, seen from several locations, is one cause."""
    merged: dict[tuple[object, ...], Diagnostic] = {}
    for found in placed:
        key = (found.span.path, found.span.line, found.code)
        if (first := merged.get(key)) is None:
            merged[key] = found
        elif _locations(first).isdisjoint(_locations(found)) or first.message == found.message:
            merged[key] = replace(first, related=_without_repeats((*first.related, *found.related)))
        else:
            merged[(*key, found.message)] = found
    return list(merged.values())


def _locations(found: Diagnostic) -> set[str]:
    return {item.span.path for item in found.related}


def _without_repeats(related: Iterable[Related]) -> tuple[Related, ...]:
    return tuple(dict.fromkeys(related))
