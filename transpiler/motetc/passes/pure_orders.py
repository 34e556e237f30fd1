"""Sets that only types tell, in functions marked `@pure`: the order in which one goes over them is each location's own.

Runs when mypy has answered, after `promises.py`, which reads sets off the text alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import libcst as cst

from motetc.diagnostics.findings import Findings
from motetc.frontend.program import Program
from motetc.frontend.tree import nodes
from motetc.ir.answers import TypeIn, TypeOf
from motetc.ir.mutability import holds_set, is_set
from motetc.ir.types import Declared
from motetc.passes.chance import chance_of
from motetc.passes.promises import function_in, unordered_pure

_IN_ORDER: Final = frozenset(
    {
        "dict",
        "enumerate",
        "extend",
        "filter",
        "fromkeys",
        "iter",
        "join",
        "list",
        "map",
        "tuple",
        "zip",
    }
)
_ALIKE: Final = frozenset({"all", "any", "frozenset", "len", "max", "min", "set", "sorted", "sum"})
_TEXTS: Final = frozenset({"ascii", "format", "repr", "str"})


def check_pure_orders(
    program: Program,
    anywhere: TypeIn,
    declared: Declared,
    findings: Findings,
) -> None:
    """Report the first set of each function marked `@pure` whose order it goes by, if nothing was said of it before."""
    for full in sorted(program.pure):
        owner, name = program.split(full)
        node = function_in(owner, name) if owner is not None else None
        if owner is None or node is None or chance_of(program).asked(full):
            continue
        type_of = partial(anywhere, owner.name)
        if found := next(_orders(node, type_of, declared), None):
            what = "" if found[1] else "the set in "
            unordered_pure(findings, owner, node, f"the order of {what}`{owner.code(found[0])}`")


def _orders(
    function: cst.FunctionDef, type_of: TypeOf, declared: Declared
) -> Iterator[tuple[cst.BaseExpression, bool]]:
    """The values whose order the code of a function goes by, and whether they are sets, or have such in them."""
    inside = [*nodes(function.body)]
    alike = {id(arg.value) for node in inside for arg in _given_alike(node, type_of)}
    for node in inside:
        if id(node) not in alike:
            for gone in _gone_over(node, type_of):
                found = type_of(gone)
                if found is not None and is_set(found):
                    yield gone, True
        for shown in _shown(node):
            found = type_of(shown)
            if found is not None and holds_set(found, declared):
                yield shown, is_set(found)


def _called(node: cst.CSTNode) -> str:
    """The last name of what is called."""
    match node:
        case (
            cst.Call(func=cst.Name(value=name))
            | cst.Call(func=cst.Attribute(attr=cst.Name(value=name)))
        ):
            return name
    return ""


def _given_alike(node: cst.CSTNode, type_of: TypeOf) -> Iterator[cst.Arg]:
    """Comprehensions that are handed to what does not look at their order."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in _ALIKE:
        for arg in node.args[:1]:
            comprehension = isinstance(arg.value, (cst.GeneratorExp, cst.ListComp))
            if comprehension and not _looks(node, type_of):
                yield arg


def _looks(call: cst.Call, type_of: TypeOf) -> bool:
    """Whether a function that gives one value of many goes by their order after all: sums of floats, ties."""
    name = _called(call)
    if name == "sum":
        given = call.args[0].value
        parts = [given.elt] if isinstance(given, cst.BaseSimpleComp) else []
        found = [type_of(part) for part in parts] or [*getattr(type_of(given), "args", ())]
        return any(part is None or part.name in ("complex", "float") for part in found)
    keyed = any(arg.keyword is not None and arg.keyword.value == "key" for arg in call.args)
    return name in ("max", "min") and keyed


def _gone_over(node: cst.CSTNode, type_of: TypeOf) -> Iterator[cst.BaseExpression]:
    """What a node takes the elements of, one after the other, with a result that may show in which order."""
    match node:
        case cst.For(iter=gone):
            yield gone
        case (
            cst.ListComp(for_in=clause)
            | cst.GeneratorExp(for_in=clause)
            | cst.DictComp(for_in=clause)
        ):
            inner: cst.CompFor | None = clause
            while inner is not None:
                yield inner.iter
                inner = inner.inner_for_in
        case cst.StarredElement(value=gone) | cst.Arg(star="*", value=gone):
            yield gone
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Tuple() | cst.List())], value=gone):
            yield gone
        case cst.Call(func=cst.Attribute(value=gone, attr=cst.Name(value="pop")), args=[]):
            yield gone
        case cst.Call(args=args):
            name = _called(node)
            if name in _IN_ORDER or (name in _ALIKE and args and _looks(node, type_of)):
                yield from (arg.value for arg in args)


def _shown(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """What becomes part of a text, with the sets in it."""
    match node:
        case cst.FormattedStringExpression(expression=shown):
            yield shown
        case cst.Call(func=cst.Name(value=name), args=args) if name in _TEXTS:
            yield from (arg.value for arg in args)
