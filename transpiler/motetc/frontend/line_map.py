"""Where the lines of a module's text come from, when pipelines have been expanded in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from motetc.diagnostics.model import CALLED, Diagnostic, Related, Span, line_span


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a source file. `call` is the module's own line where it was expanded, 0 for its own lines.

    `given`: what a parameter is given is computed here, before the pipeline's own statements.
    """

    path: str
    line: int
    call: int = 0
    given: bool = False


@dataclass(frozen=True, slots=True)
class LineMap:
    """The way back from an expanded text. `texts` are the source files as they are written, by path."""

    relative: str
    lines: Sequence[Line]
    expanded: Sequence[str]
    texts: Mapping[str, Sequence[str]]
    functions: Sequence[range]
    """The lines of the expanded functions; as they are written they stand at the end."""
    copies: range
    names: Mapping[str, str]
    """Names that pipelines have brought, where these are called otherwise here."""

    def at(self, line: int) -> Line:
        """What a line of the expanded text is."""
        return self.lines[min(line, len(self.lines)) - 1]

    def own(self, line: int) -> int:
        """The line in the module itself: of the call, for what a pipeline has brought."""
        found = self.at(line)
        return found.call or found.line

    def pipeline(self, line: int) -> str:
        """`path:line` of what a pipeline has brought; empty for the module's own lines."""
        found = self.at(line)
        return f"{found.path}:{found.line}" if found.call else ""

    def shown(self, *lines: int) -> str:
        """`path:line, line`, for people."""
        found = [self.at(line) for line in lines]
        path = found[0].path if found else self.relative
        return f"{path}:{', '.join(str(x.line) for x in found)}"

    def span(self, span: Span) -> Span:
        """The same in the source: the same piece of text where it is still there, else the line."""
        first, last = self.at(span.line), self.at(span.end_line)
        now, then = self.expanded[span.line - 1], self._text(first)
        if now == then:
            return Span(first.path, first.line, span.column, last.line, span.end_column)
        end = span.end_column - 1 if span.end_line == span.line else len(now)
        piece = now[span.column - 1 : end]
        if not piece.strip() or then.count(piece) != 1:
            return line_span(first.path, first.line, then)
        start = then.index(piece)
        return Span(first.path, first.line, start + 1, first.line, start + len(piece) + 1)

    def types(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """mypy's findings, without what it says of expanded functions if they are wrong as they are written."""
        mine = [x for x in found if x.span.path == self.relative]
        wrong = any(x.span.line in self.copies for x in mine)
        return [
            x
            for x in mine
            if not wrong or not any(x.span.line in lines for lines in self.functions)
        ]

    def diagnostic(self, found: Diagnostic) -> Diagnostic:
        """A finding at the source, and where the pipeline was called that brought it."""
        if found.span.path != self.relative:
            return found
        call = self.at(found.span.line).call
        related = [
            replace(item, span=self.span(item.span)) if item.span.path == self.relative else item
            for item in found.related
        ]
        if call:
            where = line_span(self.relative, call, self.texts[self.relative][call - 1])
            related.append(Related(where, CALLED))
        return replace(found, span=self.span(found.span), related=tuple(related))

    def _text(self, line: Line) -> str:
        lines = self.texts.get(line.path, ())
        return lines[line.line - 1] if 0 < line.line <= len(lines) else ""
