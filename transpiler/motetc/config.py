"""`[tool.motet]` of a project's pyproject.toml: read, checked, and refused in one clear line when it is wrong."""

from __future__ import annotations

import hashlib
import keyword
import os
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

KEYS = ("sources", "output", "exclude")


class ConfigError(Exception):
    """Something about the project directory or its settings that the user has to mend; the text stands alone."""


@dataclass(frozen=True, slots=True)
class Config:
    """Where a project's sources are and where its generated modules go; paths are absolute."""

    root: Path
    sources: tuple[Path, ...]
    output: Path
    exclude: tuple[str, ...] = ()
    alone: str = (
        ""  # the one file that is the whole program, if it was named in place of the project
    )

    @property
    def cache(self) -> Path:
        """Where we keep what can be made again: in the project, or in the user's cache if it cannot be written."""
        own = self.root / ".motet_cache"
        name = hashlib.sha256(str(self.root).encode()).hexdigest()[:16]
        users = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "motet", name)
        return own if _is_writable(own) or not _is_writable(users) else users


def _is_writable(folder: Path) -> bool:
    """Whether it can be written to, or made."""
    there = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    return os.access(there, os.W_OK)


def load_config(target: Path) -> Config:
    """Settings of the project at `target`: a directory, with or without pyproject.toml, or one Python file."""
    _check_here()
    target = Path(target).resolve()
    check_utf8(target)
    if target.is_file():
        return _single_file(target)
    if not target.is_dir():
        raise ConfigError(f"{target}: no such file or directory")
    if is_generated(target):
        raise ConfigError(
            f"{target} is what `motet build` writes: name the project, {target.parent}"
        )
    return _from_table(target, _read_table(target / "pyproject.toml"))


def is_generated(folder: Path) -> bool:
    """Whether it is an output folder of some setting or time: it has our manifest."""
    try:
        manifest = (folder / "manifest.json").read_bytes()
    except OSError:
        return False
    return b'"fingerprint"' in manifest and (folder / "wire").is_dir()


def _check_here() -> None:
    """Findings are shown as seen from the working directory, and mypy asks for it, too."""
    try:
        os.getcwd()
    except OSError:
        raise ConfigError("the working directory is gone: change to another") from None


def closest(word: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """``; did you mean `x`?`` for the known word nearest to `word`, or nothing."""
    import difflib  # only for those who mistype

    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return f"; did you mean `{matches[0]}`?" if matches else ""


def _single_file(path: Path) -> Config:
    if path.suffix != ".py":
        raise ConfigError(f"{path}: not a directory and not a Python file")
    root = path.parent
    return Config(root, (root,), _output(root, {}), ("/*", f"!/{path.name}"), path.name)


def _read_table(path: Path) -> Mapping[str, object]:
    if not os.path.lexists(path):
        return {}
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    table = document
    for part, name in (("tool", "tool"), ("motet", "tool.motet")):
        inner = table.get(part, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"{path}: `{name}` must be a table")
        table = inner
    for key in table:
        if key not in KEYS:
            hint = closest(key, KEYS) or f" (there are {', '.join(KEYS)})"
            raise ConfigError(f"{path}: unknown key `{key}` in [tool.motet]{hint}")
    return table


def _from_table(root: Path, table: Mapping[str, object]) -> Config:
    default = ["src"] if (root / "src").is_dir() else ["."]
    sources = tuple(_resolved(root, name) for name in _strings(root, table, "sources", default))
    output = _output(root, table)
    for source in sources:
        if not source.is_dir():
            raise ConfigError(f"{root / 'pyproject.toml'}: source root {source} is not a directory")
        if not os.access(source, os.R_OK | os.X_OK):
            raise ConfigError(f"{source}: source root cannot be read: make it readable")
        if source.is_relative_to(output):
            raise ConfigError(
                f"{root / 'pyproject.toml'}: `output` {output} contains the source root {source}"
            )
    return Config(root, sources, output, tuple(_strings(root, table, "exclude", [])))


def _output(root: Path, table: Mapping[str, object]) -> Path:
    name = table.get("output", "generated")
    if not isinstance(name, str):
        raise _wrong_type(root, "output", "a string", name)
    output = _resolved(root, name)
    if output == root or not output.is_relative_to(root):
        linked = f", which links to {output}" if (root / name).is_symlink() else ""
        raise ConfigError(
            f"{root / 'pyproject.toml'}: `output` must be a folder inside the project, not {name!r}{linked}"
        )
    if not output.name.isidentifier() or keyword.iskeyword(output.name):
        raise ConfigError(
            f"{root / 'pyproject.toml'}: `output` is imported as a package; {output.name!r} cannot be"
        )
    return output


def _resolved(root: Path, name: str) -> Path:
    try:
        path = (root / name).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise ConfigError(f"{root / 'pyproject.toml'}: {name!r} is no path: {error}") from None
    check_utf8(path)
    return path


def check_utf8(path: Path) -> None:
    """Findings and the manifest name files, in UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise ConfigError(_not_utf8(path)) from None


def _not_utf8(path: Path) -> str:
    """Whether the name is at fault, or how this process reads names."""
    try:
        name = os.fsencode(path).decode()
    except UnicodeError:
        return f"{str(path)!r} is not UTF-8: rename that folder"
    encoding = sys.getfilesystemencoding()
    return f"{name}: names of files are read as {encoding} here; set PYTHONUTF8=1, or a locale with UTF-8"


def _strings(root: Path, table: Mapping[str, object], key: str, default: list[str]) -> list[str]:
    value = table.get(key, default)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong_type(root, key, "a list of strings", value)
    if key == "sources" and not value:
        raise ConfigError(f"{root / 'pyproject.toml'}: `sources` must name at least one folder")
    return value


def _wrong_type(root: Path, key: str, wanted: str, value: object) -> ConfigError:
    return ConfigError(
        f"{root / 'pyproject.toml'}: `{key}` in [tool.motet] must be {wanted}, not {value!r}"
    )
