"""Where things are: our own type stubs, the user's mypy configuration, the installed mypy.

Nothing here imports mypy: these questions are asked before we know whether mypy has to run.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Sequence
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


@cache
def stub_paths() -> tuple[Path, ...]:
    """The folders that mypy must search to know `motet`; none when it is installed as a package."""
    if _stubs_on_path():
        return ()
    checkout = _PACKAGE.parents[1]
    folders = [checkout / "typestubs", checkout / "runtime_stub"]
    found = tuple(folder for folder in folders if _has_motet(folder))
    return found or _importable_runtime()


def _has_motet(folder: Path) -> bool:
    return any((folder / "motet" / name).is_file() for name in ("__init__.pyi", "__init__.py"))


@cache
def stub_modules() -> tuple[tuple[str, Path], ...]:
    """The modules of a checkout's `motet-stubs`: mypy finds such a folder on Python's own path only."""
    if _stubs_on_path():
        return ()
    for parent in (_PACKAGE, _PACKAGE.parents[1]):
        folder = parent / "typestubs" / "motet-stubs"
        found = tuple((_stub_module(path, folder), path) for path in sorted(folder.rglob("*.pyi")))
        if found:
            return found
    return ()


@cache
def _stubs_on_path() -> bool:
    """Installed, also in editable form: then mypy finds the stubs, and reads only those that are asked for."""
    return any((Path(entry) / "motet-stubs").is_dir() for entry in sys.path if entry)


def _stub_module(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join(("motet", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def _importable_runtime() -> tuple[Path, ...]:
    """An editable install puts `motet` where mypy does not look; site-packages it finds itself."""
    spec = find_spec("motet")
    if spec is None or spec.origin is None:
        return ()
    parent = Path(spec.origin).resolve().parents[1]
    return () if parent.name in ("site-packages", "dist-packages") else (parent,)


def mypy_folder() -> Path | None:
    """The folder of the installed mypy package."""
    spec = find_spec("mypy")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def mypy_version() -> str:
    """As text, from the file that mypy itself reads; empty when there is no mypy."""
    folder = mypy_folder()
    if folder is None:
        return ""
    try:
        text = (folder / "version.py").read_text("utf-8")
    except OSError:
        return ""
    return next((line for line in text.splitlines() if line.startswith("__version__")), "")


def find_config(roots: Sequence[Path]) -> Path | None:
    """The nearest mypy configuration at or above the first root that has one."""
    for root in roots:
        for folder in (root, *root.parents):
            found = _config_in(folder)
            if found is not None:
                return found
            if (folder / "pyproject.toml").is_file() or (folder / ".git").exists():
                break
    return None


def _config_in(folder: Path) -> Path | None:
    for name in ("mypy.ini", ".mypy.ini"):
        if (folder / name).is_file():
            return folder / name
    pyproject = folder / "pyproject.toml"
    if pyproject.is_file() and _toml_configures_mypy(pyproject):
        return pyproject
    setup = folder / "setup.cfg"
    return setup if setup.is_file() and _ini_configures_mypy(setup) else None


def _toml_configures_mypy(path: Path) -> bool:
    try:
        tool = tomllib.loads(path.read_text("utf-8")).get("tool")
    except (OSError, ValueError):
        return False
    return isinstance(tool, dict) and "mypy" in tool


def _ini_configures_mypy(path: Path) -> bool:
    parser = ConfigParser()
    try:
        parser.read(path, "utf-8")
    except (OSError, ConfigParserError, UnicodeDecodeError):
        return False
    return parser.has_section("mypy")


def interpreter() -> str:
    """What of this Python decides mypy's answers."""
    return f"{sys.version_info[:3]} {sys.platform} {sys.prefix} {os.environ.get('MYPYPATH', '')}"
