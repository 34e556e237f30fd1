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
from motetc.frontend.mutation import MUTATING, dotted, mutated, mutated_roots
from motetc.frontend.scope import names_of_code
from motetc.frontend.symbols import table_of
from motetc.frontend.unordered import first_unordered

Kind = Literal["function", "property", "value", "class"]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Used:
    """A name that code uses, dotted as far as it is. `imported`: a full name, of an import within the function."""

    name: str
    imported: bool = False
    called: bool = False
    given: int = 0  # how many arguments it is called with
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reach:
    """Of one definition: what it uses, in order, and the names whose values it changes, dotted as far as they are,
    each with the line where it first does.

    `rebound`: those that it binds anew. `altered`: its parameters whose values it changes, of which `alters` says
    whether the first one is among them. `keeps`: a function that it makes changes what that one keeps. `unordered`: the
    set over which it goes. `of_class`: a class method that changes its class. `own_used`, `own_changed`: the attributes
    of its first parameter that it uses, and whose values it changes; `lent`: those that it gives. Of a value, `same`:
    what it is one more name for; `made`: what is called to make it. Of a class, `bases`.
    """

    kind: Kind
    used: tuple[Used, ...] = ()
    changed: Mapping[str, int] = field(default_factory=dict)
    rebound: frozenset[str] = frozenset()
    altered: frozenset[str] = frozenset()
    alters: bool = False
    keeps: bool = False
    unordered: str = ""
    of_class: bool = False
    own_used: frozenset[str] = frozenset()
    own_changed: frozenset[str] = frozenset()
    lent: frozenset[str] = frozenset()
    decorators: tuple[Used, ...] = ()
    same: str = ""
    made: str = ""
    bases: tuple[str, ...] = ()

    def joined(self, other: Reach) -> Reach:
        """Of what is defined twice: in two branches, or as a property that can be set."""
        kind = self.kind if self.kind == "property" else other.kind
        return Reach(
            kind,
            self.used + other.used,
            {**other.changed, **self.changed},
            self.rebound | other.rebound,
            self.altered | other.altered,
            self.alters or other.alters,
            self.keeps or other.keeps,
            self.unordered or other.unordered,
            self.of_class or other.of_class,
            self.own_used | other.own_used,
            self.own_changed | other.own_changed,
            self.lent | other.lent,
            self.decorators + other.decorators,
            bases=self.bases + other.bases,
        )


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
                yield prefix + node.name, _of_function(node, scope, package, prefix)
            case ast.ClassDef():
                bases = tuple(name for base in node.bases if (name := _base(base)))
                yield prefix + node.name, Reach("class", bases=bases)
                yield from _reaches(node.body, f"{prefix}{node.name}.", scopes, package)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield prefix + name, _of_value(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                yield prefix + name, Reach("value") if value is None else _of_value(value)
            case _:
                for inner in suites(node):
                    yield from _reaches(inner, prefix, scopes, package)


def _base(node: ast.AST) -> str:
    """The name of a class, of whatever it is made of."""
    return dotted(node.value if isinstance(node, ast.Subscript) else node)


def _collected(value: ast.expr) -> _Collector:
    """Of what is evaluated where a definition stands."""
    found = _Collector(names_of_code(f"({ast.unparse(value)})").reads, {})
    found.visit(value)
    return found


def _of_value(value: ast.expr) -> Reach:
    found = _collected(value)
    made = dotted(value.func) if isinstance(value, ast.Call) else ""
    unordered = first_unordered([value])
    return Reach("value", tuple(found.used), unordered=unordered, same=dotted(value), made=made)


def _of_function(
    node: Function, scope: symtable.SymbolTable | None, package: str, prefix: str
) -> Reach:
    symbols = [s for t in _tables(scope) for s in t.get_symbols()] if scope is not None else []
    inner = dict(_inner_imports(node, package)) if any(s.is_imported() for s in symbols) else {}
    found = _Collector(frozenset(s.get_name() for s in symbols if s.is_global()), inner)
    given = all_arguments(node.args)
    found.params = {arg.arg for arg in given}
    found.first = given[0].arg if given and prefix else ""
    found.growing = {arg.arg for arg in given if _base(arg.annotation or node) in _GROWING}
    found.always = {*map(id, node.body)}
    for part in node.body:
        found.visit(part)
    defaults = (*node.args.defaults, *filter(None, node.args.kw_defaults))
    decorators = [use for part in node.decorator_list for use in _collected(part).used]
    used = [*decorators, *(use for part in defaults for use in _collected(part).used)]
    if node.name == "__hash__":  # what equal values have in common
        found.used = [use for use in found.used if use.name != "hash"]
    if kept := sorted(found.altered & _with_default(node.args)):
        found.changed.setdefault(prefix + node.name, found.lines[kept[0]])
    is_property = any(dotted(d).rpartition(".")[2] in _PROPERTIES for d in node.decorator_list)
    kind: Kind = "property" if is_property else "function"
    return Reach(
        kind,
        (*used, *found.used),
        found.changed,
        frozenset(found.rebound),
        frozenset(found.altered),
        alters=(alters := bool(given) and given[0].arg in found.altered),
        own_used=frozenset(found.own_used),
        own_changed=frozenset(found.own_changed),
        lent=frozenset(found.lent),
        of_class=alters and any(d.name == "classmethod" for d in decorators),
        decorators=tuple(decorators),
        keeps=any(_keeps(inner, symbols) for part in node.body for inner in ast.walk(part)),
        unordered="" if node.name == "__hash__" else first_unordered(node.body, node.args),
    )


def all_arguments(args: ast.arguments) -> list[ast.arg]:
    """The parameters of a function, those with a star last."""
    stars = [arg for arg in (args.vararg, args.kwarg) if arg is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *stars]


def _with_default(args: ast.arguments) -> set[str]:
    """The parameters whose default is made once, and may be changed from call to call."""
    plain = [*args.posonlyargs, *args.args]
    pairs = [*zip(plain[len(plain) - len(args.defaults) :], args.defaults, strict=True)]
    pairs += [(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None]
    return {arg.arg for arg, default in pairs if not isinstance(default, ast.Constant)}


def _keeps(inner: ast.AST, symbols: list[symtable.Symbol]) -> bool:
    """Whether a function within another changes what is that one's."""
    if isinstance(inner, ast.Nonlocal):
        return True
    if not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return False
    body = inner.body if isinstance(inner.body, list) else [inner.body]
    changed = mutated_roots(n for part in body for n in ast.walk(part))
    return any(s.is_free() and s.get_name() in changed for s in symbols)


_BOUND: Final = frozenset({"add", "append", "appendleft", "discard", "extend", "insert", "remove"})
_READING_FILES: Final = frozenset({"read_bytes", "read_text"})
_TAKING: Final = frozenset({"get", "items", "pop", "setdefault", "values"})
_GROWING: Final = frozenset({"dict", "list", "set", "Counter", "defaultdict", "deque"})
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
        self.first = ""  # the first parameter of a method, and the attributes of it that are used and changed
        self.own_used: set[str] = set()
        self.own_changed: set[str] = set()
        self.lent: set[str] = set()
        self.params: set[str] = set()
        self.growing: set[str] = set()  # of the parameters, those that `+=` changes
        self.always: set[int] = set()  # statements under no condition, by id
        self.altered: set[str] = set()  # of the parameters
        self.lines: dict[str, int] = {}  # where
        self.other_names: dict[str, str] = {}  # local ones, of values of the module and parameters

    def visit(self, node: ast.AST) -> None:
        """Note what a node uses and changes."""
        kind = type(node)
        if kind in _NAMED and self._use(node):
            return
        if kind in MUTATING:
            assert isinstance(node, (ast.stmt, ast.expr))
            self._note(node)
        if isinstance(node, ast.Return) and node.value is not None:
            for given in displayed(node.value):
                head, _, rest = self._within(given).partition(".")
                if head == self.first and rest:
                    self.lent.add(rest.partition(".")[0])
        if isinstance(node, ast.Attribute):
            if node.attr in _READING_FILES:
                self.used.append(Used("builtins.open", imported=True, called=True, given=1))
            if isinstance(node.value, ast.Name) and node.value.id == self.first:
                self.own_used.add(node.attr)
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
        given = len(call.args) + len(call.keywords) if call is not None else 0
        line = getattr(node, "lineno", 0)
        self.used.append(Used(full, imported, call is not None, given, line))
        base, _, method = name.rpartition(".")
        if call is None and method in _BOUND and base and not imported:
            self.changed.setdefault(base, line)  # whoever is given this will call it
        if call is not None:
            self._note(call)
            for part in (*call.args, *call.keywords):
                self.visit(part)
        return True

    def _note(self, node: ast.stmt | ast.expr) -> None:
        if isinstance(node, ast.Global):
            self.rebound.update(node.names)
        self._name_anew(node)
        by_name = isinstance(node, (ast.AugAssign, ast.AnnAssign)) and isinstance(node.target, ast.Name)
        for name in mutated(node):
            head, _, rest = name.partition(".")
            if head in self.free:
                self.changed.setdefault(name, node.lineno)
            elif head in self.params:
                if not by_name or head in self.growing:
                    self._alter(name, node.lineno)
            elif head in self.other_names and not by_name:
                whole = ".".join(filter(None, [self.other_names[head], rest]))
                of = whole.partition(".")[0]
                if of in self.params:
                    self._alter(whole, node.lineno)
                else:
                    self.changed.setdefault(whole, node.lineno)

    def _alter(self, name: str, line: int) -> None:
        param, _, rest = name.partition(".")
        self.altered.add(param)
        if param == self.first and rest:
            self.own_changed.add(rest.partition(".")[0])
        self.lines.setdefault(param, line)

    def _name_anew(self, node: ast.stmt | ast.expr) -> None:
        """Note a local name for a value of the module, for a parameter, or for what is in one: what is changed by that
        name is changed there."""
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if name not in self.free:
                self._alias(name, value)
                if id(node) in self.always:
                    self.params.discard(name)
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                for part in ast.walk(target):
                    if isinstance(part, ast.Name) and part.id not in self.free:
                        self._alias(part.id, value)

    def _alias(self, name: str, value: ast.expr) -> None:
        whole = self._within(value)
        if whole:
            self.other_names[name] = whole
        else:
            self.other_names.pop(name, None)

    def _within(self, value: ast.expr) -> str:
        """What a value is taken out of, as far as that is named."""
        while isinstance(value, (ast.Attribute, ast.Subscript, ast.Call)) and not dotted(value):
            if isinstance(value, ast.Call):
                if not isinstance(value.func, ast.Attribute) or value.func.attr not in _TAKING:
                    return ""
                value = value.func
            if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
                return ""  # a copy
            value = value.value
        name = dotted(value)
        head, _, rest = name.partition(".")
        if head in self.other_names:
            return ".".join(filter(None, [self.other_names[head], rest]))
        return name if head in self.free or head in self.params else ""


def displayed(value: ast.expr) -> Iterator[ast.expr]:
    """What a value is made of, if it is written out: the items of a tuple, what is given to a constructor."""
    match value:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from displayed(part)
        case ast.IfExp(body=one, orelse=other):
            yield from (*displayed(one), *displayed(other))
        case ast.Call(func=ast.Name(id=name), args=args) if name[:1].isupper():
            for part in (*args, *(k.value for k in value.keywords)):
                yield from displayed(part)
        case _:
            yield value


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes in one that are evaluated when it is."""
    for name in node._fields:
        if name not in _EVALUATED_NOT:
            value = getattr(node, name, None)
            parts = value if isinstance(value, list) else (value,)
            yield from (part for part in parts if isinstance(part, ast.AST))


_NAMED: Final = frozenset({ast.Name, ast.Attribute, ast.Call})
