"""Whose values code changes in place, or by `global`: read off each node of Python's own syntax, by name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

MUTATORS: Final = frozenset(
    {"add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop"}
    | {"popitem", "popleft", "remove", "reverse", "rotate", "setdefault", "sort", "subtract"}
    | {"difference_update", "intersection_update", "move_to_end", "symmetric_difference_update"}
    | {"update"}
    | {"push", "put", "put_nowait", "register", "reset", "set", "subscribe"}
    | {"add_section", "read_dict", "read_string", "remove_option", "remove_section"}
    | {"__delattr__", "__delitem__", "__iadd__", "__ior__", "__setattr__", "__setitem__"}
)
"""Methods that change what they are called on: those of Python's collections, context variables and configurations, and
what registries call theirs."""
MUTATING: Final = frozenset(
    {ast.Assign, ast.Delete, ast.AugAssign, ast.AnnAssign, ast.For, ast.AsyncFor}
    | {ast.With, ast.AsyncWith, ast.Call, ast.Global, ast.NamedExpr, ast.Match}
)
"""The nodes of which there is anything to say, or that give a name to what is changed by it."""


_CHANGING_FIRST: Final = frozenset(
    [
        *(
            f"heapq.{name}"
            for name in ("heapify", "heappop", "heappush", "heappushpop", "heapreplace")
        ),
        *(f"bisect.{name}" for name in ("insort", "insort_left", "insort_right")),
        *(f"operator.{name}" for name in ("delitem", "setitem", "iadd", "iand", "iconcat", "ior")),
        *(f"operator.{name}" for name in ("isub", "ixor")),
        *(f"builtins.{name}" for name in ("delattr", "setattr")),
        "random.shuffle",
        "struct.pack_into",
    ]
)
_UNBOUND: Final = (
    *(f"builtins.{name}." for name in ("bytearray", "dict", "list", "object", "set")),
    *(f"collections.{name}." for name in ("Counter", "OrderedDict", "defaultdict", "deque")),
)


def changes_first(full: str) -> bool:
    """Whether a function of Python's own changes the first that it is given; so does `list.append`."""
    return full in _CHANGING_FIRST or (
        full.startswith(_UNBOUND) and full.rpartition(".")[2] in MUTATORS
    )


def mutated(node: ast.AST, through_calls: bool = False) -> Iterator[str]:
    """The names whose values a node itself changes, dotted as far as they are: of `a.b[c] = d`, `a.b` and `a`.

    `through_calls`: of `f(x)[c] = d`, `f`.
    """
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            yield from (n for target in targets for n in _put(target, through_calls))
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _put(target, through_calls)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            given = (item.optional_vars for item in items if item.optional_vars is not None)
            yield from (n for target in given for n in _put(target, through_calls))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            yield from _bases(target, through_calls)
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in MUTATORS:
            yield from _bases(value, through_calls)
        case ast.Call(
            func=ast.Name(id="setattr" | "delattr"), args=[of, ast.Constant(value=str(name)), *_]
        ):
            yield from (
                f"{found}.{name}" if found == dotted(of) else found
                for found in _bases(of, through_calls)
            )
        case ast.Global(names=found):
            yield from found


def changed_objects(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions whose values a node itself changes, each with what it is taken out of: of `a.b[c] = d`, `a.b` and
    `a`; of `a.b = c`, `a.b`, too."""
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            parts = targets
        case ast.For(target=target) | ast.AsyncFor(target=target):
            parts = [target]
        case ast.With(items=items) | ast.AsyncWith(items=items):
            parts = [item.optional_vars for item in items if item.optional_vars is not None]
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            parts = [target]
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in MUTATORS:
            yield from _taken_of(value)
            return
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[of, *_]):
            yield from _taken_of(of)
            return
        case _:
            return
    for part in parts:
        yield from _put_into(part)


def _put_into(target: ast.expr) -> Iterator[ast.expr]:
    match target:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _put_into(part)
        case ast.Starred(value=value):
            yield from _put_into(value)
        case ast.Attribute():
            yield from _taken_of(target)
        case ast.Subscript(value=value):
            yield from _taken_of(value)


def _taken_of(value: ast.expr) -> Iterator[ast.expr]:
    yield value
    while isinstance(value, (ast.Attribute, ast.Subscript)):
        value = value.value
        yield value


def mutated_roots(nodes: Iterable[ast.AST]) -> set[str]:
    """The names, local ones too, at the head of all that some nodes change, `a` of `a.b(c).d = e`."""
    names = (n for node in nodes if type(node) in MUTATING for n in mutated(node, True))
    return {name.partition(".")[0] for name in names}


def dotted(node: ast.AST) -> str:
    """`a.b.c` as text, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def _put(target: ast.expr, through_calls: bool) -> Iterator[str]:
    """What a target puts something in: nothing, if it binds a name."""
    match target:
        case ast.Name():
            return
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _put(part, through_calls)
        case ast.Starred(value=value):
            yield from _put(value, through_calls)
        case _:
            yield from _bases(target, through_calls)


def _bases(node: ast.expr, through_calls: bool) -> Iterator[str]:
    """What attributes and items are taken of."""
    passed = (ast.Attribute, ast.Subscript, *((ast.Call,) if through_calls else ()))
    while isinstance(node, passed):
        if name := dotted(node):
            yield name
        node = node.func if isinstance(node, ast.Call) else node.value
    match node:
        case ast.Name(id=name):
            yield name
        case ast.NamedExpr(value=value):
            yield from _bases(value, through_calls)
        case ast.IfExp(body=one, orelse=other):
            yield from (*_bases(one, through_calls), *_bases(other, through_calls))
        case ast.BoolOp(values=values):
            yield from (name for value in values for name in _bases(value, through_calls))
