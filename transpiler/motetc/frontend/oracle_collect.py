"""From a run of mypy to stored facts, module by module. Only imported when mypy runs."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from mypy.build import BuildResult, State
from mypy.nodes import MypyFile

from motetc.frontend.oracle_columns import Columns
from motetc.frontend.oracle_convert import Converter
from motetc.frontend.oracle_decls import declare, declare_alias
from motetc.frontend.oracle_errors import OracleError, stopped, unwritable
from motetc.frontend.oracle_findings import read_findings
from motetc.frontend.oracle_packed import pack_finding
from motetc.frontend.oracle_paths import mypy_folder
from motetc.frontend.oracle_request import Request, SourceFile
from motetc.frontend.oracle_run import Checked, depends_on, run_mypy
from motetc.frontend.oracle_store import Stored, pack_module
from motetc.frontend.oracle_unions import literals_in, widen
from motetc.frontend.oracle_walk import Walker, classes_of, recursive_aliases_of
from motetc.ir.types import ClassDecl

_INHERITING = ("location", "dataclass")  # what their bases are matters


def collect(request: Request, cache: Path, before: Stored) -> tuple[Stored, Checked]:
    """Run mypy, read what it checked again, and keep the stored lines of the rest.

    What is to be stored has no lines when an error kept mypy from checking anything.
    """
    texts = {file.module: file.digest() for file in request.files}
    fresh = frozenset(m for m, text in texts.items() if before.texts.get(m) != text)
    fresh |= _seeing(texts.keys() ^ before.texts.keys(), request)
    checked = _run(request, cache, fresh)
    if checked.result is not None:
        lost = _lost(checked.result, texts, before)
        if lost:
            checked = _run(request, cache, fresh | lost)
    columns = {str(file.path): Columns(file.text) for file in request.files}
    found = tuple(pack_finding(finding) for finding in read_findings(checked.messages, columns))
    if checked.result is None:
        if not found:
            raise stopped(checked.messages, request.config)
        return Stored(findings=found), checked
    return _store(request, checked, before, columns, found), checked


def _seeing(moved: Collection[str], request: Request) -> frozenset[str]:
    """Modules that may import one that has come or gone: mypy does not look again at `from package import name`."""
    names = "|".join(sorted(re.escape(module.rpartition(".")[2]) for module in moved))
    mention = re.compile(rf"\b(?:{names})\b|\bimport\s*\*")
    return frozenset(f.module for f in request.files if moved and mention.search(f.text))


def _run(request: Request, cache: Path, fresh: frozenset[str]) -> Checked:
    """A breakdown may come from what mypy keeps: try again without it, once."""
    try:
        return run_mypy(request, cache, fresh)
    except OracleError:
        empty = cache.with_name("again")
        shutil.rmtree(empty, ignore_errors=True)
        try:
            checked = run_mypy(request, empty, fresh)
        except OracleError as error:
            if isinstance(error.__cause__, OSError | sqlite3.Error):
                raise unwritable(empty, error.__cause__) from error
            raise
        shutil.rmtree(cache, ignore_errors=True)
        empty.rename(cache)
        return checked


def _lost(result: BuildResult, texts: Mapping[str, str], before: Stored) -> frozenset[str]:
    """Modules that mypy did not check again but of which we have no line, or one of another state."""
    return frozenset(
        module
        for module in texts
        if module not in result.manager.rechecked_modules
        and before.keys.get(module) != depends_on(result, module)
    )


def _store(
    request: Request,
    checked: Checked,
    before: Stored,
    columns: Mapping[str, Columns],
    findings: tuple[dict[str, object], ...],
) -> Stored:
    result = checked.result
    assert result is not None
    texts = {file.module: file.digest() for file in request.files}
    lines: dict[str, bytes] = {}
    owners: dict[str, str] = {}
    for file in request.files:
        module = file.module
        if module in result.manager.rechecked_modules:
            line, classes = _read_module(result, file, columns[str(file.path)], texts)
            lines[module] = line.encode()
        else:
            lines[module] = before.lines[module]
            classes = [name for name, owner in before.owners.items() if owner == module]
        for name in classes:
            owners.setdefault(name, module)
    watched = tuple(_watched(result, frozenset(lines)))
    return Stored(
        key=request.key,
        keys={module: depends_on(result, module) for module in lines},
        texts=texts,
        owners=owners,
        watched=watched,
        absent=(*_absent(result, frozenset(lines)), *_stubs_of(path for path, *_ in watched)),
        findings=findings,
        lines=lines,
    )


def _read_module(
    result: BuildResult, file: SourceFile, columns: Columns, ours: Container[str]
) -> tuple[str, list[str]]:
    tree = result.graph[file.module].tree
    assert tree is not None
    to = Converter(result.files)
    walker = Walker(result.types, columns, to)
    if file.asked:
        walker.read(tree)
    else:
        walker.read_classes(tree)
    decls = _declare_all(tree, walker, to, ours)
    for decl in decls.values():
        for field in decl.fields:
            walker.declared.update(literals_in(field.type))
    declared = frozenset(walker.declared)
    places = {place: widen(found, declared) for place, found in walker.places.items()}
    return pack_module(places, walker.signatures, decls.values()), list(decls)


def _declare_all(
    tree: MypyFile, walker: Walker, to: Converter, ours: Container[str]
) -> dict[str, ClassDecl]:
    """This module's classes, and those of libraries that its types name.

    Other modules of the program declare theirs: lines here would go stale when only theirs move.
    """
    for own in classes_of(tree, walker):
        to.classes.setdefault(to.name(own), own)
    to.aliases.update(recursive_aliases_of(tree))
    decls: dict[str, ClassDecl] = {}
    while new := [name for name in (*to.classes, *to.aliases) if name not in decls]:
        for name in new:
            info = to.classes.get(name)
            decls[name] = declare(info, to) if info else declare_alias(to.aliases[name], to)
            for base in info.mro[1:-1] if info and decls[name].kind in _INHERITING else ():
                to.classes.setdefault(to.name(base), base)
    return {name: found for name, decl in decls.items() if (found := _seen_from(tree, decl, ours))}


def _seen_from(tree: MypyFile, decl: ClassDecl, ours: Container[str]) -> ClassDecl | None:
    if decl.module == tree.fullname:
        return decl
    return None if decl.module in ours else replace(decl, line=0, bare=False, by_identity=False)


def _watched(result: BuildResult, ours: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Files besides ours that mypy read; the standard library's stubs go with mypy's version."""
    folder = f"{mypy_folder()}{os.sep}"
    for module, state in sorted(result.graph.items()):
        path = state.path
        foreign = module not in ours and path is not None and not path.startswith(folder)
        if foreign and path is not None and os.path.isfile(path):
            stat = os.stat(path)
            yield os.path.abspath(path), stat.st_mtime_ns, stat.st_size


def _absent(result: BuildResult, ours: frozenset[str]) -> Iterator[str]:
    """Where a module that was not found could appear."""
    states: list[State] = [result.graph[module] for module in sorted(ours)]
    missing = {name for state in states for name in state.suppressed}
    paths = result.manager.search_paths
    folders = dict.fromkeys((*paths.python_path, *paths.mypy_path, *paths.package_path))
    candidates = (c for name in sorted(missing) for f in folders for c in _candidates(f, name))
    return (path for path in dict.fromkeys(candidates) if not os.path.exists(path))


def _stubs_of(paths: Iterable[str]) -> Iterator[str]:
    """Where a stub could appear that comes before a library's own module."""
    return (f"{path}i" for path in paths if path.endswith(".py") and not os.path.exists(f"{path}i"))


def _candidates(folder: str, name: str) -> Iterator[str]:
    stem = os.path.abspath(folder)
    for part in name.split("."):
        stem = os.path.join(stem, part)
        yield from (
            stem,
            f"{stem}.py",
            f"{stem}.pyi",
            f"{stem}-stubs",
            os.path.join(stem, "py.typed"),
        )
