"""What the program calls the type of an expression, where it says so: in a signature, or where a variable is declared.

mypy takes aliases apart when it works out a type. Only imported when mypy runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from mypy import nodes
from mypy.nodes import Expression
from mypy.types import CallableType, Instance, UnionType, get_proper_type
from mypy.types import Type as MypyType


def as_declared(o: Expression, types: Mapping[Expression, MypyType]) -> MypyType | None:
    """The type of a call, of what a call awaits, of a variable or an attribute, as it was written."""
    match o:
        case nodes.CallExpr():
            function = get_proper_type(types.get(o.callee))
            return function.ret_type if isinstance(function, CallableType) else None
        case nodes.AwaitExpr():
            given = get_proper_type(as_declared(o.expr, types))
            awaited = isinstance(given, Instance) and given.type.fullname.endswith(".Coroutine")
            return given.args[-1] if isinstance(given, Instance) and awaited else None
        case nodes.MemberExpr() if o.node is None:
            owner = get_proper_type(types.get(o.expr))
            owners = map(get_proper_type, owner.items) if isinstance(owner, UnionType) else (owner,)
            first, *others = [_declared(_attribute(each, o.name)) for each in owners]
            return first if all(other == first for other in others) else None
        case nodes.RefExpr():
            return _declared(o.node)
    return None


def variable_of(o: Expression, types: Mapping[Expression, MypyType]) -> nodes.Var | None:
    """The variable that an expression names, or the attribute of a class."""
    node = o.node if isinstance(o, nodes.RefExpr) else None
    if isinstance(o, nodes.MemberExpr) and node is None:
        node = _attribute(get_proper_type(types.get(o.expr)), o.name)
    return node if isinstance(node, nodes.Var) else None


def _attribute(owner: MypyType | None, name: str) -> nodes.SymbolNode | None:
    if not isinstance(owner, Instance) or owner.args:
        return None
    symbol = owner.type.get(name)
    return symbol.node if symbol is not None else None


def _declared(node: nodes.SymbolNode | None) -> MypyType | None:
    return node.type if isinstance(node, nodes.Var) else None
