"""Where code goes over a set so that its order shows, as far as the text alone tells what is a set."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from motetc.frontend.imports import suites
from motetc.ir.purity import ALIKE, IN_ORDER, PASSING, TEXTS

_SETS: Final = frozenset({"set", "frozenset", "Set", "AbstractSet", "MutableSet", "FrozenSet"})
_MADE: Final = frozenset({"set", "frozenset"})
_VIEWS: Final = frozenset({"items", "keys"})
_OPERATORS: Final = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)
_GOING: Final = frozenset(
    {ast.Assign, ast.AugAssign, ast.BinOp, ast.Call, ast.DictComp, ast.For, ast.FormattedValue}
    | {ast.GeneratorExp, ast.ListComp, ast.Starred, ast.YieldFrom}
)
"""What may take elements of something, in `_gone_over`."""
_METHODS: Final = frozenset({"difference", "intersection", "symmetric_difference", "union", "copy"})


def nodes_in(body: Iterable[ast.AST]) -> list[ast.AST]:
    """All nodes of some code."""
    return [node for part in body for node in ast.walk(part)]


def first_unordered(
    nodes: Sequence[ast.AST],
    args: ast.arguments | None = None,
    sets: frozenset[str] = frozenset(),
) -> str:
    """The first set whose order some code goes by, as it is written; "" if none is seen. `args`: of a function; `sets`:
    of the module."""
    known = {*_annotated(args)} if args is not None else set[str]()
    known |= sets - _hidden(nodes, args)
    if not known and not any(map(_hints_at_set, nodes)):
        return ""
    known |= {*_bound(nodes, known)}
    return next((ast.unparse(gone) for gone in _elements_of(nodes) if _is_set(gone, known)), "")


def sets_in(tree: ast.Module) -> frozenset[str]:
    """What in a module is a set wherever it is bound: variables, `.x` for attributes, and `f()` for what functions
    give, `.f()` for methods."""
    values: dict[str, list[bool]] = {}
    for node in _statements(tree.body):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=value):
                values.setdefault(f".{name}", []).append(_is_set(value, set()))
            case ast.AnnAssign(target=ast.Attribute(attr=name), annotation=said):
                values.setdefault(f".{name}", []).append(_says_set(said))
            case ast.ClassDef(body=body):
                for name, is_set in (*_bindings(body), *_functions(body)):
                    values.setdefault(f".{name}", []).append(is_set)
    for name, is_set in (*_bindings(tree.body), *_functions(tree.body)):
        values.setdefault(name, []).append(is_set)
    return frozenset(name for name, sets in values.items() if all(sets))


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for suite in suites(node):
            yield from _statements(suite)


def _functions(body: Sequence[ast.stmt]) -> Iterator[tuple[str, bool]]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            decorators = {getattr(part, "id", "") for part in node.decorator_list}
            call = "" if decorators & {"property", "cached_property"} else "()"
            yield f"{node.name}{call}", _says_set(node.returns)


def _bindings(
    nodes: Iterable[ast.AST], known: set[str] | None = None
) -> Iterator[tuple[str, bool]]:
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, _is_set(value, known or set())
            case ast.AnnAssign(target=ast.Name(id=name), annotation=said, value=value):
                final = getattr(said, "id", getattr(said, "attr", "")) == "Final"
                yield name, _is_set(value, known or set()) if final and value else _says_set(said)


def _hidden(nodes: Iterable[ast.AST], args: ast.arguments | None) -> set[str]:
    """The names that a function calls its own."""
    given = (*args.posonlyargs, *args.args, *args.kwonlyargs) if args is not None else ()
    bound = (n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return {*bound, *(arg.arg for arg in given)}


def walked(nodes: Iterable[ast.AST]) -> set[str]:
    """The names whose elements some code takes one after the other, with a result that may show in which order."""
    return {gone.id for gone in _elements_of(nodes) if isinstance(gone, ast.Name)}


def _elements_of(nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """What some code takes the elements of, one after the other, so that their order may show."""
    going = [node for node in nodes if type(node) in _GOING]
    alike = {id(arg) for node in going for arg in _given_alike(node)}
    return (gone for node in going if id(node) not in alike for gone in _gone_over(node))


def _hints_at_set(node: ast.AST) -> bool:
    """Whether a set may be there: nothing else is one, as far as the text tells."""
    kind = type(node)
    if kind is ast.BinOp:
        return any(map(_is_view, (node.left, node.right)))  # type: ignore[attr-defined]
    if kind is ast.Name:
        return getattr(node, "id", "") in _SETS
    return kind in (ast.Set, ast.SetComp) or (
        kind is ast.Attribute and getattr(node, "attr", "") in _SETS
    )


def _annotated(args: ast.arguments) -> Iterator[str]:
    given = (*args.posonlyargs, *args.args, *args.kwonlyargs)
    yield from (arg.arg for arg in given if _says_set(arg.annotation))


def _says_set(annotation: ast.expr | None) -> bool:
    head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    name = head.attr if isinstance(head, ast.Attribute) else getattr(head, "id", "")
    return name in _SETS


def _bound(nodes: Iterable[ast.AST], known: set[str]) -> Iterator[str]:
    """The names that code binds to sets alone."""
    values: dict[str, list[bool]] = {}
    for name, is_set in _bindings(nodes, known):
        values.setdefault(name, []).append(is_set)
    yield from (name for name, sets in values.items() if all(sets))


def _is_set(node: ast.expr, known: set[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Name(id=name):
            return name in known
        case ast.Attribute(attr=name):
            return f".{name}" in known
        case ast.Call(func=ast.Name(id=name)):
            return name in _MADE or f"{name}()" in known
        case ast.Call(func=ast.Attribute(attr=method, value=value)):
            return f".{method}()" in known or (method in _METHODS and _is_set(value, known))
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
            return any(_is_set(part, known) or _is_view(part) for part in (left, right))
    return False


def _is_view(node: ast.expr) -> bool:
    """Whether it is what `&` and the like make a set of."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in _VIEWS)
    )


def _given_alike(node: ast.AST) -> Iterator[ast.expr]:
    """What is handed to what does not look at its order: generators, and what only gives elements on."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[made, *_], keywords=[]) if name in ALIKE:
            while isinstance(made, ast.Call) and _name_of(made) in PASSING and made.args:
                yield made
                made = made.args[-1]
            if isinstance(made, ast.GeneratorExp):
                yield made
        case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as made, *_]) if (
            name in ALIKE
        ):
            yield made


def _name_of(call: ast.Call) -> str:
    """The name of what is called, if it is a builtin or of a library."""
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="collections" | "functools" | "itertools"), attr=name):
            return name
    return ""


def _gone_over(node: ast.AST) -> Iterator[ast.expr]:
    """What a node takes the elements of, one after the other, with a result that may show in which order."""
    match node:
        case ast.For(iter=gone) | ast.YieldFrom(value=gone):
            yield gone
        case ast.AugAssign(op=ast.Add(), value=gone):
            yield gone
        case ast.Assign(targets=[ast.Subscript(slice=ast.Slice())], value=gone):
            yield gone
        case ast.ListComp(generators=parts) | ast.GeneratorExp(generators=parts):
            yield from (part.iter for part in parts)
        case ast.DictComp(generators=parts):
            yield from (part.iter for part in parts)
        case ast.Starred(value=gone, ctx=ast.Load()):
            yield gone
        case ast.Assign(targets=[ast.Tuple() | ast.List()], value=gone):
            yield gone
        case ast.FormattedValue(value=shown):
            yield shown
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod(), right=shown):
            yield from shown.elts if isinstance(shown, ast.Tuple) else (shown,)
        case ast.Call(func=ast.Name(id=name), args=args) if name in TEXTS:
            yield from args
        case ast.Call(func=ast.Name(id="max" | "min"), args=args, keywords=keywords) if any(
            keyword.arg == "key" for keyword in keywords
        ):
            yield from args
        case ast.Call(args=args) if _name_of(node) in IN_ORDER:
            yield from args
        case ast.Call(
            func=ast.Attribute(attr="join" | "fromkeys" | "extend" | "format"), args=args
        ):
            yield from args
        case ast.Call(func=ast.Attribute(attr="pop", value=gone), args=[]):
            yield gone
