"""The type oracle: what mypy knows of a program, asked once and kept.

mypy is the slow part of a build and its objects live only in its process, so one run answers every question that
can be asked, and the answers are stored as plain data. When nothing has changed mypy is not even imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from motetc.diagnostics.model import Diagnostic
from motetc.files import sha256
from motetc.forked import Forked
from motetc.frontend.oracle_errors import OracleError
from motetc.frontend.oracle_lock import locked
from motetc.frontend.oracle_packed import pack_finding, syntax_error, unpack_finding
from motetc.frontend.oracle_paths import stub_paths
from motetc.frontend.oracle_request import Request, SourceFile, make_request
from motetc.frontend.oracle_store import ModuleFacts, Stored, load, save
from motetc.ir.types import ClassDecl, Type

if TYPE_CHECKING:  # this is imported before LibCST is
    from libcst import CSTNode

    from motetc.frontend.oracle_run import Checked
    from motetc.frontend.source import SourceModule

__all__ = ["Ahead", "OracleError", "SourceFile", "TypeFacts", "answered", "ask", "stub_paths"]


class TypeFacts:
    """Answers about one state of the program. A module's tables are unpacked when first asked for."""

    def __init__(self, stored: Stored) -> None:
        self.findings: tuple[Diagnostic, ...] = tuple(map(unpack_finding, stored.findings))
        self.outside = stored.outside
        self._lines: Mapping[str, bytes] = stored.lines
        self._owners: Mapping[str, str] = stored.owners
        self._modules: dict[str, ModuleFacts] = {}

    def type_of(
        self, module: str, line: int, column: int, end_line: int, end_column: int
    ) -> Type | None:
        """The type of the expression or target with this span (1-based line, 0-based columns)."""
        facts = self._module(module)
        return facts.type_at((line, column, end_line, end_column)) if facts else None

    def at(self, module: SourceModule, node: CSTNode) -> Type | None:
        """The type of an expression or target of a module."""
        found = module.positions.get(node)
        if found is None:
            return None
        start, end = found.start, found.end
        return self.type_of(module.name, start.line, start.column, end.line, end.column)

    def param_type(self, module: str, function_qualname: str, param: str) -> Type | None:
        """What a parameter is declared as; qualified as Python does (`Seller.quote`)."""
        facts = self._module(module)
        return facts.param(function_qualname, param) if facts else None

    def return_type(self, module: str, function_qualname: str) -> Type | None:
        """What a function is declared to return; of an `async def`, what awaiting it gives."""
        facts = self._module(module)
        return facts.result(function_qualname) if facts else None

    def decl(self, fullname: str) -> ClassDecl | None:
        """The declaration of a class (or recursive alias) that some type of the program names."""
        owner = self._owners.get(fullname)
        facts = self._module(owner) if owner is not None else None
        return facts.decl(fullname) if facts else None

    def digests(self) -> dict[str, str]:
        """By module, a digest of all answers about it."""
        return {name: sha256(line) for name, line in self._lines.items()}

    def declared(self, name: str) -> str:
        """A digest of the classes of a module, wherever they are in it."""
        facts = self._module(name)
        decls = facts.decls() if facts is not None else []
        return sha256(repr([replace(decl, line=0) for decl in decls]).encode())

    def _module(self, name: str) -> ModuleFacts | None:
        found = self._modules.get(name)
        if found is None and name in self._lines:
            found = self._modules[name] = ModuleFacts(self._lines[name])
        return found


class Ahead:
    """Questions that another process puts to mypy already, while this one finds out whether they are the right ones."""

    def __init__(
        self, files: Sequence[SourceFile], *, cache_dir: Path, search: Sequence[Path]
    ) -> None:
        self._files = list(files)
        self._said: Stored | None = None
        runs: list[Checked] = []  # in the other process: what mypy has in memory

        def first() -> Stored:
            return answered(files, cache_dir, search, runs.append)

        def then(asked: tuple[Request, frozenset[str]]) -> list[str] | None:
            from motetc.frontend.oracle_more import check_more

            return check_more(runs[0], *asked) if runs else None

        self._forked = Forked(first if files else None, then)

    def is_under_way(self) -> bool:
        """Whether an answer would have to be waited for."""
        return self._forked.is_under_way()

    def answer(self, files: Sequence[SourceFile]) -> Stored | None:
        """What mypy says of these files; None if that was not asked, or there is no answer."""
        if list(files) == self._files:
            self._said = self._said or self._forked.result()
            return self._said
        self.stop()
        return None

    def is_there(self) -> bool:
        """Whether the process is there still, has given its answer, and may be told more."""
        return self._said is not None and self._forked.is_there()

    def tell(self, request: Request, fresh: frozenset[str]) -> None:
        """Have more modules checked by the mypy that is in memory; whoever asks holds the lock of the cache folder."""
        self._forked.tell((request, fresh))

    def messages(self) -> list[str] | None:
        """What mypy says of the modules that it was told of; None if it does not know, and has to be asked afresh."""
        found: list[str] | None = self._forked.answer()
        return found

    def stop(self) -> None:
        self._forked.stop()


def ask(
    files: Sequence[SourceFile],
    *,
    cache_dir: Path,
    search: Sequence[Path],
    ahead: Ahead | None = None,
) -> TypeFacts:
    """Check the files with mypy, or remember what it said. Raises OracleError if mypy breaks down."""
    stored = ahead.answer(files) if ahead is not None else None
    return TypeFacts(stored or answered(files, cache_dir, search))


def answered(
    files: Sequence[SourceFile],
    cache_dir: Path,
    search: Sequence[Path],
    ran: Callable[[Checked], None] = lambda _: None,
) -> Stored:
    """What mypy says of the files, or said; `ran` is called with what it has in memory, if it had to run."""
    request = make_request(files, search)
    path = cache_dir / f"{request.project}.types"
    stored = load(path)
    if not _answers(stored, request):
        broken = _syntax_errors(request, stored)
        stored = broken or _check(request, cache_dir, path, ran)
    return stored


def _syntax_errors(request: Request, stored: Stored) -> Stored | None:
    """Python's own word on the files that have changed: mypy would stop at the first."""
    unknown = (f for f in request.files if not f.compiles)
    changed = (f for f in unknown if stored.texts.get(f.module) != f.digest())
    found = [syntax_error(str(file.path), file.text) for file in changed]
    broken = tuple(pack_finding(finding) for finding in found if finding is not None)
    return Stored(findings=broken) if broken else None


def _answers(stored: Stored, request: Request) -> bool:
    return stored.key == request.key and stored.is_current()


def _check(request: Request, cache_dir: Path, path: Path, ran: Callable[[Checked], None]) -> Stored:
    from motetc.frontend.oracle_collect import collect  # mypy takes a tenth of a second to import

    with locked(cache_dir):
        before = load(path)
        if _answers(before, request):  # another process was faster
            return before
        found, checked = collect(request, cache_dir / "mypy", before)
        ran(checked)
        if found.lines or not request.files:
            save(path, found)
        return found
