"""What the code of a module reaches, by definition: the names of the top level that it uses, calls and changes.

Read off the text alone, so that it may be asked of modules that have no syntax here, and by the comparison of what
others see of a module.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from motetc.frontend.imports import base_of, suites
from motetc.frontend.mutation import MUTATING, dotted, mutated
from motetc.frontend.scope import names_of_code
from motetc.frontend.symbols import table_of

Kind = Literal["function", "property", "value"]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Used:
    """A name that code uses, dotted as far as it is. `imported`: a full name, of an import within the function."""

    name: str
    imported: bool = False
    called: bool = False
    given: bool = False  # it is called with arguments
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reach:
    """Of one definition: what it uses, in order, and the names whose values it changes, dotted as far as they are,
    each with the line where it first does.

    `rebound`: those that it binds anew. `alters`: whether it changes its first argument. Of a value, `same`: what it
    is one more name for; `made`: what is called to make it.
    """

    kind: Kind
    used: tuple[Used, ...] = ()
    changed: Mapping[str, int] = field(default_factory=dict)
    rebound: frozenset[str] = frozenset()
    alters: bool = False
    same: str = ""
    made: str = ""

    def joined(self, other: Reach) -> Reach:
        """Of what is defined twice: in two branches, or as a property that can be set."""
        kind = self.kind if self.kind == "property" else other.kind
        changed, rebound = {**other.changed, **self.changed}, self.rebound | other.rebound
        return Reach(kind, self.used + other.used, changed, rebound, self.alters or other.alters)


@lru_cache(maxsize=1024)
def reaches_of(text: str, package: str) -> Mapping[str, Reach]:
    """By name of a definition, `C.f` for what is in a class: functions, variables and fields."""
    try:
        tree, tables = ast.parse(text), {*_tables(table_of(text))}
    except (SyntaxError, ValueError, RecursionError):
        return {}
    scopes = {(t.get_name(), t.get_lineno()): t for t in tables}
    found: dict[str, Reach] = {}
    for name, reach in _reaches(tree.body, "", scopes, package):
        found[name] = found[name].joined(reach) if name in found else reach
    return found


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
            case _:
                for inner in suites(node):
                    yield from _reaches(inner, prefix, scopes, package)


def _of_value(value: ast.expr) -> Reach:
    found = _Collector(names_of_code(f"({ast.unparse(value)})").reads, {})
    found.visit(value)
    made = dotted(value.func) if isinstance(value, ast.Call) else ""
    return Reach("value", tuple(found.used), same=dotted(value), made=made)


def _of_function(node: Function, scope: symtable.SymbolTable | None, package: str) -> Reach:
    symbols = [s for t in _tables(scope) for s in t.get_symbols()] if scope is not None else []
    inner = dict(_inner_imports(node, package)) if any(s.is_imported() for s in symbols) else {}
    found = _Collector(frozenset(s.get_name() for s in symbols if s.is_global()), inner)
    found.first = next((a.arg for a in (*node.args.posonlyargs, *node.args.args)), "")
    for part in (*node.decorator_list, *node.body):
        found.visit(part)
    is_property = any(dotted(d).rpartition(".")[2] in _PROPERTIES for d in node.decorator_list)
    kind: Kind = "property" if is_property else "function"
    return Reach(
        kind, tuple(found.used), found.changed, frozenset(found.rebound), alters=found.alters
    )


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
        self.changed: dict[str, int] = {}
        self.rebound: set[str] = set()
        self.first = ""  # the first parameter
        self.alters = False
        self.other_names: dict[str, str] = {}  # local ones, of values of the module

    def visit(self, node: ast.AST) -> None:
        """Note what a node uses and changes."""
        kind = type(node)
        if kind in _NAMED and self._use(node):
            return
        if kind in MUTATING:
            assert isinstance(node, (ast.stmt, ast.expr))
            self._note(node)
        for part in _evaluated(node):
            self.visit(part)

    def _use(self, node: ast.AST) -> bool:
        """Note a name, an attribute of one, or a call of either; whether it was one."""
        call = node if isinstance(node, ast.Call) else None
        name = dotted(call.func if call is not None else node)
        head, _, rest = name.partition(".")
        if head not in self.free and head not in self.imported:
            return False
        imported = head in self.imported
        full = ".".join(filter(None, [self.imported[head], rest])) if imported else name
        given = call is not None and bool(call.args or call.keywords)
        line = getattr(node, "lineno", 0)
        self.used.append(Used(full, imported, call is not None, given, line))
        if call is not None:
            self._note(call)
            for part in (*call.args, *call.keywords):
                self.visit(part)
        return True

    def _note(self, node: ast.stmt | ast.expr) -> None:
        if isinstance(node, ast.Global):
            self.rebound.update(node.names)
        self._name_anew(node)
        by_name = isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
        for name in mutated(node):
            head, _, rest = name.partition(".")
            if head in self.free:
                self.changed.setdefault(name, node.lineno)
            elif head == self.first:
                self.alters = self.alters or not by_name
            elif head in self.other_names and not by_name:
                whole = ".".join(filter(None, [self.other_names[head], rest]))
                self.changed.setdefault(whole, node.lineno)

    def _name_anew(self, node: ast.stmt | ast.expr) -> None:
        """Note a local name for a value of the module: what is changed by that name is this value."""
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if name not in self.free and dotted(value).partition(".")[0] in self.free:
                self.other_names[name] = dotted(value)


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes in one that are evaluated when it is."""
    for name in node._fields:
        if name not in _EVALUATED_NOT:
            value = getattr(node, name, None)
            parts = value if isinstance(value, list) else (value,)
            yield from (part for part in parts if isinstance(part, ast.AST))


_NAMED: Final = frozenset({ast.Name, ast.Attribute, ast.Call})
