"""What is sent has the type that it has by itself, where what is around the message would leave it without one.

mypy takes `[x]` in `f(await a.send([x], to=b))` for a list of what `f` takes, be that anything. Only imported when mypy
runs.
"""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.nodes import CallExpr, MemberExpr
from mypy.plugin import MethodContext
from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    Instance,
    TupleType,
    TypeAliasType,
    UninhabitedType,
    UnionType,
    get_proper_type,
)
from mypy.types import Type as MypyType


def message_name(context: MethodContext) -> str:
    """The name of the operation; "" where it is a method that a class of the program has under that name."""
    receiver, call = context.type, context.context
    callee = call.callee if isinstance(call, CallExpr) else None
    if not isinstance(callee, MemberExpr) or not isinstance(receiver, Instance):
        return ""
    of = receiver.type.get_containing_type_info(callee.name)
    return callee.name if of is not None and of.module_name == "motet.locations" else ""


def alone(context: MethodContext) -> MypyType | None:
    """The type of a message without what is around it, if only that makes it vague, and it would do there, too.

    The types of all expressions in the message are then those that they have without it. What the message gives may
    stay as vague as it is: a variable that is declared so is to hold other values as well.
    """
    api, call = context.api, context.context
    assert isinstance(api, TypeChecker)
    around = api.expr_checker.type_context[-1]
    assert isinstance(call, CallExpr)
    if around is None or not _is_vague(context.default_return_type):
        return None
    with (
        api.msg.filter_errors() as errors,
        api.local_type_map as types,
        api.binder.frame_context(can_skip=False, discard=True),
    ):
        found = api.expr_checker.accept(call)
    if errors.has_new_errors() or _is_vague(found) or not is_subtype(found, around):
        return None
    api.store_types(types)
    return found


def _is_vague(given: MypyType) -> bool:
    """Whether values of a part of the type may be of many types that do not say so."""
    if isinstance(given, TypeAliasType) and given.is_recursive:
        return False
    match get_proper_type(given):
        case AnyType() | UninhabitedType():
            return True
        case Instance(type=info, args=args) if info.fullname == "typing.Coroutine":
            return _is_vague(args[-1])
        case Instance(type=info, args=args):
            vague = info.is_protocol or info.fullname == "builtins.object"
            return vague or any(map(_is_vague, args))
        case TupleType(items=items) | UnionType(items=items):
            return any(map(_is_vague, items))
    return False
