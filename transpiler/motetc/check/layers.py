"""The third layer: the generated modules, checked apart from the compiler that wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from motetc.backend.manifest import BuiltFile, read_files
from motetc.build import Built
from motetc.check.anchor import Anchors
from motetc.check.overlay import Overlay, lay_over
from motetc.check.remap import Remap
from motetc.check.strict import COMMENT, strict
from motetc.config import Config
from motetc.diagnostics.model import Diagnostic
from motetc.files import read_text
from motetc.frontend.oracle_lock import locked
from motetc.frontend.oracle_request import SourceFile
from motetc.frontend.types import Ahead


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


def check_generated(generated: Generated, ahead: Ahead | None = None) -> list[Diagnostic]:
    """What mypy finds, at the source lines, apart from what is known already."""
    with checking(generated, ahead) as check:
        return [] if check.is_clean() else check.findings()


@contextmanager
def checking(generated: Generated, ahead: Ahead | None) -> Iterator[Checking]:
    """A check under way, by the mypy of `ahead` if that can; the cache folder is locked for as long."""
    with locked(generated.config.cache):  # mypy reads what is in the overlay
        yield Checking(generated, ahead)


class Checking:
    """One check of generated modules."""

    def __init__(self, generated: Generated, ahead: Ahead | None) -> None:
        config = generated.config
        texts = {file.path: file.text for file in generated.files} | dict(generated.by_hand)
        overlay = self._overlay = lay_over(config, texts, COMMENT)
        files = [_source(overlay, path) for path in sorted(texts) if path.endswith(".py")]
        by_hand = {overlay.file(path) for path in generated.by_hand}
        search = [*config.sources, overlay.root]
        self._generated, self._ahead = generated, ahead
        self._question = strict(files, by_hand, search, overlay.moved())
        if ahead is not None:
            ahead.tell(self._question.request, self._question.fresh)
        for file in generated.files:
            file.look_over()

    def is_clean(self) -> bool:
        """Whether the mypy that is in memory has seen to it that there is nothing to be found."""
        messages = self._ahead.messages() if self._ahead is not None else None
        if messages is None or self._question.read(messages):
            return False
        self._overlay.settle()
        return True

    def findings(self) -> list[Diagnostic]:
        """What mypy finds in a run of its own."""
        generated = self._generated
        findings = self._question.ask(generated.config.cache)
        self._overlay.settle()
        remap = Remap(
            generated.config.output,
            self._overlay,
            {file.path: file for file in generated.files},
            frozenset(generated.by_hand),
            Anchors(generated.config.root),
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
