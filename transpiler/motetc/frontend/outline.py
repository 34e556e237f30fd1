"""What is known of a module without its syntax: its text, what it imports, and so which modules have to do with us.

Nothing dear to import is imported here: this runs before anything else of a build.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

from motetc.diagnostics.model import Diagnostic, Span
from motetc.frontend.imports import Import, Star, bound_again, imports_of, inner_imports
from motetc.frontend.symbols import table_of
from motetc.frontend.unimported import find_unimported

API: Final = "motet"
PIPELINE: Final = f"{API}.pipeline"
_DOT: Final = re.compile(r"\.")


@dataclass(slots=True, eq=False)
class Outline:
    """A module. `relative` is the path that messages and provenance show. `empty`: it has no statement.

    `inner`: what is imported inside functions and classes, which binds nothing here. `unimported`: that it uses names
    of ours which it does not import.
    """

    path: Path
    relative: str
    name: str
    text: str
    is_package: bool = False
    empty: bool = False
    imports: dict[str, Import] = field(default_factory=dict)
    stars: list[Star] = field(default_factory=list)
    inner: tuple[Import, ...] = ()
    unimported: Diagnostic | None = None

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def names(self) -> frozenset[str]:
        """What the module binds at its top level, whether its syntax has been read or not."""
        return _bound_names(self.text)


Module = TypeVar("Module", bound=Outline)


@lru_cache(maxsize=1024)
def _bound_names(text: str) -> frozenset[str]:
    symbols = table_of(text).get_symbols()
    return frozenset(s.get_name() for s in symbols if s.is_assigned() or s.is_imported())


def outline(path: Path, relative: str, name: str, text: str) -> Outline | Diagnostic:
    """A module's outline, or its syntax error at CPython's own position."""
    try:
        compile(text, relative, "exec", dont_inherit=True)
        tree = ast.parse(text, relative)
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        end = Span(
            relative,
            line,
            column,
            error.end_lineno or line,
            max(error.end_offset or column + 1, column + 1),
        )
        from motetc.frontend.syntax_help import syntax_help  # seldom

        help, related = syntax_help(error.msg, text, line, relative)
        return Diagnostic("syntax-error", error.msg, end, related, help)
    except (ValueError, RecursionError) as error:
        return unreadable(relative, error)
    is_package = path.name == "__init__.py"
    module = Outline(path, relative, name, text, is_package, empty=not tree.body)
    _note_imports(module, tree)
    module.inner += tuple(inner_imports(tree, text, module.package))
    if not module.stars:
        every = (*module.imports.values(), *module.inner)
        module.unimported = find_unimported(tree, text, relative, every)
    return module


def _note_imports(module: Outline, tree: ast.Module) -> None:
    """What is bound again is no import: the module defines it, by that import among others."""
    every = [[*imports_of([node], module.package, module.relative)] for node in tree.body]
    module.stars += [found for bound in every for found in bound if isinstance(found, Star)]
    named = [[found for found in bound if not isinstance(found, Star)] for bound in every]
    again = bound_again(tree.body, named)
    for local, imported in (found for bound in named for found in bound):
        if local in again:
            module.inner += (imported,)
        else:
            module.imports[local] = imported


def unreadable(relative: str, error: Exception) -> Diagnostic:
    """The finding for a file that no parser gets through."""
    deep = isinstance(error, RecursionError)
    problem = "the file nests too deeply" if deep else str(error).splitlines()[0]
    help = "simplify or split the expression"
    return Diagnostic("syntax-error", problem, Span(relative, 1, 1, 1, 2), help=help)


# Modules that import each other


def split(modules: Mapping[str, Module], full: str) -> tuple[Module | None, str]:
    """The project module that a full name lies in, and what remains of the name."""
    prefix = full
    while prefix:
        if prefix in modules:
            return modules[prefix], full[len(prefix) + 1 :]
        prefix = prefix.rpartition(".")[0]
    return None, full


def project_module(modules: Mapping[str, Outline], imported: Import) -> str | None:
    """The project module that an import names, if it names one."""
    if imported.full_name in modules:
        return imported.full_name
    if imported.module in modules:
        return imported.module
    owner, _ = split(modules, imported.full_name)
    return owner.name if owner else None


def shadowed(modules: Mapping[str, Outline], full: str) -> Import | None:
    """What a package imports under the name of a module in it: `pkg.f` after `from .f import f` is the function."""
    package, _, name = full.rpartition(".")
    if full not in modules or package not in modules:
        return None
    found = modules[package].imports.get(name)
    return found if found is not None and found.full_name != full else None


def see_through_packages(modules: Mapping[str, Outline]) -> None:
    """Let what is imported from a package be what it has under that name, not the module in it that is called so."""
    for module in modules.values():
        for local, imported in module.imports.items():
            meant = shadowed(modules, imported.full_name) if imported.member else None
            if meant is not None:
                module.imports[local] = meant
                module.inner += (imported,)


def imported_modules(modules: Mapping[str, Outline], module: Outline) -> Iterator[str]:
    """The project's own modules that `module` imports."""
    for imported in (*module.imports.values(), *module.inner):
        owner = project_module(modules, imported)
        if owner:
            yield owner


def starred_modules(modules: Mapping[str, Outline], module: Outline) -> Iterator[str]:
    """The project's own modules of which `module` imports everything."""
    for star in module.stars:
        owner, _ = split(modules, star.module)
        if owner:
            yield owner.name


def dependencies(modules: Mapping[str, Outline], module: Outline) -> set[str]:
    """The project's own modules that are loaded for `module`: what it imports, and the packages around."""
    found = {*imported_modules(modules, module), *starred_modules(modules, module)}
    around = {package for name in (*found, module.name) for package in packages(name)}
    return (found | (around & modules.keys())) - {module.name}


def packages(name: str) -> Iterator[str]:
    """What Python loads before a module: `a` and `a.b` for `a.b.c`."""
    return (name[: dot.start()] for dot in _DOT.finditer(name))


def concerned(modules: Mapping[str, Outline]) -> set[str]:
    """The modules that may hold something of ours: those that import `motet` or a module that does, or are in one."""
    found = {m.name for m in modules.values() if _names_us(m)}
    importers: dict[str, set[str]] = {}
    for module in modules.values():
        imported = (*imported_modules(modules, module), *starred_modules(modules, module))
        for name in (*imported, *packages(module.name)):
            importers.setdefault(name, set()).add(module.name)
    pending = list(found)
    while pending:
        new = importers.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def may_define_pipelines(module: Outline) -> bool:
    """Whether a module imports what it takes to mark a function as a pipeline, from us directly."""
    names = {i.full_name for i in module.imports.values()}
    return PIPELINE in names or (API in names and "pipeline" in module.text)


def with_imported(modules: Mapping[str, Outline], names: set[str]) -> set[str]:
    """Modules, and the project's own modules that they import."""
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += imported_modules(modules, modules[name])
            pending += starred_modules(modules, modules[name])
    return found


def _names_us(module: Outline) -> bool:
    """By an import, or by the methods of a codec."""
    bases = [*(i.module for i in module.imports.values()), *(s.module for s in module.stars)]
    return any(base.partition(".")[0] == API for base in bases) or "__motet_" in module.text
