"""What has changed on the wire between two builds: each channel on which their nodes would not understand each other.

After `buf breaking`, with one difference: nodes of Motet compare fingerprints when they meet, so whatever differs
here makes them refuse each other. A choreography that only one build has is no obstacle to the others.
"""

from __future__ import annotations

import ast
import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from motetc.backend.fingerprint import channel_texts
from motetc.backend.manifest import wire_modules
from motetc.backend.recorded import read_manifest
from motetc.build import Built
from motetc.diagnostics.model import Diagnostic, Span, line_span
from motetc.files import read_text

CODE = "wire-change"
_TOGETHER = (
    "deploy all locations together, or leave `{name}` as it was and add a choreography beside it"
)

_Ends = tuple[str, str, str]  # channel, sender, receiver
_Channel = Mapping[str, Any]


@dataclass(frozen=True)
class WireFormat:
    """How the nodes of one build talk: its manifest, and the texts of its modules by path."""

    manifest: Mapping[str, Any]
    texts: Mapping[str, str]

    @property
    def choreographies(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.manifest["choreographies"]
        return found

    @cached_property
    def forms(self) -> Mapping[tuple[str, str], str]:
        """(module, channel) -> the code of its codecs."""
        return channel_texts(wire_modules(self.texts))

    def definitions(self, key: str, channel: str) -> dict[str, list[str]]:
        """The lines of each class and function that the channel's values are made of, by its name."""
        tree = ast.parse(self.forms.get((key.partition(":")[0], channel), ""))
        return {
            node.name: ast.unparse(node).splitlines()
            for node in tree.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef)
        }


def format_of(built: Built) -> WireFormat:
    """The format of a build that is held in memory."""
    return WireFormat(json.loads(built.manifest), built.texts)


def committed_format(output: Path) -> WireFormat | None:
    """The format of the build that a folder holds; None when it holds none."""
    manifest = read_manifest(output)
    if not manifest:
        return None
    wire = (path for path in manifest["files"] if path.startswith("wire/"))
    texts = {path: read_text(output / path) or "" for path in wire}
    return WireFormat(manifest, texts)


def breaking_changes(old: WireFormat, new: WireFormat, then: str, root: Path) -> list[Diagnostic]:
    """A finding for each difference, in the source as it is now; `then` names the old build."""
    comparison = _Comparison(old, new, then, root)
    return [
        finding
        for key, entry in old.choreographies.items()
        for finding in comparison.of_choreography(key, entry)
    ]


@dataclass(frozen=True)
class _Comparison:
    old: WireFormat
    new: WireFormat
    then: str
    root: Path

    def of_choreography(self, key: str, was: Mapping[str, Any]) -> Iterator[Diagnostic]:
        now = self.new.choreographies.get(key)
        if now is None:
            yield self._gone(key, was)
            return
        before, after = _channels(was), _channels(now)
        path, _, line = now["source"].rpartition(":")
        for said in self._played(was, now):
            yield self._finding(key, path, int(line), said)
        for ends, channel in before.items():
            if ends in after:
                yield from self._changed(key, path, channel, after[ends])
            else:
                yield self._finding(key, path, int(line), f"{self._said(channel, was)} is gone")
        for call, given in _given(was).items():
            if call in (known := _given(now)):
                yield from self._given(key, path, given, known[call])
        for ends in after.keys() - before.keys():
            channel = after[ends]
            said = f"{_named(channel)} is new: nodes built from `{self.then}` do not know it"
            yield self._finding(key, path, channel["line"], said)

    def _gone(self, key: str, was: Mapping[str, Any]) -> Diagnostic:
        path = was["source"].rpartition(":")[0]
        said = f"choreography `{key}` is gone, which `{self.then}` has ({was['source']})"
        help = "keep it until no node that was built from there runs any more"
        return Diagnostic(CODE, said, self._span(path, 1), help=help)

    def _played(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
        """Who is called otherwise now: nodes know each other by their location, and whether it has members."""
        before, after = _players(was), _players(now)
        for role in before:
            if role in after and before[role] != after[role]:
                yield f"`{role}` is the {after[role]}; at `{self.then}` it is the {before[role]}"

    def _changed(self, key: str, path: str, was: _Channel, now: _Channel) -> Iterator[Diagnostic]:
        if (was["type"], was["form"]) == (now["type"], now["form"]):
            return
        if was["type"] != now["type"]:
            said = f"{_named(now)} is `{now['type']}`; at `{self.then}` it is `{was['type']}`"
        else:
            said = (
                f"{_named(now)} is `{now['type']}` as at `{self.then}`, but travels in another form"
            )
        yield self._finding(key, path, now["line"], said, self._difference(key, now["name"]))

    def _given(self, key: str, path: str, was: _Channel, now: _Channel) -> Iterator[Diagnostic]:
        if (was["type"], was["form"]) == (now["type"], now["form"]):
            return
        named = f"`{now['variable']}` in the call `{now['call']}`"
        said = f"{named} is `{now['type']}`; at `{self.then}` it is `{was['type']}`"
        if was["type"] == now["type"]:
            said = f"{named} is `{now['type']}` as at `{self.then}`, but travels in another form"
        yield self._finding(key, path, now["line"], said, self._difference(key, now["call"]))

    def _difference(self, key: str, channel: str) -> list[str]:
        """What else the generated wire modules say now: in classes, or in encoders where no class differs."""
        sides = self.old.definitions(key, channel), self.new.definitions(key, channel)
        names = [name for name in sides[1] if sides[0].get(name) != sides[1][name]]
        classes = [name for name in names if name[:1].isupper()]
        chosen = classes or [name for name in names if "encode" in name] or names
        return [
            line for name in chosen for line in _diff(name, *(side.get(name, []) for side in sides))
        ]

    def _finding(
        self, key: str, path: str, line: int, said: str, lines: list[str] | None = None
    ) -> Diagnostic:
        help = [_TOGETHER.format(name=key.partition(":")[2])]
        help += lines or []
        return Diagnostic(CODE, said, self._span(path, line), help="\n".join(help))

    def _said(self, channel: _Channel, was: Mapping[str, Any]) -> str:
        path = was["source"].rpartition(":")[0]
        return f"{_named(channel)}, which `{self.then}` has ({path}:{channel['line']}),"

    def _span(self, path: str, line: int) -> Span:
        lines = (read_text(self.root / path) or "").split("\n")
        return line_span(path, line, lines[line - 1] if line <= len(lines) else "")


def _diff(name: str, was: list[str], now: list[str]) -> list[str]:
    lines = list(difflib.unified_diff(was, now, n=0, lineterm=""))[2:]
    changed = [f"{line[0]} {line[1:].strip()}" for line in lines if not line.startswith("@@")]
    return [f"`{name}` in the wire module:", *(f"    {line}" for line in changed)]


def _given(entry: Mapping[str, Any]) -> dict[tuple[str, str], _Channel]:
    return {(one["call"], one["variable"]): one for one in entry.get("given", ())}


def _channels(entry: Mapping[str, Any]) -> dict[_Ends, _Channel]:
    return {(one["name"], one["from"], one["to"]): one for one in entry["channels"]}


def _players(entry: Mapping[str, Any]) -> dict[str, str]:
    """By role: which location plays it, of the roles that have a part in a message."""
    talking = {one[end] for one in entry["channels"] for end in ("from", "to")}
    return {
        role["name"]: f"{'cluster' if role['cluster'] else 'process'} `{role['location']}`"
        for role in entry["roles"]
        if role["name"] in talking
    }


def _named(channel: _Channel) -> str:
    return f"`{channel['name']}` from `{channel['from']}` to `{channel['to']}`"
