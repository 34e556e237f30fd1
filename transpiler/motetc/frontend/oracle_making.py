"""How instances of a dataclass are made: what its constructor takes of the fields, and which of them it may change.

What is received is to be what was sent, whatever an `__init__` of the class's own or `__post_init__` makes of it. Only
imported when mypy runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from mypy.nodes import (
    ARG_STAR,
    ARG_STAR2,
    AssignmentStmt,
    CallExpr,
    DelStmt,
    Expression,
    FuncDef,
    IndexExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    StarExpr,
    StrExpr,
    SuperExpr,
    SymbolTableNode,
    TupleExpr,
    TypeInfo,
    Var,
)
from mypy.types import CallableType, get_proper_type

from motetc.frontend.oracle_traverse import walk
from motetc.ir.types import Field, Type

MISSING: Final = "__init__"
"""What stands for the type of a parameter that is no field."""
_SETTERS: Final = ("__setattr__", "setattr")
_MUTATORS: Final = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse"}
    | {"setdefault", "sort", "update"}
)


def has_own_init(info: TypeInfo) -> bool:
    """Whether somebody wrote the constructor: in this class, or in one that it inherits from."""
    found = info.get("__init__")
    return found is not None and not found.plugin_generated and not _is_objects(found)


def is_sealed(info: TypeInfo) -> bool:
    """Whether a field cannot be assigned, or something else happens where it is."""
    mine = (entry.node for entry in info.names.values())
    return _sets(info) or any(isinstance(var, Var) and var.is_final for var in mine)


def as_made(info: TypeInfo, fields: Sequence[Field]) -> list[Field]:
    """The fields, as the constructor takes them, and what else it asks for; those that it may change are set again."""
    written = info.names.get("__init__")
    plain = written is not None and written.plugin_generated
    taken = [*fields] if plain else [*_taken(info.get("__init__"), fields)]
    changed = _changed(info)
    return [
        replace(f, again=True) if f.init and (changed is None or f.name in changed) else f
        for f in taken
    ]


def _taken(init: SymbolTableNode | None, fields: Sequence[Field]) -> Iterator[Field]:
    """The fields that somebody's constructor takes, by name unless it has them in order, and what else it needs."""
    signature = get_proper_type(init.type) if init is not None and init.type is not None else None
    if not isinstance(signature, CallableType) or None in signature.arg_names:
        yield from fields  # who knows: they are given in their order
        return
    params = [*zip(map(str, signature.arg_names), signature.arg_kinds, strict=True)][1:]
    if [kind for _, kind in params] == [ARG_STAR]:
        yield from fields
        return
    named = {name: kind for name, kind in params if not kind.is_star()}
    others = any(kind == ARG_STAR2 for _, kind in params)
    taken = [f.name for f in fields if f.name in named or others]
    in_order = [name for name, kind in named.items() if not kind.is_named()][: len(taken)] == taken
    for f in fields:
        yield replace(f, init=f.name in taken, kw_only=not in_order)
    for name, kind in named.items():
        if kind.is_required() and name not in taken:
            yield Field(name, Type("other", MISSING))


def _changed(info: TypeInfo) -> set[str] | None:
    """The fields that may not be in an instance as they were given to the constructor; None for all."""
    if has_own_init(info) or _sets(info):
        return None
    post = info.get("__post_init__")
    if post is None:
        return set()
    if (
        not isinstance(post.node, FuncDef) or not post.node.body.body
    ):  # of a module that is not read again
        return None
    return _assigned(post.node)


def _sets(info: TypeInfo) -> bool:
    found = info.get("__setattr__")
    return found is not None and not _is_objects(found)


def _is_objects(found: SymbolTableNode) -> bool:
    owner = getattr(found.node, "info", None)
    return owner is not None and owner.fullname == "builtins.object"


def _assigned(method: FuncDef) -> set[str] | None:
    """The attributes that a method assigns or changes in place; None if what it calls may assign others."""
    this = method.arg_names[0] if method.arg_names else None
    names, own = set[str](), set[Node]()
    every = [node for node, _ in walk(method.body)]
    for node in every:
        match node:
            case AssignmentStmt(lvalues=targets):
                names.update(name for target in targets for name in _changed_by(target))
            case OperatorAssignmentStmt(lvalue=target) | DelStmt(expr=target):
                names.update(_changed_by(target))
            case CallExpr(args=[whole, StrExpr(value=name), _]) if _called(node) in _SETTERS:
                names.add(name)
                own.add(whole)
            case CallExpr(callee=MemberExpr(expr=whole, name=name)) if name in _MUTATORS:
                names.update(_changed_by(whole))
            case CallExpr(callee=MemberExpr(expr=NameExpr(name=name))) if name == this:
                return None
            case SuperExpr():
                return None
            case MemberExpr(expr=whole):
                own.add(whole)
    bare = (node for node in every if isinstance(node, NameExpr) and node.name == this)
    return names if own.issuperset(bare) else None


def _called(call: CallExpr) -> str:
    return call.callee.name if isinstance(call.callee, MemberExpr | NameExpr) else ""


def _changed_by(target: Expression) -> Iterator[str]:
    """The attributes that an assignment to a target changes, of whatever they are."""
    match target:
        case TupleExpr(items=items) | ListExpr(items=items):
            for item in items:
                yield from _changed_by(item)
        case StarExpr(expr=inner) | IndexExpr(base=inner):
            yield from _changed_by(inner)
        case MemberExpr(expr=NameExpr(), name=name):
            yield name
        case MemberExpr(expr=inner):
            yield from _changed_by(inner)
