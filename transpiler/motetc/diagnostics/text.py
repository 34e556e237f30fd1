"""A finding for people: the sentence, the code as written with both sides underlined, and the edit that mends it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from motetc.diagnostics.model import Diagnostic, Span

ReadLines = Callable[[str], list[str]]
Paint = Callable[[str, str], str]  # (text, role) -> text, perhaps with colour


@dataclass(frozen=True, slots=True)
class _Label:
    span: Span
    text: str
    mark: str
    role: str


def text(diagnostic: Diagnostic, read_lines: ReadLines, paint: Paint) -> str:
    """The whole block, without a closing newline. `read_lines` gives a file's lines, none if it cannot be read."""
    severity = diagnostic.severity
    head = paint(f"{severity}[{diagnostic.code}]", severity) + paint(
        f": {diagnostic.message}", "message"
    )
    primary = _Label(diagnostic.span, "", "^", severity)
    labels = [
        primary,
        *(_Label(item.span, item.message, "-", "related") for item in diagnostic.related),
    ]
    margin = len(str(max(label.span.line for label in labels)))
    lines = [head]
    for path in dict.fromkeys(label.span.path for label in labels):
        here = [label for label in labels if label.span.path == path]
        lines += _snippet(here, primary in here, read_lines(path), margin, paint)
    if diagnostic.help:
        first, *rest = diagnostic.help.splitlines()
        lines.append(f"{' ' * margin} {paint('=', 'gutter')} {paint('help:', 'help')} {first}")
        lines += [f"{' ' * margin}         {line}" for line in rest]
    return "\n".join(lines)


def _snippet(
    labels: list[_Label], main: bool, source: list[str], margin: int, paint: Paint
) -> Iterator[str]:
    pad = " " * margin
    first = labels[0].span
    yield f"{pad}{paint('-->' if main else ':::', 'gutter')} {first.path}:{first.line}:{first.column}"
    bar = paint("|", "gutter")
    by_line = {
        line: [x for x in labels if x.span.line == line]
        for line in sorted({x.span.line for x in labels})
    }
    if not any(0 < line <= len(source) for line in by_line):
        yield from (f"{pad} {paint('=', 'gutter')} {label.text}" for label in labels if label.text)
        return
    yield f"{pad} {bar}"
    previous = None
    for line, here in by_line.items():
        if not 0 < line <= len(source):
            continue
        if previous is not None and line > previous + 1:
            yield (
                paint("...", "gutter")
                if line > previous + 2
                else _numbered(previous + 1, source, margin, paint)
            )
        yield _numbered(line, source, margin, paint)
        for label in sorted(here, key=lambda label: label.span, reverse=True):
            yield f"{pad} {bar} {_underline(label, source[line - 1], paint)}"
        previous = line


def _numbered(line: int, source: list[str], margin: int, paint: Paint) -> str:
    return (
        f"{paint(f'{line:>{margin}}', 'gutter')} {paint('|', 'gutter')} {source[line - 1]}".rstrip()
    )


def _underline(label: _Label, line: str, paint: Paint) -> str:
    start = min(label.span.column - 1, len(line))
    end = label.span.end_column - 1 if label.span.end_line == label.span.line else len(line)
    lead = "".join("\t" if char == "\t" else " " * _width(char) for char in line[:start])
    mark = label.mark * max(1, sum(map(_width, line[start:end])))
    return lead + paint(f"{mark} {label.text}".rstrip(), label.role)


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
