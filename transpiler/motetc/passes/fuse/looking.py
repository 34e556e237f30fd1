"""Functions of the module that only look at a collection that they are given: it need not be copied for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.frontend.tree import children, nodes, parameters
from motetc.ir.slices import SliceLive
from motetc.passes.fuse.fuser import Fuser
from motetc.passes.fuse.owning import LOOKERS, escapes, outlives

Functions = Callable[[str], cst.FunctionDef | None]
_VIEWS = frozenset({"items", "keys", "values"})


def is_handed_on(fuser: Fuser, live: SliceLive, name: str) -> bool:
    """Whether the body of a slice may change a collection, or keeps it, or hands it to who may."""

    def function(called: str) -> cst.FunctionDef | None:
        found = [s.node for s in fuser.module.statements if called in s.names]
        alone = len(found) == 1 and called not in fuser.bound
        return found[0] if alone and isinstance(found[0], cst.FunctionDef) else None

    leaves = (x.value for x in live.body.leaving)
    code: list[cst.CSTNode | None] = [step.node for step in live.body.steps]
    code += [
        value for value in leaves if not isinstance(value, cst.Name)
    ]  # of which a list is made
    return escapes(code, name, lent(code, name, function))


def lent(code: Sequence[cst.CSTNode | None], name: str, functions: Functions) -> frozenset[int]:
    """By identity, the arguments in some code that are a collection, of functions that only look at it."""
    calls = (n for each in code if each is not None for n in nodes(each) if isinstance(n, cst.Call))
    return frozenset(id(a) for call in calls for a in _looked_at(call, name, functions, ()))


def _looked_at(
    call: cst.Call, name: str, functions: Functions, seen: tuple[str, ...]
) -> Iterator[cst.BaseExpression]:
    called = call.func.value if isinstance(call.func, cst.Name) else ""
    function = functions(called) if called and called not in seen else None
    if function is None or any(arg.star for arg in call.args):
        return
    given = [p.name.value for p in parameters(function.params)]
    for index, arg in enumerate(call.args):
        if isinstance(arg.value, cst.Name) and arg.value.value == name:
            wanted = (
                arg.keyword.value
                if arg.keyword is not None
                else (given + [""] * len(call.args))[index]
            )
            if wanted in given and _only_looks(function, wanted, functions, (*seen, called)):
                yield arg.value


def _only_looks(
    function: cst.FunctionDef, name: str, functions: Functions, seen: tuple[str, ...]
) -> bool:
    """Whether a function does no more with an argument than look at it, while it runs."""
    body = function.body
    later = (cst.Yield, cst.Await, cst.FunctionDef, cst.ClassDef)
    if (
        function.decorators
        or function.asynchronous
        or any(isinstance(n, later) for n in nodes(body))
    ):
        return False
    if name in names_of(body).binds or outlives(body, name) or any(_views(body, name)):
        return False
    calls = (n for n in nodes(body) if isinstance(n, cst.Call))
    inner = frozenset(id(a) for call in calls for a in _looked_at(call, name, functions, seen))
    return not escapes([body], name, inner)


def _views(node: cst.CSTNode, name: str) -> Iterator[cst.CSTNode]:
    """The views of a dict that are kept: neither looped over nor taken in by a function of Python's."""
    match node:
        case cst.For(iter=each) | cst.CompFor(iter=each) if _is_view(each, name):
            inner = [c for c in children(node) if c is not each]
        case cst.Call(func=cst.Name(value=called), args=args) if called in LOOKERS:
            inner = [a.value for a in args if not _is_view(a.value, name)]
        case _ if _is_view(node, name):
            yield node
            return
        case _:
            inner = children(node)
    for child in inner:
        yield from _views(child, name)


def _is_view(node: cst.CSTNode, name: str) -> bool:
    match node:
        case cst.Attribute(value=cst.Name(value=found), attr=cst.Name(value=attr)):
            return found == name and attr in _VIEWS
        case cst.Call(func=func, args=[]):
            return _is_view(func, name)
        case _:
            return False
