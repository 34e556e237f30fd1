"""How many blank lines black has before each line of a module, which depends on what stands around it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["comment", "decorator", "def", "class", "import", "docstring", "block", "other"]


@dataclass(slots=True)
class Line:
    """One logical line: how far in, what it is, how many blank lines are before it, and its text, indented."""

    depth: int
    role: Role
    blanks: int
    texts: Sequence[str]
    opens: bool = False  # it ends in a colon
    dependent: bool = False  # `else:` and its like
    whole: bool = False  # all the lines of a statement, and not the first alone
    defines: bool = False  # a whole statement that ends with a definition
    stub: bool = False  # a function without a body but for its dots
    after: int = 0  # blank lines that it insists on behind it


def space(lines: Sequence[Line]) -> None:
    """Set `blanks` of every line to what black would make of it."""
    spacer = _Spacer(lines)
    for index in range(len(lines)):
        spacer.visit(index)


class _Spacer:
    """Black's own rules (those for modules that are no stubs), line by line."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.definitions: list[Line] = []
        self.heading: int | None = None  # the first of the comments that go with what follows
        first = next((i for i, line in enumerate(lines) if line.role != "comment"), -1)
        documented = first >= 0 and lines[first].role == "docstring"
        self.behind_docstring = first + 1 if documented else -1

    def visit(self, index: int) -> None:
        line = self.lines[index]
        previous = self.lines[index - 1] if index else None
        before = self._before(line, previous)
        if previous is not None:
            before = max(0, before - previous.after)
            if index == self.behind_docstring and line.role not in ("class", "def"):
                before = 1
        line.blanks = before + (previous.after if previous is not None else 0)
        self._note_heading(index, line, previous, before)

    def _before(self, line: Line, previous: Line | None) -> int:
        given = min(line.blanks, 1 if line.depth else 2)
        ended = None
        while self.definitions and self.definitions[-1].depth >= line.depth:
            ended = self.definitions.pop()
        if previous is not None and previous.defines:
            ended = previous
        if line.role in ("def", "class"):
            self.definitions.append(line)
        if previous is None:
            return 0
        if line.role == "docstring" and previous.role == "class":
            line.after = 1
            return 0
        if line.role == "docstring" and previous.role == "def":
            return 0
        before = given
        if ended is not None:
            before = 1 if line.depth or (ended.depth and line.dependent) else 2
        if line.role in ("decorator", "def", "class"):
            return self._before_definition(line, previous, before, given > 0)
        if previous.role == "import" and line.role != "import":
            if previous.depth == 0 == line.depth:
                return 1
            if previous.depth == line.depth:
                return before or 1
        return before

    def _before_definition(self, line: Line, previous: Line, before: int, given: bool) -> int:
        if previous.role == "decorator" and not previous.whole:
            return 0
        if previous.depth < line.depth and previous.role in ("class", "def"):
            return int(given)
        wanted = 1 if line.depth else 2
        if previous.stub and not given:
            wanted = 0
        if previous.role != "comment" or previous.depth != line.depth or before:
            return wanted
        if self.heading is None or not self.heading:
            return 0
        first, above = self.lines[self.heading], self.lines[self.heading - 1]
        own = first.blanks - above.after
        if above.role != "class" and not above.opens and own <= 1:
            first.blanks = max(own, wanted)
        return 0

    def _note_heading(self, index: int, line: Line, previous: Line | None, before: int) -> None:
        if line.role == "comment":
            if previous is None or (
                previous.role != "decorator"
                and (previous.role != "comment" or before)
                and (self.heading is None or before)
            ):
                self.heading = index
        elif line.role != "decorator" or before:
            self.heading = None
