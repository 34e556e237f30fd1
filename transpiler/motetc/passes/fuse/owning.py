"""What the code of a slice does with a collection: whether it is its own, whether it hands it on."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.frontend.tree import children, nodes

_READERS = frozenset(
    {
        "copy",
        "count",
        "get",
        "index",
        "isdisjoint",
        "issubset",
        "issuperset",
        "items",
        "keys",
        "values",
    }
)
_CHANGERS = frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"})
LOOKERS = frozenset(
    {"all", "any", "bool", "dict", "enumerate", "frozenset", "len", "list", "max", "min", "print"}
    | {"repr", "set", "sorted", "str", "sum", "tuple"}
)


def listed(value: cst.BaseExpression) -> cst.BaseExpression:
    """The value as a list that nobody else has."""
    if _is_fresh(value):
        return value
    if isinstance(value, cst.GeneratorExp):
        return cst.ListComp(value.elt, value.for_in)
    return cst.Call(cst.Name("list"), [cst.Arg(value)])


def _is_fresh(value: cst.BaseExpression) -> bool:
    """Whether evaluating an expression makes a new list."""
    if isinstance(value, cst.IfExp):
        return _is_fresh(value.body) and _is_fresh(value.orelse)
    if isinstance(value, cst.Subscript) and len(value.slice) == 1:
        return isinstance(value.slice[0].slice, cst.Slice) and _is_fresh(value.value)
    if isinstance(value, cst.BinaryOperation):
        return isinstance(value.operator, (cst.Add, cst.Multiply)) and _is_fresh(value.left)
    called = value.func if isinstance(value, cst.Call) else None
    if isinstance(called, cst.Subscript):
        called = called.value
        return isinstance(called, cst.Name) and called.value == "list"
    if isinstance(called, cst.Name):
        return called.value in ("list", "sorted")
    return isinstance(value, (cst.ListComp, cst.List))


def is_own(name: str, before: Sequence[cst.CSTNode], after: Sequence[cst.CSTNode]) -> bool:
    """Whether a name stands for a list that the code before has made, that nobody else has, and that no code after does
    more with than look at it."""
    bound = [value for node in before for value in _bindings(node, name)]
    if not bound or not all(value is not None and _is_fresh(value) for value in bound):
        return False
    if not is_left(name, after):
        return False
    return not any(_escapes(node, name, own=True) or outlives(node, name) for node in before)


def is_left(name: str, nodes: Sequence[cst.CSTNode]) -> bool:
    """Whether code does no more with a collection than look at it, now and not later."""
    if any(name in names_of(node).binds for node in nodes):
        return False
    return not any(_escapes(node, name) or outlives(node, name) for node in nodes)


def outlives(node: cst.CSTNode, name: str) -> bool:
    """Whether a function, or what is computed only when it is asked for, may look at a collection later on."""
    if isinstance(node, (cst.FunctionDef, cst.Lambda, cst.GeneratorExp)):
        return name in names_of(node).reads
    called = node.func if isinstance(node, cst.Call) else None
    if isinstance(called, cst.Name) and called.value in LOOKERS:
        made = [a.value for a in node.args if isinstance(a.value, cst.GeneratorExp)]  # type: ignore[attr-defined]
        return any(outlives(c, name) for c in children(node) if c not in made)
    return any(outlives(child, name) for child in children(node))


def _bindings(node: cst.CSTNode, name: str) -> list[cst.BaseExpression | None]:
    """What a name is bound to in some code; None where it is not a plain assignment."""
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=found))], value=value):
            return [value] if found == name else []
        case cst.AnnAssign(target=cst.Name(value=found), value=value):
            return [value] if found == name else []
        case cst.AugAssign(target=cst.Name()):
            return []
        case cst.BaseSmallStatement():
            inner = [b for child in children(node) for b in _bindings(child, name)]
            own = () if inner or name not in names_of(node).binds else (None,)
            return [*inner, *own]
        case cst.For(target=head) | cst.AsName(name=head) | cst.MatchCase(pattern=head):
            own = (None,) if any(_is_name(n, name) for n in nodes(head)) else ()
            return [*own, *(b for child in children(node) for b in _bindings(child, name))]
        case _:
            return [b for child in children(node) for b in _bindings(child, name)]


def escapes(
    nodes: Sequence[cst.CSTNode | None], name: str, lent: frozenset[int] = frozenset()
) -> bool:
    """Whether code does more with a collection than look at what is in it: hand it on, keep it, change it.

    `lent`: arguments, by identity, that are only looked at.
    """
    return any(_escapes(node, name, lent=lent) for node in nodes if node is not None)


def _escapes(
    node: cst.CSTNode, name: str, own: bool = False, lent: frozenset[int] = frozenset()
) -> bool:
    """`own`: it may be changed."""
    if isinstance(node, cst.Name):
        return node.value == name
    if (
        isinstance(node, (cst.AssignTarget, cst.AugAssign, cst.Del))
        and not own
        and _changes(node, name)
    ):
        return True
    looked = {id(c) for c in (*_looked_at(node), *(_changed(node) if own else ()))}
    looked |= lent
    rest = [c for c in _parts(node) if not (id(c) in looked and _is_name(c, name))]
    return any(_escapes(child, name, own, lent) for child in rest)


def _changed(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children of which the node changes what is in them."""
    match node:
        case cst.Attribute() if node.attr.value in _CHANGERS:
            return [node.value]
        case cst.AugAssign() | cst.AnnAssign():
            return [node.target]
        case _:
            return []


def _changes(node: cst.AssignTarget | cst.AugAssign | cst.Del, name: str) -> bool:
    """Whether an item of the collection is assigned or deleted."""
    target: cst.CSTNode = node.target
    while isinstance(target, (cst.Subscript, cst.Attribute)):
        target = target.value
    return target is not node.target and _is_name(target, name)


def _parts(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children that are code; a plain name that is bound is none."""
    match node:
        case cst.Call(func=cst.Name(value=called)) if called in LOOKERS:
            return [a.value for a in node.args if not isinstance(a.value, cst.Name)]
        case cst.Attribute() | cst.Arg():
            return [node.value]
        case cst.AssignTarget(target=cst.Name()):
            return []
        case _:
            return children(node)


def _looked_at(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children of which the node only looks at what is in them."""
    match node:
        case cst.Attribute() if node.attr.value in _READERS:
            return [node.value]
        case cst.Subscript():
            return [node.value]
        case cst.Comparison():
            return [node.left]
        case cst.ComparisonTarget():
            return [node.comparator]
        case cst.For() | cst.CompFor():
            return [node.iter]
        case cst.If() | cst.While() | cst.IfExp():
            return [node.test]
        case cst.UnaryOperation(operator=cst.Not()):
            return [node.expression]
        case _:
            return []


def _is_name(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name
