"""What a local function, a lambda or a generator reads when it is called or gone over, and not where it stands."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.frontend.scope import names_of
from motetc.frontend.tree import all_parameters, children
from motetc.passes.environment import Environment


def read_later(name: str, node: cst.CSTNode, env: Environment) -> frozenset[str]:
    """The local names that `name` will read, which some code binds: it may be one more name for such."""
    late = (read for value in _bound_to(name, node) for read in _late(value, env))
    found = frozenset(read for read in late if read in env.names and read != name)
    return found.union(*(env.names[read].reads for read in found))


def _bound_to(name: str, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    match node:
        case cst.FunctionDef(name=cst.Name(value=own)):
            if own == name:
                yield node
            return
        case cst.Assign(value=value, targets=targets):
            if any(_is_name(target.target, name) for target in targets):
                yield value
        case cst.AnnAssign(value=value, target=target):
            if value is not None and _is_name(target, name):
                yield value
        case cst.BaseExpression():
            return
    for child in children(node):
        yield from _bound_to(name, child)


def _is_name(target: cst.CSTNode, name: str) -> bool:
    return isinstance(target, cst.Name) and target.value == name


def _late(value: cst.CSTNode, env: Environment) -> Iterator[str]:
    match value:
        case cst.FunctionDef():
            plain = value.with_changes(params=cst.Parameters(), decorators=())
            given = {param.name.value for param in all_parameters(value.params)}
            yield from names_of(plain).reads - given
        case cst.Lambda():
            given = {param.name.value for param in all_parameters(value.params)}
            yield from names_of(value.body).reads - given
        case cst.GeneratorExp():
            at_once = value.with_deep_changes(value.for_in, iter=cst.Tuple([]))
            yield from names_of(at_once).reads
        case cst.Name(value=name) if name in env.names:
            yield from env.names[name].reads
        case cst.Call(
            func=cst.Name(value="filter" | "iter" | "map" | "partial" | "zip"), args=args
        ):
            for arg in args:
                yield from _late(arg.value, env)
