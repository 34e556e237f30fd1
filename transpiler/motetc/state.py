"""Is there anything to do? One digest over all that a build reads, and one per file that it wrote.

Everything here must stay cheap to import: a build with nothing to do pays for this module, and for neither mypy, black
nor LibCST. Contents are hashed, not timestamps, so a checkout or a copy of a project is recognised too.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from motetc.backend.recorded import NAME
from motetc.config import Config
from motetc.files import digest_of, read_object, sha256, write_atomically
from motetc.folders import files_below, is_environment
from motetc.frontend.oracle_paths import find_config, interpreter, mypy_version
from motetc.outside import Outside, is_outside_kept

_SKIPPED = {"__pycache__", "node_modules"}


@dataclass(frozen=True)
class State:
    """What the last build of a project left behind, against what is there now."""

    config: Config

    @property
    def file(self) -> Path:
        """Where the state is kept."""
        return self.config.cache / "build.json"

    @cached_property
    def inputs(self) -> str:
        """A digest of every source, the settings, the compiler and what is installed; taken before compiling."""
        return _digest([*self._around, *map(" ".join, self._read.items())])

    def around(self, modules: Container[str]) -> str:
        """As `inputs`, without the texts of some modules, given by their paths from the root."""
        rest = [f"{path} {digest}" for path, digest in self._read.items() if path not in modules]
        return _digest([*self._around, *rest])

    @cached_property
    def _around(self) -> list[str]:
        return [*_tool_rows(), *_config_rows(self.config)]

    @cached_property
    def _read(self) -> dict[str, str]:
        """By path from the root."""
        root = self.config.root
        return {os.path.relpath(p, root): str(digest_of(p)) for p in _sources(self.config)}

    def is_current(self) -> bool:
        """True when a build would read what the last one read, and its output is still as it left it."""
        return (
            self.load().get("inputs") == self.inputs
            and is_outside_kept(self.load())
            and self.is_output_kept()
        )

    def is_output_kept(self) -> bool:
        """True when the output is as the last build left it."""
        outputs = self.load().get("outputs")
        return (
            isinstance(outputs, dict)
            and all(
                digest_of(self.config.output / path) == digest for path, digest in outputs.items()
            )
            and bool(outputs)
        )

    def load(self) -> Mapping[str, object]:
        """The saved state; empty when there is none."""
        return read_object(self.file)

    @property
    def links(self) -> Path:
        """Where a build keeps what it takes to compile a part of the program."""
        return self.config.cache / "links.json"

    def save(self, output: Path, files: Mapping[str, str], outside: Outside) -> None:
        """Remember a build that ended without findings, read what is `outside` and left these files in `output`.

        There they may have other line ends, if a checkout has made some.
        """
        prepare_cache(self.config)
        outputs = {path: digest_of(output / path) for path in (*files, NAME)}
        made = {path: sha256(text.encode()) for path, text in files.items()}
        document = {"inputs": self.inputs, "outside": outside, "outputs": outputs, "made": made}
        write_atomically(self.file, json.dumps(document, indent=1))

    @property
    def claims(self) -> dict[str, list[str]]:
        """Path -> digests of what builds that never came to their end were about to write; it is ours as well."""
        found = read_object(self._claims_file)
        return {path: digests for path, digests in found.items() if isinstance(digests, list)}

    def claim(self, digests: Mapping[str, str]) -> None:
        """Remember what is about to be written, until `settle`."""
        prepare_cache(self.config)
        claims = self.claims
        for path, digest in digests.items():
            claims[path] = [*claims.get(path, ()), digest]
        write_atomically(self._claims_file, json.dumps(claims))

    def settle(self) -> None:
        """All is written, and the manifest says so."""
        self._claims_file.unlink(missing_ok=True)

    @property
    def _claims_file(self) -> Path:
        return self.config.cache / "writing.json"

    def forget(self) -> None:
        """The next build starts from the sources."""
        self.file.unlink(missing_ok=True)


def _digest(rows: Iterable[str]) -> str:
    return sha256("\n".join(rows).encode(errors="surrogateescape"))


def prepare_cache(config: Config) -> Path:
    """The project's cache folder, which keeps itself out of version control."""
    folder = config.cache
    if not (folder / ".gitignore").is_file():
        write_atomically(folder / ".gitignore", "*\n")
    return folder


def _tool_rows() -> Iterator[str]:
    """The compiler as it is on disk, and what is installed beside it: upgrading a library touches its folder."""
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        stamp = path.stat()
        yield f"{path.relative_to(package)} {stamp.st_size} {stamp.st_mtime_ns}"
    yield sys.version
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        if os.path.isdir(folder):
            yield f"{folder} {os.stat(folder).st_mtime_ns}"


def _config_rows(config: Config) -> Iterator[str]:
    yield f"output {config.output.relative_to(config.root)}"
    yield from (f"exclude {pattern}" for pattern in config.exclude)
    yield from (f"source {os.path.relpath(path, config.root)}" for path in config.sources)
    yield f"mypy {mypy_version()} {interpreter()}"
    if (settings := find_config(config.sources)) is not None:
        yield f"mypy {os.path.relpath(settings, config.root)} {digest_of(settings)}"


def _sources(config: Config) -> list[Path]:
    """Every Python file below the source roots, hidden folders, environments and the output apart."""

    def is_entered(folder: Path) -> bool:
        hidden = folder.name.startswith(".") or folder.name in _SKIPPED
        return not hidden and folder != config.output and not is_environment(folder)

    found = {path for source in config.sources for path in files_below(source, is_entered)}
    return sorted(path for path in found if path.suffix in (".py", ".pyi"))
