"""After an edit: which modules are compiled again, and what of the last build is kept.

A module is compiled again when its text has changed, or what it can see of anything that it imports: that is all but
the bodies of functions there, and functions and constants that are new and that it does not name. The last build keeps
what that takes beside the digests of its sources. Whatever else has changed, settings, an installed package, a file
more or less, a generated file that is not as it was left, all is compiled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from motetc.backend.face import Face, added_names, face_of
from motetc.backend.links import Links, Part
from motetc.backend.manifest import BuiltFile, Entry, files_in
from motetc.backend.recorded import read_manifest
from motetc.compilation import Compilation, SourceText
from motetc.config import Config
from motetc.files import read_object, write_atomically
from motetc.frontend.ahead import may_call_pipelines
from motetc.frontend.outline import Outline, concerned, dependencies
from motetc.frontend.sources import Sources
from motetc.outside import is_outside_kept
from motetc.state import State

_WORD = re.compile(r"\w+")


def texts_of(sources: Sources) -> tuple[SourceText, ...]:
    """What is compared after an edit."""
    return tuple(SourceText(m.name, m.relative, m.text) for m in sources.modules.values())


def find_parts(state: State, sources: Sources) -> Iterator[Part]:
    """What it may be enough to compile since the last build: the first is the least, and may turn out not to be."""
    saved, texts, modules = read_object(state.links), texts_of(sources), sources.modules
    try:
        before = {
            name: (path, digest, Face(face, frozenset(names)))
            for name, path, digest, face, names in saved["texts"]
        }
        links = _unpack(saved["links"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return
    if sources.broken or saved.get("inputs") != state.load().get("inputs"):
        return
    if not is_outside_kept(state.load()):
        return
    if [(t.module, t.path) for t in texts] != [(m, path) for m, (path, *_) in before.items()]:
        return
    if saved.get("around") != state.around({t.path for t in texts}) or not state.is_output_kept():
        return
    ours = concerned(modules)
    if any(may_call_pipelines(modules[name]) for name in ours):
        return
    faces = {digest: face for _, digest, face in before.values()}
    changed = {t.module for t in texts if t.digest != before[t.module][1]}
    faces_before = {name: before[name][2] for name in changed}
    seen = _seen(modules, faces_before)
    inner = frozenset(changed - _importers(modules, seen))
    choices = [(changed | _importers(modules, seen), inner)] if inner else []
    for again, within in [*choices, (_importers(modules, changed), frozenset[str]())]:
        if again and not ours <= again:
            read = frozenset(_imported(modules, again))
            yield Part(frozenset(again), read, links, within, faces)


def remember(state: State, compilation: Compilation) -> None:
    """Keep what the next build needs, if it may compile a part: after this one was written."""
    if compilation.links is None:
        state.links.unlink(missing_ok=True)
        return
    known = compilation.faces
    rows = [
        (t.module, t.path, t.digest, face.digest, sorted(face.names))
        for t in compilation.texts
        for face in [known.get(t.digest) or face_of(t.text)]
    ]
    document = {
        "inputs": state.inputs,
        "around": state.around({text.path for text in compilation.texts}),
        "texts": rows,
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


def _seen(modules: Mapping[str, Outline], before: Mapping[str, Face]) -> set[str]:
    """The changed modules of which others see something else than `before`; of what only was added, those who may."""
    found: set[str] = set()
    for name, face in before.items():
        text = modules[name].text
        if face_of(text).digest == face.digest:
            continue
        added = added_names(text, face)
        if not added:
            found.add(name)
            continue
        others = _importers(modules, {name}) - {name}
        found |= {other for other in others if added & set(_WORD.findall(modules[other].text))}
    return found


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
        folders=frozenset(packed["folders"]),
        types=packed["types"],
        classes=packed["classes"],
    )
