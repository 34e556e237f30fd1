"""Top-level statements that are there for what they do, whatever they bind besides: fill a table, call something.

`NAMES["a"] = 1`, `for word in WORDS: NAMES[word] = len(word)`, `with open(path) as file: LINES.extend(file)`. Nobody
mentions them. They go where the names are that they change.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import libcst as cst

from motetc.backend.reads import reads_of
from motetc.backend.registering import registered_in
from motetc.frontend.mutation import mutated_roots
from motetc.frontend.program import Program
from motetc.frontend.source import Definition, SourceModule
from motetc.frontend.tree import is_main_guard, is_string

_COMPOUND = (cst.For, cst.While, cst.With, cst.Try, cst.TryStar, cst.If, cst.Match)
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(slots=True)
class Acting:
    """What the top-level statements of each module change."""

    program: Program
    registered: dict[str, list[tuple[int, frozenset[str]]]] = field(default_factory=dict)
    changed: dict[str, dict[str, list[Definition]]] = field(default_factory=dict)

    def registering(self, source: SourceModule) -> list[tuple[int, frozenset[str]]]:
        """The definitions of a module that register themselves, and in what."""
        if source.name not in self.registered:
            found = [
                (index, registered_in(self.program, source, statement))
                for index, statement in enumerate(source.statements)
            ]
            self.registered[source.name] = [(index, kept) for index, kept in found if kept]
        return self.registered[source.name]

    def changing(self, source: SourceModule) -> Mapping[str, list[Definition]]:
        """By name: the statements that change its value, and have nothing of a location or a choreography in them."""
        if source.name not in self.changed:
            found: dict[str, list[Definition]] = {}
            for statement, names in self._changes(source):
                if not self._is_placed(source, statement):
                    for name in sorted(names):
                        found.setdefault(name, []).append(statement)
            self.changed[source.name] = found
        return self.changed[source.name]

    def _changes(self, source: SourceModule) -> Iterator[tuple[Definition, frozenset[str]]]:
        for index, kept in self.registering(source):
            yield source.statements[index], kept
        for statement in source.statements:
            if is_loose(statement):
                yield statement, changed_by(statement)

    def _is_placed(self, source: SourceModule, statement: Definition) -> bool:
        program = self.program
        own = program.locations.keys() - program.bounds
        fulls = (
            program.resolve_name(source, n)
            for n in {*reads_of(statement.code).all, *statement.names}
        )
        return any(full in own or full in program.choreographies for full in fulls)


def is_loose(statement: Definition) -> bool:
    """Whether it is there for its effect, and not for what it binds."""
    node = statement.node
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)) or is_string(node):
        return False
    if is_main_guard(node):
        return False
    return not statement.names or (isinstance(node, _COMPOUND) and _does_something(statement))


def changes_of(acting: Acting, source: SourceModule, statement: Definition) -> frozenset[str]:
    """The names whose value a statement changes that may go wherever they are."""
    return frozenset(n for n, found in acting.changing(source).items() if statement in found)


def changed_by(statement: Definition) -> frozenset[str]:
    """The names whose value it changes in place."""
    return _executed(statement.code)[0] - {*statement.names}


def _does_something(statement: Definition) -> bool:
    return _executed(statement.code)[1] or bool(changed_by(statement))


@lru_cache(maxsize=1024)
def _executed(code: str) -> tuple[frozenset[str], bool]:
    """What code changes as it is executed, and whether it calls something for its effect.

    What is called because something else did not work, a log about an import that failed, is not what it is there for.
    """
    tree = ast.parse(code)
    called = _at_once(tree, (*_LATER, ast.ExceptHandler))
    return frozenset(mutated_roots(_at_once(tree, _LATER))), any(map(_is_called, called))


def _is_called(node: ast.AST) -> bool:
    """Whether something is called for its effect; a loop makes decorated functions for their decorators' sake."""
    if isinstance(node, (ast.For, ast.While)):
        return any(isinstance(n, ast.FunctionDef) and n.decorator_list for n in node.body)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _at_once(node: ast.AST, apart: tuple[type[ast.AST], ...]) -> Iterator[ast.AST]:
    """A node and what is in it, without what is set apart."""
    yield node
    if not isinstance(node, apart):
        for child in ast.iter_child_nodes(node):
            yield from _at_once(child, apart)
