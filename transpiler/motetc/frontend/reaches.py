"""What the code of a module reaches, by definition: the names of the top level that it uses, calls and changes.

Read off the text alone, so that it may be asked of modules that have no syntax here, and by the comparison of what
others see of a module.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from textwrap import dedent
from typing import Final

from motetc.frontend.code_names import names_of_code
from motetc.frontend.collecting import Collector, class_name
from motetc.frontend.definitions import Kind, Reach, Used
from motetc.frontend.displays import attributes_named, displayed
from motetc.frontend.imports import base_of, suites
from motetc.frontend.mutation import dotted, mutated_roots
from motetc.frontend.reading import only_read
from motetc.frontend.symbols import table_of
from motetc.frontend.unordered import first_unordered, nodes_in, sets_in, walked

Function = ast.FunctionDef | ast.AsyncFunctionDef
_IMPORTING: Final = re.compile(r"^[ \t]+(from|import)\b", re.MULTILINE)
_RELATIVE: Final = re.compile(r"^[ \t]+from[ \t]*\.", re.MULTILINE)


@lru_cache(maxsize=1024)
def reaches_of(text: str, package: str) -> Mapping[str, Reach]:
    """By name of a definition, `C.f` for what is in a class: functions, variables and fields.

    `package` is what relative imports in functions start from.
    """
    return _reaches_from(text, package if _RELATIVE.search(text) else "")


@lru_cache(maxsize=1024)
def _reaches_from(text: str, package: str) -> Mapping[str, Reach]:
    try:
        tree, table = attributes_named(ast.parse(text), text), table_of(text)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[str, Reach] = {}
    sets = sets_in(tree)
    for name, reach in _reaches(tree.body, "", _scopes(tree, table), package, sets):
        found[name] = found[name].joined(reach) if name in found else reach
    for name, used, unordered in _filled(tree, sets):
        known = found.get(name, Reach("value"))
        found[name] = replace(known, used=known.used + used, unordered=known.unordered or unordered)
    return found


def _filled(tree: ast.Module, sets: frozenset[str]) -> Iterator[tuple[str, tuple[Used, ...], str]]:
    """What statements at the top level bind and change, and what they use; not those that say one value of a name."""
    for node in tree.body:
        if isinstance(node, _DEFINING):
            continue
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            continue
        inside = [*ast.walk(node)]
        names = names_of_code(ast.unparse(node))
        found = Collector(names.reads, {})
        found.visit(node)
        changed = {h.param for h in found.given if h.at == 0 and not h.item}
        for name in sorted(names.binds | mutated_roots(inside) | changed):
            yield name, tuple(found.used), first_unordered(inside, sets=sets)


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """A scope and all those in it."""
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _scopes(tree: ast.Module, table: symtable.SymbolTable) -> Mapping[ast.AST, symtable.Function]:
    """The scope of each function. The table may have lines of its own: of functions of one name, the order counts."""
    tables: dict[str, list[symtable.Function]] = {}
    for found in sorted(_tables(table), key=lambda found: found.get_lineno()):
        if isinstance(found, symtable.Function) and ".0" not in found.get_parameters():
            tables.setdefault(found.get_name(), []).append(found)
    functions: dict[str, list[ast.AST]] = {}
    for node in sorted(_functions(tree.body), key=lambda node: node.lineno):
        functions.setdefault(node.name, []).append(node)
    return {
        node: scope
        for name, nodes in functions.items()
        for node, scope in zip(nodes, tables[name], strict=True)
    }


def _functions(body: Iterable[ast.stmt]) -> Iterator[Function]:
    """The functions of some statements, those in them included."""
    for node in body:
        if isinstance(node, Function):
            yield node
        for suite in suites(node):
            yield from _functions(suite)


def _reaches(
    body: list[ast.stmt],
    prefix: str,
    scopes: Mapping[ast.AST, symtable.Function],
    package: str,
    sets: frozenset[str],
) -> Iterator[tuple[str, Reach]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield prefix + node.name, _of_function(node, scopes[node], package, prefix, sets)
            case ast.ClassDef():
                bases = tuple(name for base in node.bases if (name := class_name(base)))
                yield prefix + node.name, Reach("class", bases=bases)
                yield from _reaches(node.body, f"{prefix}{node.name}.", scopes, package, sets)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield prefix + name, _of_value(value, sets)
            case ast.AnnAssign(target=ast.Name(id=name), value=value, annotation=said):
                yield (
                    prefix + name,
                    Reach("value") if value is None else _of_value(value, sets, said),
                )
            case _:
                for inner in suites(node):
                    yield from _reaches(inner, prefix, scopes, package, sets)


def _collected(value: ast.expr) -> Collector:
    """Of what is evaluated where a definition stands."""
    found = Collector(names_of_code(f"({ast.unparse(value)})").reads, {})
    found.visit(value)
    return found


def _of_value(value: ast.expr, sets: frozenset[str], said: ast.expr | None = None) -> Reach:
    found = _collected(value)
    whole = value.value if isinstance(value, ast.Attribute) else value  # `pick = Random(3).choice`
    made = dotted(whole.func) if isinstance(whole, ast.Call) else ""
    unordered = first_unordered(nodes_in([value]), sets=sets)
    growing = nested = False
    if said is not None and class_name(said) not in _UNSAID:
        growing = class_name(said) in _GROWING
        inner = ast.walk(said.slice) if isinstance(said, ast.Subscript) else ()
        nested = any(class_name(part) in _GROWING for part in inner)
    elif isinstance(value, _COLLECTIONS) or made in _GROWING:
        growing = True
        nested = made == "defaultdict" or any(map(_grows, ast.iter_child_nodes(value)))
    runs = isinstance(value, (ast.Attribute, ast.Lambda)) or made
    return Reach(
        "function" if isinstance(value, ast.Lambda) else "value",
        tuple(found.used),
        found.changed if runs else {},
        unordered=unordered,
        same=dotted(value),
        made=made,
        growing=growing,
        nested=nested,
        holds=tuple(filter(None, map(dotted, displayed(value)))) if not dotted(value) else (),
    )


def _grows(value: ast.AST) -> bool:
    """Whether an element is a collection that can be changed, or may be made so by what is called."""
    if isinstance(value, ast.Tuple):
        return any(map(_grows, value.elts))
    return isinstance(value, (*_COLLECTIONS, ast.Call))


def _of_function(
    node: Function,
    scope: symtable.SymbolTable,
    package: str,
    prefix: str,
    sets: frozenset[str],
) -> Reach:
    symbols = [s for t in _tables(scope) for s in t.get_symbols()]
    inside = nodes_in(node.body)
    found = _collector(node, symbols, package, prefix)
    for part in node.body:
        found.visit(part)
    given = all_arguments(node.args)
    said = {arg.arg: class_name(arg.annotation) if arg.annotation else "" for arg in given}
    collections = [name for name, kind in said.items() if kind in _COLLECTED]
    fixed = {name for name, kind in said.items() if kind not in _COLLECTED and len(kind) > 2}
    defaults = (*node.args.defaults, *filter(None, node.args.kw_defaults))
    decorators = [use for part in node.decorator_list for use in _collected(part).used]
    used = [*decorators, *(use for part in defaults for use in _collected(part).used)]
    if node.name == "__hash__":  # what equal values have in common
        found.used = [use for use in found.used if use.name != "hash"]
    kept = {name: made for name, made in _defaults(node.args) if name in found.altered}
    for name in sorted(kept):
        found.changed.setdefault(prefix + node.name, found.lines[name])
        if whole := dotted(kept[name]):
            found.changed.setdefault(whole, found.lines[name])
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
        own_set=frozenset(found.own_set),
        lent=frozenset(found.lent),
        lent_by=frozenset(found.lent_by),
        params=tuple(arg.arg for arg in given),
        handed=tuple(found.handed),
        given=tuple(found.given),
        only_read=only_read(inside, collections),
        kept={name: line for name, line in found.kept.items() if name not in fixed},
        kept_parts={name: line for name, line in found.kept_parts.items() if name not in fixed},
        kinds=found.kinds | found.said,
        of_class=alters and any(d.name == "classmethod" for d in decorators),
        decorators=tuple(decorators),
        augmented=found.augmented,
        results=found.results,
        walked=frozenset(walked(inside) & found.params),
        growing=class_name(node.returns or node) in _GROWING,
        line=node.lineno,
        keeps=bool(scope.get_children()) and any(_keeps(inner, symbols) for inner in inside),
        unordered="" if node.name == "__hash__" else first_unordered(inside, node.args, sets),
    )


def _collector(
    node: Function, symbols: Sequence[symtable.Symbol], package: str, prefix: str
) -> Collector:
    """What is to collect from the body of a function, and knows its parameters."""
    inner = dict(_imports_in(node, package)) if any(s.is_imported() for s in symbols) else {}
    found = Collector(frozenset(s.get_name() for s in symbols if s.is_global()), inner)
    given = all_arguments(node.args)
    found.params = {arg.arg for arg in given}
    found.first = given[0].arg if given and prefix else ""
    found.owner = prefix.removesuffix(".")
    found.growing = {arg.arg for arg in given if class_name(arg.annotation or node) in _GROWING}
    found.said = {a.arg: k for a in given if (k := class_name(a.annotation or node))}
    found.always = {*map(id, node.body)}
    return found


def all_arguments(args: ast.arguments) -> list[ast.arg]:
    """The parameters of a function, those with a star last."""
    stars = [arg for arg in (args.vararg, args.kwarg) if arg is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *stars]


def _defaults(args: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """The parameters whose default is made once, and may be changed from call to call."""
    plain = [*args.posonlyargs, *args.args]
    pairs = [*zip(plain[len(plain) - len(args.defaults) :], args.defaults, strict=True)]
    pairs += [
        (a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None
    ]
    yield from ((arg.arg, made) for arg, made in pairs if not isinstance(made, ast.Constant))


def _keeps(inner: ast.AST, symbols: list[symtable.Symbol]) -> bool:
    """Whether a function within another changes what is that one's."""
    if isinstance(inner, ast.Nonlocal):
        return True
    if not isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return False
    body = inner.body if isinstance(inner.body, list) else [inner.body]
    changed = mutated_roots(n for part in body for n in ast.walk(part))
    return any(s.is_free() and s.get_name() in changed for s in symbols)


_DEFINING: Final = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.AnnAssign,
)
_COLLECTIONS: Final = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_UNSAID: Final = frozenset({"", "Final", "ClassVar", "Annotated"})
_GROWING: Final = frozenset({"dict", "list", "set", "Counter", "defaultdict", "deque"})
_COLLECTED: Final = _GROWING | frozenset(
    {"Any", "Collection", "Iterable", "Mapping", "MutableMapping", "MutableSequence", "MutableSet"}
    | {"Sequence", "Set", "object"}
)
"""What a collection may be said to be; one or two letters are a type variable, or nothing is said."""
_PROPERTIES: Final = frozenset({"property", "cached_property"})


@lru_cache(maxsize=1024)
def may_import_within(text: str) -> bool:
    """Whether an import stands within something in a module."""
    return _IMPORTING.search(text) is not None


def inner_imports(code: str, package: str) -> Iterator[tuple[str, str]]:
    """As text, what the imports in a function bind, and the full names of that."""
    if _IMPORTING.search(code):
        yield from _imports_in(ast.parse(dedent(code)), package)


def _imports_in(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """What the imports in a function bind, and the full names of that."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            for alias in inner.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(inner, ast.ImportFrom):
            base = base_of(package, inner.module or "", inner.level)
            yield from ((a.asname or a.name, f"{base}.{a.name}") for a in inner.names)
