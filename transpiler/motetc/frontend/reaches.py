"""What the code of a module reaches, by definition: the names of the top level that it uses, calls and changes.

Read off the text alone, so that it may be asked of modules that have no syntax here, and by the comparison of what
others see of a module.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from motetc.frontend.imports import base_of
from motetc.frontend.scope import names_of_code
from motetc.frontend.symbols import table_of

Kind = Literal["function", "property", "value"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
MUTATORS: Final = frozenset(
    {"add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop"}
    | {"popitem", "popleft", "remove", "reverse", "rotate", "setdefault", "sort", "subtract"}
    | {"update"}
)
"""Methods of Python's collections that change what they are called on."""
_ALTERING: Final = MUTATORS | {"push", "put", "register", "subscribe"}


@dataclass(frozen=True, slots=True)
class Used:
    """A name that code uses, dotted as far as it is. `imported`: a full name, of an import within the function."""

    name: str
    imported: bool = False
    called: bool = False
    given: bool = False  # it is called with arguments


@dataclass(frozen=True, slots=True)
class Reach:
    """Of one definition: what it uses, in order, and the names whose values it changes, dotted as far as they are."""

    kind: Kind
    used: tuple[Used, ...] = ()
    changed: frozenset[str] = frozenset()


@lru_cache(maxsize=1024)
def reaches_of(text: str, package: str) -> Mapping[str, Reach]:
    """By name of a definition, `C.f` for what is in a class: functions, variables and fields."""
    try:
        tree, tables = ast.parse(text), {*_tables(table_of(text))}
    except (SyntaxError, ValueError, RecursionError):
        return {}
    scopes = {(t.get_name(), t.get_lineno()): t for t in tables}
    return dict(_reaches(tree.body, "", scopes, package))


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """A scope and all those in it."""
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _reaches(
    body: list[ast.stmt],
    prefix: str,
    scopes: Mapping[tuple[str, int], symtable.SymbolTable],
    package: str,
) -> Iterator[tuple[str, Reach]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                scope = scopes.get((node.name, node.lineno))
                yield prefix + node.name, _of_function(node, scope, package)
            case ast.ClassDef():
                yield from _reaches(node.body, f"{prefix}{node.name}.", scopes, package)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield prefix + name, _of_value(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                yield prefix + name, Reach("value") if value is None else _of_value(value)


def _of_value(value: ast.expr) -> Reach:
    found = _Collector(names_of_code(f"({ast.unparse(value)})").reads, {})
    found.visit(value)
    return Reach("value", tuple(found.used))


def _of_function(node: Function, scope: symtable.SymbolTable | None, package: str) -> Reach:
    symbols = [s for t in _tables(scope) for s in t.get_symbols()] if scope is not None else []
    inner = dict(_inner_imports(node, package)) if any(s.is_imported() for s in symbols) else {}
    found = _Collector(frozenset(s.get_name() for s in symbols if s.is_global()), inner)
    for part in (*node.decorator_list, *node.body):
        found.visit(part)
    is_property = any(_dotted(d).rpartition(".")[2] in _PROPERTIES for d in node.decorator_list)
    kind: Kind = "property" if is_property else "function"
    return Reach(kind, tuple(found.used), frozenset(found.changed))


_PROPERTIES: Final = frozenset({"property", "cached_property"})
_EVALUATED_NOT: Final = frozenset({"annotation", "returns", "ctx", "op", "ops", "type_comment"})


def _inner_imports(node: Function, package: str) -> Iterator[tuple[str, str]]:
    """What the imports in a function bind, and the full names of that."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            for alias in inner.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(inner, ast.ImportFrom):
            base = base_of(package, inner.module or "", inner.level)
            yield from ((a.asname or a.name, f"{base}.{a.name}") for a in inner.names)


class _Collector:
    """One walk over a piece of code, in which the names `free` are those of the module."""

    def __init__(self, free: frozenset[str], imported: Mapping[str, str]) -> None:
        self.free = free
        self.imported = imported
        self.used: list[Used] = []
        self.changed: set[str] = set()

    def visit(self, node: ast.AST) -> None:
        """Note what a node uses and changes."""
        kind = type(node)
        if kind in _NAMED and self._use(node):
            return
        if kind in _CHANGING:
            self._note(_changed(node))
        for name in node._fields:
            if name not in _EVALUATED_NOT:
                value = getattr(node, name, None)
                if isinstance(value, ast.AST):
                    self.visit(value)
                elif isinstance(value, list):
                    for part in value:
                        if isinstance(part, ast.AST):
                            self.visit(part)

    def _use(self, node: ast.AST) -> bool:
        """Note a name, an attribute of one, or a call of either; whether it was one."""
        call = node if isinstance(node, ast.Call) else None
        dotted = _dotted(call.func if call is not None else node)
        head, _, rest = dotted.partition(".")
        if head not in self.free and head not in self.imported:
            return False
        imported = head in self.imported
        full = ".".join(filter(None, [self.imported[head], rest])) if imported else dotted
        given = call is not None and bool(call.args or call.keywords)
        self.used.append(Used(full, imported, call is not None, given))
        if call is not None:
            self._note(_changed(call))
            for part in (*call.args, *call.keywords):
                self.visit(part)
        return True

    def _note(self, changed: Iterator[str]) -> None:
        self.changed |= {name for name in changed if name.partition(".")[0] in self.free}


_NAMED: Final = frozenset({ast.Name, ast.Attribute, ast.Call})
_CHANGING: Final = frozenset(
    {ast.Assign, ast.Delete, ast.AugAssign, ast.AnnAssign, ast.Call, ast.Global}
)


def _dotted(node: ast.AST) -> str:
    """`a.b.c` as text, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def _changed(node: ast.AST) -> Iterator[str]:
    """The names whose values a node changes in place or by `global`: of `a.b[c] = d`, `a` and `a.b`."""
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            for target in targets:
                yield from () if isinstance(target, ast.Name) else _bases(target)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            yield from _bases(target)
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in _ALTERING:
            yield from _bases(value)
        case ast.Global(names=found):
            yield from found


def _bases(node: ast.expr) -> Iterator[str]:
    """What attributes and items are taken of, dotted as far as it is."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if dotted := _dotted(node):
            yield dotted
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
