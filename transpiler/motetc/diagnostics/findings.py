"""Where the passes put what they find: each cause once, in source order at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from motetc.diagnostics.model import Diagnostic, Related, Span


@dataclass(slots=True)
class Findings:
    """Collects diagnostics; the same code at the same place is one cause."""

    found: dict[tuple[str, Span], Diagnostic] = field(default_factory=dict)

    def error(
        self, code: str, span: Span, message: str, help: str = "", related: tuple[Related, ...] = ()
    ) -> None:
        """Record an error; a second one with this code at this place is the same cause and is dropped."""
        self.found.setdefault((code, span), Diagnostic(code, message, span, related, help))

    def add(self, diagnostic: Diagnostic) -> None:
        """Record a finding made elsewhere."""
        self.found.setdefault((diagnostic.code, diagnostic.span), diagnostic)

    def extend(self, others: Findings) -> None:
        """Record findings made elsewhere."""
        for found in others.found.values():
            self.add(found)

    def copy(self) -> Findings:
        """The same, to which others may be added apart."""
        return Findings(dict(self.found))

    def has(self, code: str, span: Span) -> bool:
        """Whether there is one with this code on the line already."""
        return any(
            known == code and (other.path, other.line) == (span.path, span.line)
            for known, other in self.found
        )

    def told(self, message: str, related: tuple[Related, ...]) -> bool:
        """Whether the same has been said of the same other side."""
        return any(f.message == message and f.related == related for f in self.found.values())

    def __len__(self) -> int:
        return len(self.found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All findings by file and position."""
        return tuple(sorted(self.found.values(), key=lambda d: (d.span, d.code)))
