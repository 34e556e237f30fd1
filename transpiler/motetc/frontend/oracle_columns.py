"""Positions: mypy counts utf-8 bytes, LibCST and our reports count code points."""

from __future__ import annotations

import re
from typing import Final

_STRING: Final = r"'(?:[^'\\]|\\.)*'" + r'|"(?:[^"\\]|\\.)*"'
_COMMENTED: Final = re.compile(rf"""((?:[^'"#]|{_STRING})*)#[^'"]*""")


def source_lines(text: str) -> list[str]:
    """The lines of a source as Python counts them: only CR, LF and CRLF end one."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def is_simple(text: str) -> bool:
    """No code follows a character that is not ascii: such are in comments at the end of lines alone.

    mypy's fast parser then gives every place right. May say no of a text for which yes would be right.
    """
    return text.isascii() or all(map(_is_simple, text.split("\n")))


def _is_simple(line: str) -> bool:
    if line.isascii():
        return True
    if '"""' in line or "'''" in line:
        return False
    found = _COMMENTED.fullmatch(line)
    return found is not None and found[1].isascii()


class Columns:
    """Turns a byte column of one file into a code-point column (both 0-based)."""

    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.lines = source_lines(self.text)
        self._wide = {
            number: line.encode("utf-8", "surrogatepass")
            for number, line in enumerate(self.lines, 1)
            if not line.isascii()
        }

    @property
    def has_f_strings(self) -> bool:
        """Perhaps: cheap, and never wrong when it says no."""
        return any(mark in self.text for mark in ("f'", 'f"', "F'", 'F"', "r'", 'r"', "R'", 'R"'))

    def code_point(self, line: int, byte_column: int) -> int:
        """Ascii lines, nearly all of them, cost one dictionary look-up."""
        wide = self._wide.get(line)
        if wide is None:
            return byte_column
        return len(wide[:byte_column].decode("utf-8", "ignore"))
