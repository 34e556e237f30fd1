"""What a node wants to know from `manifest.json`: its fingerprint, and where its lines come from."""

from __future__ import annotations

import inspect
import json
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
    _found: dict[tuple[str, int], tuple[str, int] | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def fingerprint(self) -> Fingerprint:
        """The program's fingerprint, and the digest of each message to name a difference."""
        program = self.document.get("fingerprint")
        if not isinstance(program, str):
            return Fingerprint()
        return Fingerprint(program, tuple(self._parts())[:PARTS_SENT])

    def source_of(self, file: str, line: int) -> tuple[str, int] | None:
        """The source path and line behind a line of a generated file; tracebacks ask for some a thousand times."""
        if (file, line) not in self._found:
            self._found[file, line] = self._look_up(file, line)
        return self._found[file, line]

    def _look_up(self, file: str, line: int) -> tuple[str, int] | None:
        entry = self._file(file)
        if entry is None:
            return None
        found = None
        sources = entry.get("sources", [])
        for match in ENTRY.finditer(entry.get("map", "")):
            start, end, number, first, last = match.groups()
            if int(start) <= line <= int(end or start):
                source = min(int(first) + line - int(start), int(last or first))
                found = (str(sources[int(number or 0)]), source)
        return found

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
