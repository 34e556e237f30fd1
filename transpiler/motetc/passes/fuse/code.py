"""Text under construction: the lines of one function, with indentation and where in the source they come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from motetc.diagnostics.model import Span
from motetc.ir.types import Type


@dataclass(frozen=True, slots=True)
class Value:
    """An expression's text. `atomic`: a name or literal, which may stand anywhere any number of times."""

    text: str
    atomic: bool = False
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """What flows: a value, and the key that goes with it in a keyed stream.

    `sole`: nobody else will read the variables in it, so that they may be bound anew.
    """

    value: Value
    key: Value | None = None
    sole: bool = True


@dataclass(slots=True)
class Line:
    """One line: its depth, its text, and the source's statement that it does."""

    depth: int
    text: str
    span: Span | None
    raw: bool = False  # within a string: nothing is put in front

    @property
    def written(self) -> str:
        """The line with its indentation."""
        return self.text if self.raw or not self.text else f"{'    ' * self.depth}{self.text}"


@dataclass(slots=True)
class Code:
    """The body of one function. `assigned` are the variables of the function around it that this one changes."""

    depth: int = 0
    base: int = 0
    lines: list[Line] = field(default_factory=list)
    assigned: set[str] = field(default_factory=set)
    names: dict[str, Type | None] = field(default_factory=dict)
    single: int = -1
    """The depth at which exactly one element is at hand in each turn of a loop; -1 for nowhere."""

    def line(self, text: str, span: Span | None = None) -> None:
        """Add a line (or several, separated by newlines)."""
        for part in text.split("\n"):
            self.lines.append(Line(self.depth, part, span))

    def copy(self, text: str, span: Span, raw: bool) -> None:
        """Add a line of the source, as it stands if it begins within a string."""
        self.lines.append(Line(self.depth, text, span, raw))

    @staticmethod
    def line_of(depth: int, text: str) -> Line:
        """One line by itself."""
        return Line(depth, text, None)

    def assign(self, name: str, text: str, span: Span | None = None) -> None:
        """Change a variable that belongs to the whole flow."""
        self.assigned.add(name)
        self.line(f"{name} {text}", span)

    @contextmanager
    def block(self, header: str, span: Span | None = None) -> Iterator[None]:
        """What is added meanwhile stands below `header`; a block that stays empty is left out."""
        self.line(header, span)
        start = len(self.lines)
        self.depth += 1
        yield
        self.depth -= 1
        if len(self.lines) == start:
            self.lines.pop()

    def forget_unused(self, at: int, names: Iterable[str]) -> None:
        """Call `_` what the loop in line `at` binds and its body never reads."""
        if at >= len(self.lines):
            return
        head, _, comment = self.lines[at].text.partition("  #")
        body = "\n".join(x.text for x in self.lines[at + 1 :])
        for name in names:
            if not re.search(rf"\b{name}\b", body):
                head = re.sub(rf"\b{name}\b", "_", head, count=1)
        self.lines[at].text = f"{head}  #{comment}" if comment else head

    @property
    def awaits(self) -> bool:
        """Whether anything in it is awaited."""
        return any("await " in x.text or x.text.startswith("async ") for x in self.lines)
