"""What a node wants to know from `manifest.json`: its fingerprint, and where its lines come from."""

from __future__ import annotations

import inspect
import json
import linecache
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from motet.transport.protocol import Fingerprint

NAME: Final = "manifest.json"
PARTS_SENT: Final = 5000
ENTRY: Final = re.compile(r"(\d+)(?:-(\d+))?=(?:(\d+)#)?(\d+)(?:-(\d+))?[a-z]")


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest and the folder it describes; both may be missing."""

    folder: Path | None
    document: Mapping[str, Any]
    _found: dict[tuple[str, int, str], tuple[str, int] | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def fingerprint(self) -> Fingerprint:
        """The program's fingerprint, and the digest of each message to name a difference."""
        program = self.document.get("fingerprint")
        if not isinstance(program, str):
            return Fingerprint()
        return Fingerprint(program, tuple(self._parts())[:PARTS_SENT])

    def source_of(self, file: str, line: int, said: str = "") -> tuple[str, int] | None:
        """The source path and line behind a line of a generated file; tracebacks ask for some a thousand times.

        `said` is the code at work there: of a line that is made of several, it tells which.
        """
        key = file, line, said
        if key not in self._found:
            self._found[key] = self._look_up(*key)
        return self._found[key]

    def _look_up(self, file: str, line: int, said: str) -> tuple[str, int] | None:
        entry = self._file(file)
        if entry is None:
            return None
        found = around = None
        sources = entry.get("sources", [])
        for match in ENTRY.finditer(entry.get("map", "")):
            start, end, number, first, last = match.groups()
            if int(start) <= line <= int(end or start):
                source = min(int(first) + line - int(start), int(last or first))
                found = (str(sources[int(number or 0)]), source)
                around = around or range(int(first), int(last or first) + 1)
        if found is None or around is None or not said:
            return found
        return found[0], self._where_said(found, around, said)

    def _where_said(self, found: tuple[str, int], around: range, said: str) -> int:
        """The line nearest to the one found, among those around it, that has this code; else the one found."""
        assert self.folder is not None
        name, line = found
        text = linecache.getlines(str(self.folder.parent / name))
        code = _squeezed(said)
        having = [n for n in around if n <= len(text) and code in _squeezed(text[n - 1])]
        return min(having, key=lambda n: (abs(n - line), n), default=line)

    def covers(self, file: str) -> bool:
        """Whether a file is one of the generated ones."""
        return self._file(file) is not None

    def _file(self, file: str) -> Mapping[str, Any] | None:
        if self.folder is None:
            return None
        try:
            path = Path(file).resolve().relative_to(self.folder.resolve()).as_posix()
        except ValueError:
            return None
        entry = self.document.get("files", {}).get(path)
        return entry if isinstance(entry, dict) else None

    def _parts(self) -> Iterator[tuple[str, str]]:
        for key, choreography in sorted(self.document.get("choreographies", {}).items()):
            for channel in choreography.get("channels", []):
                content = f"{channel.get('from')}->{channel.get('to')}: {channel.get('type')}"
                yield f"{channel.get('name')} of {key}", content
            for given in choreography.get("given", []):
                content = f"{given.get('variable')} = {given.get('type')}"
                yield f"call {given.get('call')} of {key}", content


def _squeezed(code: str) -> str:
    """Code, however it is formatted."""
    return "".join(code.split()).replace("'", '"')


NO_MANIFEST: Final = Manifest(None, {})


def manifest_of(function: Callable[..., object]) -> Manifest:
    """The manifest of the generated tree that a function belongs to."""
    return manifest_above(Path(inspect.getfile(function)))


def manifest_above(file: Path) -> Manifest:
    """The manifest of the generated tree that a file belongs to."""
    for folder in file.resolve().parents:
        try:
            document = json.loads((folder / NAME).read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(document, dict) and "fingerprint" in document:
            return Manifest(folder, document)
    return NO_MANIFEST
