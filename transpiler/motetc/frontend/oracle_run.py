"""Runs mypy in this process, once, and turns its graph into stored facts.

mypy keeps its own incremental cache below ours, for the user's files too: it says which of them it had to check
again, and only those are read off its trees. A module's stored line is good as long as its source and the
interfaces of all that it depends on are the same, which is mypy's own criterion for not checking it again.
"""

from __future__ import annotations

import gc
import hashlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_IFREG
from typing import Final

from mypy import build
from mypy.errors import CompileError
from mypy.fscache import FileSystemCache
from mypy.modulefinder import BuildSource
from mypy.options import Options
from mypy.util import hash_digest

from motetc.config import ConfigError
from motetc.frontend.oracle_errors import OracleError, internal_error
from motetc.frontend.oracle_paths import stub_modules
from motetc.frontend.oracle_plugin import MotetPlugin
from motetc.frontend.oracle_request import Request, SourceFile
from motetc.frontend.oracle_settings import read_settings

# Whose columns nobody asks for, beside the standard library.
_NOT_ASKED: Final = ("_typeshed", "motet", "mypy_extensions", "typing_extensions")


@dataclass(slots=True)
class Checked:
    """What one run gave: mypy's result (None when an error stopped it) and its messages."""

    result: build.BuildResult | None
    messages: list[str] = field(default_factory=list)


def run_mypy(request: Request, cache: Path, fresh: frozenset[str]) -> Checked:
    """Check the files; those of the modules in `fresh` are checked whatever mypy's cache says."""
    output = io.StringIO()
    messages: list[str] = []
    with quiet(output), room():
        try:
            options = _options(request, cache)
            sources = [source_of(file, file.module in fresh) for file in request.files]
            sources += [BuildSource(str(path), module) for module, path in stub_modules()]
            result = build.build(
                sources,
                options,
                _first_root(request),
                fscache=primed(request.files),
                flush_errors=lambda _path, found, _serious: messages.extend(found),
                stdout=output,
                stderr=output,
                extra_plugins=[MotetPlugin(options)],
            )
        except ConfigError:
            raise
        except CompileError as error:
            return Checked(None, messages or error.messages)
        except SystemExit as error:
            raise internal_error(output.getvalue()) from error
        except Exception as error:
            raise internal_error(f"{output.getvalue()}\n{type(error).__name__}: {error}") from error
    return Checked(result, messages)


def source_of(file: SourceFile, fresh: bool) -> BuildSource:
    """A file for mypy, which takes it from its cache only if it is not `fresh`."""
    return BuildSource(str(file.path), file.module, file.text if fresh else None)


def _first_root(request: Request) -> str | None:
    """With a library path of its own, mypy leaves out the current folder, which is not ours to ask."""
    roots = [*request.search, *(file.path.parent for file in request.files)]
    return str(roots[0]) if roots else None


def _options(request: Request, cache: Path) -> Options:
    options = read_settings(request.config)
    if request.config is None:
        options.check_untyped_defs = True
    base = request.config.parent if request.config else Path.cwd()
    configured = [str(base / entry) for entry in options.mypy_path]
    options.mypy_path = list(dict.fromkeys([*configured, *map(str, request.search)]))
    _keep_everything(options)
    _report_exactly(options)
    _parse_fast(options, request)
    _look_into(options, {file.module for file in request.files})
    options.incremental = True
    options.cache_dir = str(cache)
    options.num_workers = 0
    return options


def _keep_everything(options: Options) -> None:
    options.export_types = True
    options.preserve_asts = True
    options.semantic_analysis_only = False
    options.fine_grained_incremental = False


def _parse_fast(options: Options, request: Request) -> None:
    """mypy's fast parser counts wrong after what is not ascii, so it reads what nobody asks for places in.

    Which one reads a module is a part of what mypy's cache depends on: it must not change from run to run.
    """
    options.native_parser = False
    asked = {file.module.partition(".")[0] for file in request.files}
    libraries = {*sys.stdlib_module_names, *_NOT_ASKED} - asked
    for key in (*(f"{name}.*" for name in sorted(libraries)), *sorted(request.fast)):
        _also(options, key, "native_parser", True)


def _look_into(options: Options, modules: set[str]) -> None:
    """In libraries, where mypy reports nothing, it looks into functions only if their trees are to be kept.

    Whether they are is said for the run as a whole: here, that nobody asks about what is not in `modules`.
    """
    _also(options, "*.*", "preserve_asts", False)  # mypy's pattern for all modules
    for module in sorted(modules):
        _also(options, module, "preserve_asts", True)


def _also(options: Options, key: str, name: str, value: object) -> None:
    """One more option for a module or a pattern."""
    known = options.per_module_options.get(key, {})
    options.per_module_options[key] = {**known, name: value}


def _report_exactly(options: Options) -> None:
    options.output = "json"
    options.show_column_numbers = True
    options.show_error_end = True
    options.show_absolute_path = True
    options.pretty = False
    options.verbosity = 0
    options.report_dirs = {}
    options.warn_unused_configs = False
    options.show_traceback = True
    options.raise_exceptions = False
    options.pdb = False


def primed(files: Sequence[SourceFile]) -> FileSystemCache:
    """mypy reads the texts that we were given, whatever the disk says, and dates them by content."""
    cache = FileSystemCache()
    for file in files:
        path, data = str(file.path), file.encoded()
        digest = hash_digest(data)
        cache.read_cache[path] = data
        cache.hash_cache[path] = digest
        changed = int(digest[:7], 16)
        cache.stat_or_none_cache[path] = os.stat_result(
            (S_IFREG | 0o644, 0, 0, 1, 0, 0, len(data), changed, changed, changed)
        )
    return cache


@contextmanager
def quiet(output: io.StringIO) -> Iterator[None]:
    """What mypy prints goes to `output`."""
    with redirect_stdout(output), redirect_stderr(output):
        yield


@contextmanager
def room() -> Iterator[None]:
    """mypy recurses deeply, and tunes the collector and turns it on; put back all of that."""
    limit, thresholds, is_on = sys.getrecursionlimit(), gc.get_threshold(), gc.isenabled()
    sys.setrecursionlimit(max(limit, 2**14))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        gc.set_threshold(*thresholds)
        if not is_on:
            gc.disable()


def depends_on(result: build.BuildResult, module: str) -> str:
    """A digest of a module's source and of the interfaces of all that it depends on."""
    graph = result.graph
    state = graph[module]
    parts = [str(state.source_hash or state.meta_source_hash)]
    for name in sorted(state.dependencies):
        if name in graph:
            parts.append(f"{name} {graph[name].interface_hash.hex()}")
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


__all__ = [
    "Checked",
    "OracleError",
    "depends_on",
    "primed",
    "quiet",
    "room",
    "run_mypy",
    "source_of",
]
