"""The third layer: the generated modules, checked apart from the compiler that wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from motetc.backend.files import read_text
from motetc.backend.manifest import BuiltFile, read_files
from motetc.build import Built
from motetc.check.anchor import Anchors
from motetc.check.overlay import Overlay, lay_over
from motetc.check.remap import Remap
from motetc.check.strict import COMMENT, check_strictly
from motetc.config import Config
from motetc.diagnostics.model import Diagnostic
from motetc.frontend.oracle_lock import locked
from motetc.frontend.oracle_request import SourceFile


@dataclass(frozen=True, slots=True)
class Generated:
    """The modules to check: as the compiler made them, and what a person has made of some."""

    config: Config
    files: Sequence[BuiltFile]
    by_hand: Mapping[str, str]
    known: Sequence[Diagnostic] = ()


def generated_by(built: Built) -> Generated:
    """What a build just made; a file edited by hand counts as it is on disk."""
    output = built.config.output
    edited = [path for path in built.changes.by_hand if path in built.texts]
    by_hand = {path: text for path in edited if (text := read_text(output / path)) is not None}
    return Generated(built.config, built.files, by_hand, built.compilation.diagnostics)


def generated_on_disk(config: Config) -> Generated:
    """What the last build left, when nothing has changed since: its manifest leads back to the sources."""
    return Generated(config, read_files(config.output), {})


def check_generated(generated: Generated) -> list[Diagnostic]:
    """What mypy finds, at the source lines, apart from what is known already."""
    config = generated.config
    texts = {file.path: file.text for file in generated.files} | dict(generated.by_hand)
    with locked(config.cache):  # mypy reads what is in the overlay
        overlay = lay_over(config, texts, COMMENT)
        files = [_source(overlay, path) for path in sorted(texts) if path.endswith(".py")]
        search = [*config.sources, overlay.root]
        by_hand = {overlay.file(path) for path in generated.by_hand}
        findings = check_strictly(files, by_hand, search, config.cache, overlay.moved())
        overlay.settle()
    by_path = {file.path: file for file in generated.files}
    remap = Remap(
        config.output, overlay, by_path, frozenset(generated.by_hand), Anchors(config.root)
    )
    return _news(remap.diagnostics(findings), generated.known)


def _source(overlay: Overlay, path: str) -> SourceFile:
    parts = (overlay.package, *Path(path).with_suffix("").parts)
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return SourceFile(overlay.file(path), module, overlay.texts[path] + COMMENT)


def _news(found: Iterable[Diagnostic], known: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What the first two layers have said of a line need not be said again."""
    said = {(item.code, item.span.path, item.span.line) for item in known}
    return [item for item in found if (item.code, item.span.path, item.span.line) not in said]
