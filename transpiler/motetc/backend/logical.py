"""Reads the lines of a statement as black would write them, or gives up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from motetc.backend.blanklines import Line, Role
from motetc.backend.brackets import WIDTH, are_settled
from motetc.backend.prewrap import broken
from motetc.backend.spelling import is_settled

_QUOTED: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|#.*""")
_ODD: Final = re.compile(r"""["'\\;]""")
_COMMENT: Final = re.compile(r"#(?:[ #:'].*)?")
_NARROW: Final = re.compile("[\x20-\u02ff‐-‧←-⇿]*")  # characters that are one column wide
_ONE_LINE: Final = re.compile(r'"""[^\s"\\](?:[^"\\]*[^\s"\\])?"""')
_FIRST_LINE: Final = re.compile(r'"""(?:[^\s"\\](?:(?!""")[^\\])*)?')
_LAST_LINE: Final = re.compile(r'"""|[^\s"\\](?:(?:(?!""")[^\\])*[^\s"\\])?"""')
_FIRST_WORD: Final = re.compile(r"\w+|@|\"\"\"|#")
_ROLES: Final[dict[str, Role]] = {
    "@": "decorator",
    "#": "comment",
    '"""': "docstring",
    "def": "def",
    "class": "class",
    "import": "import",
    "from": "import",
}
_DEPENDENT: Final = frozenset({"else", "elif", "except", "finally"})


class UnknownError(Exception):
    """Only black knows."""


def logical_lines(lines: Sequence[str], first: bool) -> Iterator[Line]:
    """The logical lines of a top-level statement; `first`: the module begins with it."""
    reader = _Reader(lines, first)
    while (line := reader.next()) is not None:
        yield from line


def role_of(line: str) -> Role:
    """What a line is, by its first word."""
    text = line.lstrip()
    if text.startswith("async def "):
        return "def"
    word = _FIRST_WORD.match(text)
    return _ROLES.get(word[0], "other") if word else "other"


def indent_of(line: str) -> int:
    """The spaces before a line."""
    return len(line) - len(line.lstrip(" "))


class _Reader:
    def __init__(self, lines: Sequence[str], first: bool) -> None:
        self.lines = lines
        self.position = 0
        self.previous: Line | None = None
        self.documents = first  # a docstring may come now

    def next(self) -> list[Line] | None:
        """The next logical line, in two parts if its comment goes above it; None at the end."""
        start = self.position
        while self.position < len(self.lines) and not self.lines[self.position].strip():
            self.position += 1
        if self.position == len(self.lines):
            return None
        blanks, line = self.position - start, self.lines[self.position].rstrip()
        role = role_of(line)
        depth, odd = divmod(indent_of(line), 4)
        if odd:
            raise UnknownError
        if role == "comment":
            return [self._comment(line, depth, blanks)]
        if role == "docstring":
            found = [Line(depth, role, blanks, self._docstring(line))]
        else:
            found = self._code(line, depth, blanks, role)
        self._follow(found[-1])
        return found

    def _follow(self, line: Line) -> None:
        previous, self.previous = self.previous, line
        if previous is not None and previous.opens and line.depth != previous.depth + 1:
            raise UnknownError
        if previous is None and line.depth:
            raise UnknownError
        self.documents = line.role in ("def", "class")

    def _comment(self, line: str, depth: int, blanks: int) -> Line:
        text = line.strip()
        if not _COMMENT.fullmatch(text):
            raise UnknownError
        self.position += 1
        self.documents = self.documents and self.previous is None
        return Line(depth, "comment", blanks, [line])

    def _docstring(self, line: str) -> list[str]:
        indent, text = indent_of(line), line.lstrip()
        if not self.documents:
            raise UnknownError
        self.position += 1
        if text.count('"""') == 2:
            if not _ONE_LINE.fullmatch(text):
                raise UnknownError
            return [line]
        texts = [line]
        while not texts[-1].endswith('"""') or len(texts) == 1:
            if self.position == len(self.lines):
                raise UnknownError
            texts.append(self.lines[self.position].rstrip())
            self.position += 1
        _look_at_docstring(texts, indent)
        return texts

    def _code(self, line: str, depth: int, blanks: int, role: Role) -> list[Line]:
        texts = [line]
        bare = _QUOTED.sub("", line)
        open_ = _balance(bare)
        self.position += 1
        while open_:
            if self.position == len(self.lines):
                raise UnknownError
            line = self.lines[self.position].rstrip()
            self.position += 1
            bare = _QUOTED.sub("", line)
            if "#" in line or not line:
                raise UnknownError
            texts.append(line)
            open_ += _balance(bare)
        comment, texts = _settled(texts, depth * 4)
        word = _FIRST_WORD.match(texts[0].lstrip())
        dependent = word is not None and word[0] in _DEPENDENT
        found = Line(
            depth, role, 0 if comment else blanks, texts, bare.rstrip().endswith(":"), dependent
        )
        return [Line(depth, "comment", blanks, comment), found] if comment else [found]


def _balance(bare: str) -> int:
    if _ODD.search(bare):
        raise UnknownError
    opened = bare.count("(") + bare.count("[") + bare.count("{")
    return opened - bare.count(")") - bare.count("]") - bare.count("}")


def _settled(texts: Sequence[str], indent: int) -> tuple[list[str], list[str]]:
    """The lines, broken if they are too long, and a comment that then goes above them."""
    if len(texts) == 1 and len(texts[0]) <= WIDTH and texts[0].isascii():
        if not is_settled(texts[0][indent:]):
            raise UnknownError
        return [], list(texts)
    lines = [part for text in texts for part in broken(text)]
    if not all(len(line) <= WIDTH and _NARROW.fullmatch(line) for line in lines):
        raise UnknownError
    comment = [lines.pop(0)] if lines[0].lstrip().startswith("#") else []
    bare = [line[indent:] for line in lines]
    if not (is_settled(bare[0]) if len(bare) == 1 else are_settled(bare, indent)):
        raise UnknownError
    return comment, lines


def _look_at_docstring(texts: Sequence[str], indent: int) -> None:
    first, *middle, last = texts
    inner = [line for line in middle if line]
    plain = all('"""' not in line and "\\" not in line for line in inner)
    closing = last.lstrip()
    if closing != '"""':
        inner.append(last)
    elif not middle or not middle[-1] or indent_of(last) != indent:
        raise UnknownError
    if (
        not plain
        or not _FIRST_LINE.fullmatch(first.lstrip())
        or not _LAST_LINE.fullmatch(closing)
        or len(last) > WIDTH
        or (inner and min(map(indent_of, inner)) != indent)
    ):
        raise UnknownError
