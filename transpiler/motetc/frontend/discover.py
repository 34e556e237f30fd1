"""Which files of a project are its sources, and what their modules are called."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pathspec

from motetc.config import Config, ConfigError, check_utf8, is_generated
from motetc.folders import files_below, is_environment

_SKIPPED = frozenset({"__pycache__", "node_modules", "venv", "site-packages", "build", "dist"})


@dataclass(frozen=True, slots=True)
class Found:
    """A source file, its path from the project root, and its module name."""

    path: Path
    relative: str
    module: str


def discover(config: Config) -> list[Found]:
    """Every Python file below the source roots, but for the output folder, hidden folders and what is excluded; and
    folders that cannot be listed, in which there might be some."""
    exclude = _excluded(config)
    found: dict[Path, Found] = {}
    for root in config.sources:
        for path in _walk(root, config.output):
            relative = _relative(path, config.root)
            below = "/" if path.is_dir() else ""
            if path not in found and not exclude.match_file(relative + below):
                module = _module_name(path, root)
                if module:
                    found[path] = Found(path, relative, module)
                elif (
                    sys.getfilesystemencoding() != "utf-8"
                ):  # else it is a name that Python has not
                    check_utf8(path)
    return sorted(found.values(), key=lambda f: f.relative)


def left_out(config: Config) -> str:
    """Why a file below the source roots is none of the sources: the first one; "" if there is none."""
    exclude = _excluded(config)
    for root in config.sources:
        for path in _walk(root, config.output):
            relative = _relative(path, config.root)
            if path.is_dir():
                continue
            if exclude.match_file(relative):
                return f"`{relative}` is excluded"
            if not _module_name(path, root):
                return f"`{relative}` cannot be imported, since its name is no identifier"
    return ""


def _excluded(config: Config) -> pathspec.GitIgnoreSpec:
    for pattern in config.exclude:
        if not _is_pattern(pattern):
            said = f"{config.root / 'pyproject.toml'}: `exclude` has {pattern!r}, which is no pattern of .gitignore"
            raise ConfigError(said)
    return pathspec.GitIgnoreSpec.from_lines(config.exclude)


def _is_pattern(text: str) -> bool:
    """Whether something can match it; a comment and a blank line are none, but may stand in a .gitignore."""
    try:
        (made,) = pathspec.GitIgnoreSpec.from_lines([text]).patterns
    except (ValueError, re.error):
        return False
    return made.include is not None or not text.strip() or text.startswith("#")


def _walk(folder: Path, output: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
        return

    def is_entered(entry: Path) -> bool:
        hidden = entry.name.startswith(".") or entry.name in _SKIPPED or is_environment(entry)
        return not hidden and entry.resolve() != output.resolve() and not is_generated(entry)

    yield from (p for p in files_below(folder, is_entered) if p.suffix == ".py" or p.is_dir())


def _relative(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def _module_name(path: Path, root: Path) -> str:
    parts = list(
        (path.relative_to(root) if root.is_dir() else Path(path.name)).with_suffix("").parts
    )
    if parts and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) if all(map(_is_name, parts)) else ""


def _is_name(part: str) -> bool:
    """Whether a module or package of this name can be imported."""
    return part.isidentifier() and not keyword.iskeyword(part)
