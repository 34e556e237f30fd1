"""generated/manifest.json: everything about a build that does not belong into files that people read.

Versions, the fingerprint that nodes compare when they meet, the channels, what `motet run` must know of every
choreography, each file's digest, and the source map. The same program gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from motetc.backend.fingerprint import Forms, channel_forms, fingerprint, form_of
from motetc.backend.recorded import FORMAT, read_manifest
from motetc.backend.sourcemap import SourceMap, decode, encode
from motetc.ir.summary import ChannelSummary, ChoreographySummary

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class BuiltFile:
    """One generated file, formatted, with the way back to its source: as it was made, or in the words of a manifest."""

    path: str
    text: str
    made: Callable[[], SourceMap] | None = None
    entry: Entry = field(default_factory=dict)

    @cached_property
    def map(self) -> SourceMap:
        """The way back. To find it is to see that formatting has changed no statement."""
        return self.made() if self.made else decode(self.entry["map"], self.entry["sources"])

    def look_over(self) -> None:
        """Have that done, if it was not."""
        if self.made is not None:
            _ = self.map


def render_manifest(
    files: Sequence[BuiltFile],
    choreographies: Sequence[ChoreographySummary],
    tool: str,
    known: Mapping[str, Entry] = {},
) -> str:
    """The manifest's text. Keys are sorted and each file and channel has its own line, so diffs stay small.

    `known` are entries of other choreographies, from an earlier manifest.
    """
    wire = wire_modules({file.path: file.text for file in files})
    forms = channel_forms(wire, {summary.key.partition(":")[0] for summary in choreographies})
    entries = {**known, **{s.key: _choreography(s, forms) for s in choreographies}}
    document = {
        "format": FORMAT,
        "motet": tool,
        "fingerprint": fingerprint(entries),
        "choreographies": {key: entries[key] for key in sorted(entries)},
        "files": {file.path: _file(file) for file in sorted(files, key=lambda file: file.path)},
    }
    return _dump(document) + "\n"


def read_files(output: Path) -> list[BuiltFile]:
    """The files of the build that `output` holds, with their maps; for an output that is as the build left it."""
    return files_in(output, read_manifest(output))


def files_in(output: Path, manifest: Mapping[str, Any]) -> list[BuiltFile]:
    """The files that a manifest lists, as they are on disk."""
    return [
        BuiltFile(path, (output / path).read_text("utf-8"), entry=entry)
        for path, entry in manifest.get("files", {}).items()
    ]


def listed_files(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Path -> digest of every file that the build behind `manifest` wrote."""
    return {path: entry["sha256"] for path, entry in manifest.get("files", {}).items()}


def _choreography(summary: ChoreographySummary, forms: Forms) -> dict[str, object]:
    return {
        "source": f"{summary.path}:{summary.line}",
        "runnable": summary.runnable,
        "roles": [
            {
                "name": role.name,
                "location": role.location,
                "folder": role.folder,
                "cluster": role.cluster,
            }
            for role in summary.roles
        ],
        "arguments": {name: list(places) for name, places in summary.arguments},
        "own": list(summary.own),
        "optional": list(summary.optional),
        "results": list(summary.results),
        "channels": [_channel(summary, channel, forms) for channel in summary.channels],
        **_given(summary, forms),
        **_opened(summary),
    }


def _opened(summary: ChoreographySummary) -> dict[str, object]:
    """What only some choreographies have."""
    found: dict[str, object] = {}
    if summary.ports:
        found["ports"] = [{"name": p.name, "location": p.location} for p in summary.ports]
    if summary.watched:
        found["watched"] = list(summary.watched)
    return found


def _given(summary: ChoreographySummary, forms: Forms) -> dict[str, object]:
    """What calls say of the data of generic choreographies, if there are such calls."""
    rows = [
        {
            "call": given.call,
            "variable": given.variable,
            "type": given.type,
            "form": form_of(summary, given.call, forms),
            "line": given.line,
        }
        for given in summary.given
    ]
    return {"given": rows} if rows else {}


def wire_modules(texts: Mapping[str, str]) -> dict[str, str]:
    """Dotted name below `wire` -> text, of the files of a build given as path -> text."""
    wire = {
        path.removeprefix("wire/"): text for path, text in texts.items() if path.startswith("wire/")
    }
    return {
        re.sub(r"(/?__init__)?\.py$", "", path).replace("/", "."): text
        for path, text in wire.items()
    }


def _channel(
    summary: ChoreographySummary, channel: ChannelSummary, forms: Forms
) -> dict[str, object]:
    return {
        "name": channel.name,
        "from": channel.sender,
        "to": channel.receiver,
        "type": channel.type,
        "form": form_of(summary, channel.name, forms),
        "line": channel.line,
    }


def _file(file: BuiltFile) -> Entry:
    if file.entry:
        return file.entry
    sources = sorted({entry.origin.path for entry in file.map.entries})
    return {
        "sha256": hashlib.sha256(file.text.encode()).hexdigest(),
        "sources": sources,
        "map": encode(file.map, sources),
    }


def _dump(value: object, indent: str = "") -> str:
    """JSON with one line for whatever holds no further container, and one entry a line for the rest."""
    inner = indent + "  "
    if isinstance(value, dict) and any(
        isinstance(item, dict | list) and item for item in value.values()
    ):
        rows = (f"{inner}{json.dumps(key)}: {_dump(item, inner)}" for key, item in value.items())
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[\n" + ",\n".join(inner + _dump(item, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)
