"""Where code goes over a set so that its order shows, as far as the text alone tells what is a set."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_SETS: Final = frozenset({"set", "frozenset", "Set", "AbstractSet", "MutableSet", "FrozenSet"})
_MADE: Final = frozenset({"set", "frozenset"})
_IN_ORDER: Final = frozenset({"dict", "enumerate", "filter", "iter", "list", "map", "tuple", "zip"})
_ALIKE: Final = frozenset({"all", "any", "frozenset", "len", "max", "min", "set", "sorted", "sum"})
_METHODS: Final = frozenset({"difference", "intersection", "symmetric_difference", "union", "copy"})


def first_unordered(body: Sequence[ast.AST], args: ast.arguments | None = None) -> str:
    """The first set whose order some code goes by, as it is written; "" if none is seen. `args`: of a function."""
    nodes = [node for part in body for node in ast.walk(part)]
    known = {*_annotated(args)} if args is not None else set[str]()
    if not known and not any(map(_hints_at_set, nodes)):
        return ""
    known |= {*_bound(nodes, known)}
    alike = {id(arg) for node in nodes for arg in _given_alike(node)}
    found = (gone for node in nodes if id(node) not in alike for gone in _gone_over(node))
    return next((ast.unparse(gone) for gone in found if _is_set(gone, known)), "")


def _hints_at_set(node: ast.AST) -> bool:
    """Whether a set may be there: nothing else is one, as far as the text tells."""
    kind = type(node)
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
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values.setdefault(name, []).append(_is_set(value, known))
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                values.setdefault(name, []).append(_says_set(annotation))
    yield from (name for name, sets in values.items() if all(sets))


def _is_set(node: ast.expr, known: set[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Name(id=name):
            return name in known
        case ast.Call(func=ast.Name(id=name)):
            return name in _MADE
        case ast.Call(func=ast.Attribute(attr=method, value=value)):
            return method in _METHODS and _is_set(value, known)
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() | ast.BitXor() | ast.Sub()):
            return _is_set(left, known)
    return False


def _given_alike(node: ast.AST) -> Iterator[ast.expr]:
    """Generators that are handed to what does not look at their order."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as made, *_]) if (
            name in _ALIKE
        ):
            yield made


def _gone_over(node: ast.AST) -> Iterator[ast.expr]:
    """What a node takes the elements of, one after the other, with a result that may show in which order."""
    match node:
        case ast.For(iter=gone):
            yield gone
        case ast.ListComp(generators=parts) | ast.GeneratorExp(generators=parts):
            yield from (part.iter for part in parts)
        case ast.DictComp(generators=parts):
            yield from (part.iter for part in parts)
        case ast.Starred(value=gone, ctx=ast.Load()):
            yield gone
        case ast.Call(func=ast.Name(id=name), args=args) if name in _IN_ORDER:
            yield from args
        case ast.Call(func=ast.Attribute(attr="join" | "fromkeys" | "extend"), args=args):
            yield from args
        case ast.Call(func=ast.Attribute(attr="pop", value=gone), args=[]):
            yield gone
