"""The case format: one Markdown file per subject, one test per `## ` or `### ` heading, prose in between.

    ```python title="shop.py"                      a file of the program (several are possible)
    ```python title="generated/seller/shop.py"     a module as it must come out
    ```diagnostics                                 lines `shop.py:12: unknown-choice`, or with `: part of the text`
    ```run                                         arguments of `motet run`, then its JSON or `fails: ["part", …]`

A file marked `since-3.12` (behind its title) needs that Python, and its section is skipped under an older one. Other
blocks, and python blocks without a title, are for the reader. A section without a diagnostics block must compile
clean. `pytest -n 0 --update-cases` writes what really came out into the blocks of sections that fail: read that diff as
carefully as code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(
    r"^```(?P<kind>\w+)(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_TITLE = re.compile(r'title="([^"]+)"')
_HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
_KINDS = {"python", "diagnostics", "run"}


@dataclass(frozen=True)
class Block:
    """A fenced block; `number` counts the fences of its file, `start` is where its body begins."""

    kind: str
    title: str
    marks: tuple[str, ...]
    body: str
    number: int
    start: int


@dataclass(frozen=True)
class Case:
    """One section."""

    path: Path
    name: str
    blocks: tuple[Block, ...] = field(repr=False)

    @property
    def sources(self) -> dict[str, str]:
        """The program's files."""
        return {b.title: b.body for b in self.blocks if b.kind == "python" and not _is_expected(b)}

    @property
    def since(self) -> tuple[int, ...]:
        """The version of Python that the program needs."""
        marks = [m.removeprefix("since-") for b in self.blocks for m in b.marks if "since-" in m]
        return max((tuple(map(int, mark.split("."))) for mark in marks), default=())

    @property
    def expected(self) -> list[Block]:
        """Modules as they must come out."""
        return [b for b in self.blocks if b.kind == "python" and _is_expected(b)]

    def of(self, kind: str) -> list[Block]:
        """The blocks of one kind."""
        return [b for b in self.blocks if b.kind == kind]


def read_cases(path: Path) -> list[Case]:
    """Every section of a file that has a program; without headings, the file is one section."""
    text = path.read_text("utf-8")
    fences = list(_FENCE.finditer(text))
    found = (_block(number, match) for number, match in enumerate(fences))
    blocks = [block for block in found if block is not None]
    inside = [match.span() for match in fences]
    headings = [
        m for m in _HEADING.finditer(text) if not any(a <= m.start() < b for a, b in inside)
    ]
    starts = [(m.start(), m[1].strip()) for m in headings] or [(0, path.stem)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    cases = []
    for (start, name), end in zip(starts, ends, strict=True):
        case = Case(path, name, tuple(b for b in blocks if start <= b.start < end))
        if case.sources:
            cases.append(case)
    return cases


def rewrite(path: Path, bodies: dict[Block, str]) -> None:
    """Replace the bodies of some blocks of one file, which may have changed since it was read."""
    text = path.read_text("utf-8")
    fences = list(_FENCE.finditer(text))
    for block in sorted(bodies, key=lambda block: block.number, reverse=True):
        start, end = fences[block.number].span("body")
        text = text[:start] + bodies[block] + text[end:]
    path.write_text(text, "utf-8")


def _block(number: int, match: re.Match[str]) -> Block | None:
    kind, info = match["kind"], match["info"]
    title = _TITLE.search(info)
    if kind not in _KINDS or (kind == "python" and title is None):
        return None
    marks = tuple(_TITLE.sub("", info).split())
    return Block(kind, title[1] if title else "", marks, match["body"], number, match.start("body"))


def _is_expected(block: Block) -> bool:
    return block.title.startswith("generated/")
