"""Output of many processes on one terminal: whole lines, each with the name of who said it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TextIO

_COLOURS = (36, 33, 32, 35, 34, 31)
_CHUNK = 64 * 1024


class Prefixer:
    """Writes lines as `seller | text`; names are padded so that the texts align."""

    def __init__(self, names: list[str], colour: bool) -> None:
        self._width = max(map(len, names), default=0)
        self._colours = (
            {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(names)} if colour else {}
        )

    def line(self, name: str, text: str) -> str:
        """One line, without its end. Who has no name gets no prefix."""
        if not name:
            return text
        head = f"{name:<{self._width}} |"
        if name in self._colours:
            head = f"\x1b[{self._colours[name]}m{head}\x1b[0m"
        return f"{head} {text}".rstrip()

    def writer(self, name: str, stream: TextIO) -> Callable[[str], None]:
        """A function that writes one line of `name` to `stream` at once."""

        def write(text: str) -> None:
            stream.write(self.line(name, text) + "\n")
            stream.flush()

        return write


class Forwarder:
    """Reads a pipe and writes every line, however long, as it comes; the last one also without an end.

    What is no UTF-8 is in the `encoding` of our own output, which nodes have from us.
    """

    def __init__(self, source: int, write: Callable[[str], None], encoding: str = "utf-8") -> None:
        self._source = source
        self._encoding = encoding
        self._write = write
        self._pending = b""

    def forward(self) -> bool:
        """Read once, which waits if there is nothing; whether more may come."""
        chunk = os.read(self._source, _CHUNK)
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        if not chunk and self._pending:
            lines = [self._pending]
        for line in lines:
            self._write(self._decoded(line.removesuffix(b"\r")))
        return bool(chunk)

    def _decoded(self, line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            return line.decode(self._encoding, "replace")
