"""Definitions that nobody mentions, and that are missed nevertheless: being made, they change what the module keeps.

`@show.register`, `@handler("dec")` where `handler` writes to `TABLE`, `class Plugin(Base)` where `Base` has an
`__init_subclass__`. Whoever has `show`, `TABLE` or `Base` needs them as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

import libcst as cst

from motetc.frontend.program import Program
from motetc.frontend.scope import names_of_code
from motetc.frontend.source import Definition, SourceModule

# Methods that put something into a collection or a registry.
_PUTTING = frozenset(
    {"add", "append", "appendleft", "extend", "insert", "push", "put"}
    | {"register", "setdefault", "subscribe", "update"}
)


def registered_in(program: Program, module: SourceModule, statement: Definition) -> frozenset[str]:
    """The names of the module whose value changes when a top-level statement that binds names is executed."""
    if not _does_something(statement.node):
        return frozenset()
    (node,) = ast.parse(statement.code).body
    found = _Registering(program, module)
    if isinstance(node, ast.ClassDef):
        return frozenset({*found.decorated(node), *found.derived(node)})
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return frozenset(found.decorated(node))
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        return frozenset(found.called(node.value)) - set(statement.names)
    return frozenset()


def _does_something(node: cst.BaseStatement) -> bool:
    """Whether making it may run code of the program's own, as far as is seen at once."""
    if isinstance(node, cst.FunctionDef):
        return bool(node.decorators)
    if isinstance(node, cst.ClassDef):
        return bool(node.decorators or node.bases)
    return isinstance(node, cst.SimpleStatementLine) and isinstance(
        node.body[0], (cst.Assign, cst.AnnAssign)
    )


class _Registering:
    """What definitions of one module register in."""

    def __init__(self, program: Program, module: SourceModule) -> None:
        self.program = program
        self.module = module

    def decorated(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
        """What the decorators of a definition change."""
        for decorator in node.decorator_list:
            func = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(func, ast.Attribute):
                yield from self._owned(func)
            else:
                yield from self._by_function(func)

    def derived(self, node: ast.ClassDef) -> Iterator[str]:
        """The bases of a class that take notice of it."""
        for base in node.bases:
            name = _root(base)
            found = self._definition(name)
            if found is not None and self._notices(*found):
                yield name

    def called(self, value: ast.expr) -> Iterator[str]:
        """What an expression changes by its calls."""
        for call in ast.walk(value):
            if isinstance(call, ast.Call):
                if isinstance(call.func, ast.Attribute) and call.func.attr in _PUTTING:
                    yield from self._owned(call.func)
                yield from self._by_function(call.func)

    def _owned(self, func: ast.Attribute) -> Iterator[str]:
        """The object of the program whose method is called."""
        name = _root(func)
        if self._definition(name) is not None:
            yield name

    def _by_function(self, func: ast.expr) -> Iterator[str]:
        """What a function of the program changes when it is called."""
        found = self._definition(func.id) if isinstance(func, ast.Name) else None
        if found is None:
            return
        owner, definition = found
        names = {n for n in changed(definition.code) if n in owner.definitions}
        yield from names if owner is self.module or not names else [_root(func)]

    def _notices(self, owner: SourceModule, definition: Definition) -> bool:
        (node,) = ast.parse(definition.code).body
        if not isinstance(node, ast.ClassDef):
            return False
        if "__init_subclass__" in definition.code or "__subclasses__" in owner.text:
            return True
        inner = _Registering(self.program, owner)
        meta = [k.value for k in node.keywords if k.arg == "metaclass"]
        return any(inner._definition(_root(m)) for m in meta) or any(True for _ in inner.derived(node))

    def _definition(self, name: str) -> tuple[SourceModule, Definition] | None:
        """A definition of the project, and the module that it is in."""
        if name not in self.module.definitions:
            return None
        if name not in self.module.imports:
            return self.module, self.module.definitions[name]
        owner, rest = self.program.split(self.program.resolve_name(self.module, name) or "")
        found = owner.definitions.get(rest.partition(".")[0]) if owner is not None else None
        return (owner, found) if owner is not None and found is not None else None


@lru_cache(maxsize=1024)
def changed(code: str) -> frozenset[str]:
    """The names outside a function or class that its code changes the value of, in place or by `global`."""
    names = set[str]()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                names |= {_root(t) for t in targets if not isinstance(t, ast.Name)}
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                names |= {_root(target)}
            case ast.Call(func=ast.Attribute(attr=attr) as func) if attr in _PUTTING:
                names.add(_root(func))
            case ast.Global(names=found):
                names |= {*found}
    return frozenset(names & names_of_code(code).reads)


def _root(node: ast.expr) -> str:
    """`a` of `a.b[c]`."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
