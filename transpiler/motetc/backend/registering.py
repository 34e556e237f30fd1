"""Definitions that nobody mentions, and that are missed nevertheless: being made, they change what the module keeps.

`@show.register`, `@handler("dec")` where `handler` writes to `TABLE`, `class Plugin(Base)` where `Base` has an
`__init_subclass__`. Whoever has `show`, `TABLE` or `Base` needs them as well.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

import libcst as cst

from motetc.frontend.code_names import names_of_code
from motetc.frontend.mutation import MUTATORS, mutated_roots
from motetc.frontend.program import Program
from motetc.frontend.source import Definition, SourceModule

Seen = frozenset[tuple[str, str]]  # modules, and what is defined there
_DOTTED = re.compile(r"\w+(\.\w+)*")


def registered_in(program: Program, module: SourceModule, statement: Definition) -> frozenset[str]:
    """The names of the module whose value changes when a top-level statement that binds names is executed."""
    if not _does_something(module, statement.node):
        return frozenset()
    found, names = _Registering(program, module), set[str]()
    if isinstance(statement.node, cst.FunctionDef):
        decorators = [module.code(d.decorator) for d in statement.node.decorators]
        return frozenset(found.decorated([ast.parse(d, mode="eval").body for d in decorators]))
    for node in ast.parse(statement.code).body:  # several, with semicolons between them
        if isinstance(node, ast.ClassDef):
            names |= {*found.decorated(node.decorator_list), *found.derived(node)}
            names |= {n for item in node.body if not _is_function(item) for n in found.called(item)}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            names |= {*found.called(node.value)} - {*statement.names}
    return frozenset(names)


def _does_something(module: SourceModule, node: cst.BaseStatement) -> bool:
    """Whether making it may run code of the program's own, as far as is seen at once."""
    if isinstance(node, cst.FunctionDef):
        return bool(node.decorators)
    if isinstance(node, cst.ClassDef):
        body = (item for item in node.body.body if not isinstance(item, cst.FunctionDef))
        calls = any("(" in module.code(item) for item in body)
        return bool(node.decorators or node.bases or node.keywords or calls)
    return isinstance(node, cst.SimpleStatementLine) and any(
        isinstance(small, (cst.Assign, cst.AnnAssign)) for small in node.body
    )


class _Registering:
    """What definitions of one module register in."""

    def __init__(self, program: Program, module: SourceModule) -> None:
        self.program = program
        self.module = module

    def decorated(self, decorators: Iterable[ast.expr]) -> Iterator[str]:
        """What the decorators of a definition change."""
        for decorator in decorators:
            yield from self._by(decorator.func if isinstance(decorator, ast.Call) else decorator)

    def derived(self, node: ast.ClassDef) -> Iterator[str]:
        """The bases of a class that take notice of it, its metaclass, and where these write it down."""
        meta = [k.value for k in node.keywords if k.arg == "metaclass"]
        for base in (*node.bases, *meta):
            found = self._definition(base)
            if found is not None and (base in meta or self._notices(found[0], found[1])):
                yield from self._there(found[0], {*self._noting(found[0], found[1])})

    def _noting(self, owner: SourceModule, name: str) -> Iterator[str]:
        """A class that takes notice of others, and what is changed when it does, or when its own bases do."""
        yield name
        yield from self._written(owner, name, frozenset())
        node = definitions_of(owner.text)[name]
        if isinstance(node, ast.ClassDef):
            yield from _Registering(self.program, owner).derived(node)

    def called(self, code: ast.AST, seen: Seen = frozenset()) -> Iterator[str]:
        """What code changes by its calls."""
        for call in ast.walk(code):
            if isinstance(call, ast.Call):
                found = self._definition(call.func)
                if found is not None and (not found[2] or found[2] in MUTATORS):
                    yield from self._by(call.func, seen)

    def _by(self, func: ast.expr, seen: Seen = frozenset()) -> Iterator[str]:
        """What a function of the program changes when it is called, or the object whose method is called."""
        found = self._definition(func)
        if found is not None:
            owner, name, method = found
            names = {name} if method else self._written(owner, name, seen)
            yield from self._there(owner, names)

    def _written(self, owner: SourceModule, name: str, seen: Seen) -> set[str]:
        """What a function or class changes of its module, and what others do that it calls."""
        if (owner.name, name) in seen:
            return set()
        inner = _Registering(self.program, owner)
        by_calls = inner.called(definitions_of(owner.text)[name], seen | {(owner.name, name)})
        return {*(changed(owner.text, name) & definitions_of(owner.text).keys()), *by_calls}

    def _there(self, owner: SourceModule, names: Collection[str]) -> Iterator[str]:
        """What this module calls names of another one: all that it has of that, since they may all read them."""
        if owner is self.module or not names:
            yield from names
            return
        for local, imported in self.module.imports.items():
            if self.program.split(self.program.canonical(imported.full_name))[0] is owner:
                yield local

    def _notices(self, owner: SourceModule, name: str) -> bool:
        """Whether a class is told of classes that are derived from it, or finds them."""
        node = definitions_of(owner.text)[name]
        if not isinstance(node, ast.ClassDef):
            return False
        if "__init_subclass__" in code_of(owner.text, name) or "__subclasses__" in owner.text:
            return True
        inner = _Registering(self.program, owner)
        meta = (k.value for k in node.keywords if k.arg == "metaclass")
        return any(map(inner._definition, meta)) or any(True for _ in inner.derived(node))

    def _definition(self, expr: ast.expr) -> tuple[SourceModule, str, str] | None:
        """What a dotted name stands for, if it is the project's own: its module, its name there, and what of it."""
        dotted = ast.unparse(expr)
        if not _DOTTED.fullmatch(dotted):
            return None
        owner: SourceModule | None
        if dotted.partition(".")[0] in definitions_of(self.module.text):
            owner, rest = self.module, dotted
        else:
            full = self.program.resolve_name(self.module, dotted) or ""
            owner, rest = self.program.split(full)
        name, _, tail = rest.partition(".")
        is_there = owner is not None and name in definitions_of(owner.text)
        return (owner, name, tail) if owner is not None and is_there else None


def _is_function(node: ast.stmt) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


@lru_cache(maxsize=256)
def definitions_of(text: str) -> dict[str, ast.stmt]:
    """The functions, classes and variables at the top level of a module."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.setdefault(node.name, node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, node)
    return found


@lru_cache(maxsize=1024)
def code_of(text: str, name: str) -> str:
    """One of them, as code."""
    return ast.unparse(definitions_of(text)[name])


@lru_cache(maxsize=1024)
def changed(text: str, name: str) -> frozenset[str]:
    """The names outside a function or class that its code changes the value of, in place or by `global`."""
    inside = ast.walk(definitions_of(text)[name])
    return frozenset(mutated_roots(inside) & names_of_code(code_of(text, name)).reads)
