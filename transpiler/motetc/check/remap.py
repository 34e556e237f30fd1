"""Findings of mypy in generated modules, told where they belong: at the source statement, each cause once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from motetc.backend.manifest import BuiltFile
from motetc.backend.output import StatementOrigin
from motetc.check.anchor import Anchors
from motetc.check.overlay import Overlay
from motetc.diagnostics.model import Diagnostic, Related, Span

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
    by_hand: frozenset[str]
    anchors: Anchors

    def diagnostics(self, findings: Sequence[Diagnostic]) -> list[Diagnostic]:
        """One diagnostic per cause; findings outside the generated tree belong to the other layers."""
        ordered = sorted(
            (
                finding
                for finding in findings
                if not (_calls_lambda(finding) or _calls_untyped(finding, findings))
            ),
            key=lambda finding: finding.span,
        )  # mypy's order is not always the same
        placed = [found for finding in ordered if (found := self._placed(finding)) is not None]
        return _merged(placed)

    def _placed(self, finding: Diagnostic) -> Diagnostic | None:
        path = self._path(finding)
        if path is None:
            return None
        generated = replace(finding.span, path=str(self.output / path))
        origin = self._origin(path, finding.span.line)
        if origin is None:
            return replace(finding, span=generated)
        if _is_of_source(finding, origin):
            return None
        code = _code(finding, origin)
        if code != "wire-mismatch" and self.anchors.ignores(origin, code):
            return None
        return Diagnostic(
            code=code,
            message=finding.message,
            span=self.anchors.span(origin, self._fragment(path, finding.span)),
            related=(Related(generated, "in the generated module"),),
            help=finding.help or (_MISMATCH_HELP if code == "wire-mismatch" else ""),
        )

    def _path(self, finding: Diagnostic) -> str | None:
        top = self.overlay.root / self.overlay.package
        file = Path(finding.span.path)
        return file.relative_to(top).as_posix() if file.is_relative_to(top) else None

    def _origin(self, path: str, line: int) -> StatementOrigin | None:
        file = self.files.get(path)
        if file is None:
            return None
        if path in self.by_hand:
            line = line_before(file.text, self.overlay.texts[path], line)
        return file.map.nearest(line)

    def _fragment(self, path: str, span: Span) -> str:
        """The text that mypy underlines, if it is within one line."""
        lines = self.overlay.texts[path].split("\n")
        if span.line != span.end_line or span.line > len(lines):
            return ""
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]


def _calls_lambda(finding: Diagnostic) -> bool:
    """A lambda that a lambda gives: mypy forgets that it is one, and asks for annotations that it cannot have."""
    return finding.code == "no-untyped-call" and "function (unknown)" in finding.message


def _calls_untyped(finding: Diagnostic, all_: Iterable[Diagnostic]) -> bool:
    """Whether it calls a function of its module that has no annotations, of which that is told."""
    return finding.code == "no-untyped-call" and any(
        d.code == "no-untyped-def" and d.span.path == finding.span.path for d in all_
    )


def _is_of_source(finding: Diagnostic, origin: StatementOrigin) -> bool:
    """Whether what is never reached is the source's own: the project may have its reasons for it."""
    if finding.code != "unreachable":
        return False
    return origin.origin not in ("send", "receive") or "unreachable" not in finding.message


def line_before(built: str, edited: str, line: int) -> int:
    """The line of `built` that line `line` of `edited` stands for."""
    matcher = difflib.SequenceMatcher(a=built.split("\n"), b=edited.split("\n"), autojunk=False)
    for tag, start, end, edited_start, edited_end in matcher.get_opcodes():
        if edited_start < line <= edited_end:
            offset = line - edited_start if tag in ("equal", "replace") else 0
            return min(start + offset, max(end, start + 1))
    return line


def _code(finding: Diagnostic, origin: StatementOrigin) -> str:
    transfers = origin.origin in ("send", "receive")
    return "wire-mismatch" if transfers and finding.code in _WIRE_CODES else finding.code


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
