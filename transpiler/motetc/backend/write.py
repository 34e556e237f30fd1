"""Bring the output folder to what a build says, touching nothing that need not be touched.

Unchanged files keep their mtime. A file is overwritten or removed only if a build left it with the content it has:
anything else was written by a person, and is theirs until they say `--force`.
"""

from __future__ import annotations

import difflib
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from motetc.files import read_text, sha256, write_atomically


@dataclass(frozen=True, slots=True)
class Changes:
    """What separates the output folder from a build's files; paths are relative to the folder, sorted."""

    output: Path
    files: Mapping[str, str]
    write: tuple[str, ...]
    remove: tuple[str, ...]
    by_hand: tuple[str, ...]  # of those to write or remove: not as the last build left them

    @property
    def touched(self) -> tuple[str, ...]:
        """Every path that a build would write or remove."""
        return tuple(sorted({*self.write, *self.remove}))


def compare(output: Path, files: Mapping[str, str], ours: Mapping[str, Collection[str]]) -> Changes:
    """`files` is path -> text as it should be, `ours` path -> digests of what builds have left there."""
    write = [path for path, text in files.items() if _bytes(output / path) != text.encode()]
    remove = [
        path for path in ours if path not in files and _inside(path) and (output / path).is_file()
    ]
    by_hand = [
        path for path in {*write, *remove} if _by_hand(_bytes(output / path), ours.get(path, ()))
    ]
    return Changes(
        output, files, tuple(sorted(write)), tuple(sorted(remove)), tuple(sorted(by_hand))
    )


def apply(changes: Changes) -> None:
    """Write and remove, then remove folders left empty."""
    for path in changes.write:
        write_atomically(changes.output / path, changes.files[path])
    for path in changes.remove:
        (changes.output / path).unlink(missing_ok=True)
        _remove_empty((changes.output / path).parent, changes.output)


def diff(changes: Changes, prefix: str) -> Iterator[str]:
    """A unified diff from what is on disk to what a build would leave."""
    for path in changes.touched:
        before = _lines(read_text(changes.output / path) or "")
        after = _lines(changes.files.get(path, ""))
        old = f"a/{prefix}{path}" if (changes.output / path).is_file() else "/dev/null"
        new = f"b/{prefix}{path}" if path in changes.files else "/dev/null"
        for line in difflib.unified_diff(before, after, old, new):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """With their ends; form feeds and the like do not end any."""
    return list(io.StringIO(text, newline="\n"))


def _by_hand(content: bytes | None, ours: Collection[str]) -> bool:
    return content is not None and sha256(content) not in ours


def _bytes(path: Path) -> bytes | None:
    """What a file holds, with the line ends that we write: a checkout of git may have others."""
    try:
        return path.read_bytes().replace(b"\r\n", b"\n")
    except PermissionError:  # whose it is cannot be told
        raise
    except OSError:
        return None


def _inside(path: str) -> bool:
    """A manifest is a file that anyone may have edited: never follow it out of the output folder."""
    return not Path(path).is_absolute() and ".." not in Path(path).parts


def _remove_empty(folder: Path, stop: Path) -> None:
    while folder != stop and folder.is_relative_to(stop):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
