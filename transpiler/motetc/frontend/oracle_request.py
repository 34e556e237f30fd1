"""What is asked: the files, where to search, and a key of everything the answer depends on."""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from motetc.frontend.oracle_paths import (
    find_config,
    interpreter,
    mypy_version,
    stub_modules,
    stub_paths,
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A module to check: its absolute path, its dotted name and its text, which need not be on disk.

    `compiles`: Python has been asked, and has nothing against the text. `asked`: somebody will ask for the types of its
    expressions, and not of its classes alone.
    """

    path: Path
    module: str
    text: str
    compiles: bool = False
    asked: bool = True

    def encoded(self) -> bytes:
        """As it would be on disk, in the encoding that its own cookie declares."""
        data = self.text.encode("utf-8", "surrogatepass")
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            return data if encoding.startswith("utf-8") else self.text.encode(encoding)
        except (SyntaxError, LookupError, UnicodeEncodeError):
            return data

    def digest(self) -> str:
        return _digest([self.text] if self.asked else [self.text, "classes"])


@dataclass(frozen=True, slots=True)
class Request:
    """One question. `project` names the cache file; `key` tells whether its content answers it."""

    files: tuple[SourceFile, ...]
    search: tuple[Path, ...]
    config: Path | None
    project: str
    key: str
    fast: frozenset[str] = frozenset()  # modules for mypy's fast parser


def make_request(
    files: Sequence[SourceFile], search: Sequence[Path], fast: Iterable[str] = ()
) -> Request:
    """Everything that decides the answer, but for the files that only mypy knows it will read."""
    where = tuple(dict.fromkeys([*search, *stub_paths()]))
    config = find_config(search or [file.path.parent for file in files])
    project = _digest(_environment(where, config))
    sources = sorted((file.module, str(file.path), file.digest()) for file in files)
    key = _digest([project, *(part for source in sources for part in source)])
    return Request(tuple(files), where, config, project, key, frozenset(fast))


def _environment(search: Iterable[Path], config: Path | None) -> list[str]:
    parts = [*_own_code(), mypy_version(), interpreter(), *map(str, search)]
    if config is not None:
        parts += [str(config), config.read_text("utf-8", "replace")]
    for module, path in stub_modules():
        parts += [module, str(path), path.read_text("utf-8", "replace")]
    return parts


@cache
def _own_code() -> tuple[str, ...]:
    """What is stored changes with the oracle itself, so its own text is part of every key."""
    return tuple(
        path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("oracle_*.py"))
    )


def _digest(parts: Iterable[str]) -> str:
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()
