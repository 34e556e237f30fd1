"""Formats what needs no formatter, and tells what does.

A module is taken apart into its top-level statements. One whose every line is spelled and broken as black would do it
is only put in its place; of the others black is asked, one by one. Blank lines are set by black's rules in any case.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from motetc.backend.blanklines import Line, space
from motetc.backend.logical import UnknownError, indent_of, logical_lines, role_of


@dataclass(frozen=True, slots=True)
class Question:
    """A statement that black has to format, and the blank lines before it."""

    text: str
    blanks: int


@dataclass(slots=True)
class Layout:
    """A module as far as it can be laid out without black; `whole`: not at all."""

    text: str
    parts: list[Line | Question] = field(default_factory=list)
    whole: bool = False

    def questions(self) -> list[str]:
        """The texts that black is to format."""
        if self.whole:
            return [self.text]
        return [part.text for part in self.parts if isinstance(part, Question)]

    def finish(self, answers: Mapping[str, str]) -> str:
        """The module in black's style, given what black makes of the questions."""
        if self.whole:
            return answers[self.text]
        lines = [
            _answered(part, answers[part.text]) if isinstance(part, Question) else part
            for part in self.parts
        ]
        space(lines)
        return "".join("\n" * line.blanks + "\n".join(line.texts) + "\n" for line in lines)


def lay_out(text: str, tree: ast.Module) -> Layout:
    """Everything about a module's form that does not need black."""
    layout = Layout(text)
    try:
        if any(mark in text for mark in ("fmt:", "\f", "\t", "\r")):
            raise UnknownError
        lines = text.split("\n")
        for start, end in _chunks(tree, len(lines)):
            layout.parts += _chunk(lines[start:end], first=not start)
        _look_at_comments(layout.parts)
    except UnknownError:
        layout.whole = True
    return layout


def _chunks(tree: ast.Module, count: int) -> Iterator[tuple[int, int]]:
    """The lines of each top-level statement, what stands before it included, and what is left at the end."""
    done = 0
    for node in tree.body:
        end = node.end_lineno or node.lineno
        if end > done:
            yield done, end
            done = end
    if done < count:
        yield done, count


def _chunk(lines: Sequence[str], first: bool) -> list[Line | Question]:
    try:
        return list(logical_lines(lines, first))
    except UnknownError:
        return list(_asked(lines, first))


def _asked(lines: Sequence[str], first: bool) -> Iterator[Line | Question]:
    """A statement for black; the comments before it are lines of their own."""
    start = next(
        (i for i, line in enumerate(lines) if line and not line.lstrip().startswith("#")), None
    )
    if start is None or (role_of(lines[start]) == "docstring" and not first):
        raise UnknownError  # black alone would take a string for the docstring of a module
    yield from logical_lines(lines[:start], first)
    blanks = next((i for i, line in enumerate(reversed(lines[:start])) if line), start)
    yield Question("\n".join(lines[start:]) + "\n", blanks)


def _answered(question: Question, answer: str) -> Line:
    texts = answer.rstrip("\n").split("\n")
    role = role_of(texts[0])
    defines = role not in ("docstring", "import") and _defines(texts)
    stub = texts[-1].endswith(": ...") and role_of(texts[-1]) == "def"
    return Line(0, role, question.blanks, texts, whole=True, defines=defines, stub=stub)


def _defines(lines: Sequence[str]) -> bool:
    """Whether a definition is the last thing of a statement, so that blank lines belong behind it."""
    smallest = len(lines[-1]) + 1
    for line in filter(None, reversed(lines)):
        if indent_of(line) < smallest and role_of(line) in ("def", "class"):
            return True
        smallest = min(smallest, indent_of(line))
    return False


def _look_at_comments(parts: Sequence[Line | Question]) -> None:
    """Between two lines of code, comments go with the one or the other, first those that go with the one."""
    before: Line | None = None
    run: list[int] = []
    for part in (*parts, None):
        if isinstance(part, Line) and part.role == "comment":
            run.append(part.depth)
            continue
        line = part if isinstance(part, Line) else Line(0, "other", 0, ())
        known = {line.depth} if before is None or before.opens else {before.depth, line.depth}
        if not known.issuperset(run) or any(a < b for a, b in pairwise(run)):
            raise UnknownError
        before, run = line, []
