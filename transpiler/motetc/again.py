"""After an edit: which modules are compiled again, and what of the last build is kept.

A module is compiled again when its text has changed, or that of anything that it imports. The last build keeps what
that takes beside the digests of its sources. Whatever else has changed, settings, an installed package, a file more or
less, a generated file that is not as it was left, all is compiled.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from motetc.backend.files import sha256, write_atomically
from motetc.backend.links import Links, Part
from motetc.backend.manifest import BuiltFile, Entry, files_in
from motetc.backend.recorded import read_manifest
from motetc.compilation import Compilation, SourceText
from motetc.config import Config
from motetc.frontend.ahead import may_call_pipelines
from motetc.frontend.outline import Outline, concerned, dependencies
from motetc.frontend.sources import Sources
from motetc.state import State


def texts_of(sources: Sources) -> tuple[SourceText, ...]:
    """What is compared after an edit."""
    return tuple(
        SourceText(m.name, m.relative, sha256(m.text.encode("utf-8", "surrogatepass")))
        for m in sources.modules.values()
    )


def find_part(state: State, sources: Sources) -> Part | None:
    """What has to be compiled since the last build; None if that is everything."""
    saved = _load(state)
    texts = texts_of(sources)
    if not saved or sources.broken or saved["inputs"] != state.load().get("inputs"):
        return None
    before = [SourceText(*row) for row in saved["texts"]]
    if [t.module for t in before] != [t.module for t in texts]:
        return None
    if saved["around"] != state.around({t.path for t in texts}) or not state.is_output_kept():
        return None
    modules = sources.modules
    changed = {new.module for old, new in zip(before, texts, strict=True) if new != old}
    ours = concerned(modules)
    if any(may_call_pipelines(modules[name]) for name in ours):
        return None
    again = _importers(modules, changed)
    part = _imported(modules, again)
    if not changed or ours <= again:
        return None
    return Part(frozenset(again), frozenset(part), _unpack(saved["links"]))


def remember(state: State, compilation: Compilation) -> None:
    """Keep what the next build needs, if it may compile a part: after this one was written."""
    if compilation.links is None:
        state.links.unlink(missing_ok=True)
        return
    document = {
        "inputs": state.inputs,
        "around": state.around({text.path for text in compilation.texts}),
        "texts": compilation.texts,
        "links": _pack(compilation.links),
    }
    write_atomically(state.links, json.dumps(document))


def kept_files(config: Config, compilation: Compilation) -> tuple[BuiltFile, ...]:
    """The files of the last build that belong to none of the modules that were compiled again."""
    again, links = compilation.again, compilation.links
    if again is None or links is None:
        return ()
    made = {path for module, path in links.of_kind("path") if module in again}
    found = files_in(config.output, read_manifest(config.output))
    return tuple(file for file in found if file.path not in made)


def kept_choreographies(config: Config, compilation: Compilation) -> Mapping[str, Entry]:
    """What the last manifest says of the choreographies of all other modules."""
    again = compilation.again
    if again is None:
        return {}
    entries = read_manifest(config.output)["choreographies"]
    return {key: entry for key, entry in entries.items() if key.partition(":")[0] not in again}


def _importers(modules: Mapping[str, Outline], changed: set[str]) -> set[str]:
    """Modules, and all that import them."""
    importers: dict[str, set[str]] = {}
    for module in modules.values():
        for name in dependencies(modules, module):
            importers.setdefault(name, set()).add(module.name)
    return _reached(importers, changed)


def _imported(modules: Mapping[str, Outline], names: set[str]) -> set[str]:
    """Modules, and all that they import."""
    return _reached({n: dependencies(modules, m) for n, m in modules.items()}, names)


def _reached(edges: Mapping[str, set[str]], start: set[str]) -> set[str]:
    found, pending = set(start), list(start)
    while pending:
        new = edges.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def _load(state: State) -> dict[str, Any]:
    try:
        found = json.loads(state.links.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _pack(links: Links) -> dict[str, object]:
    def plain(value: object) -> object:
        if isinstance(value, frozenset):
            return sorted(value)
        return {k: plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value

    return {part.name: plain(getattr(links, part.name)) for part in fields(links)}


def _unpack(packed: Mapping[str, Any]) -> Links:
    return Links(
        rows={m: frozenset(map(tuple, rows)) for m, rows in packed["rows"].items()},
        wire={m: frozenset(names) for m, names in packed["wire"].items()},
        names=packed["names"],
        used=packed["used"],
        mirrored=frozenset(packed["mirrored"]),
        types=packed["types"],
    )
