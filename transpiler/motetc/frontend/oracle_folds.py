"""What the members of a cluster fold, and what they fold it with. Only imported when mypy runs.

The stub gives the result a variable of its own, that what is around the call does not become what is folded; so it
cannot say that the function's result is folded again, and that the one value of a cluster of one is the result.
"""

from __future__ import annotations

import re
from typing import Final

from mypy.errorcodes import ARG_TYPE
from mypy.messages import format_type
from mypy.nodes import ARG_POS, LambdaExpr
from mypy.plugin import MethodContext
from mypy.subtypes import is_subtype
from mypy.types import CallableType, Instance, get_proper_type
from mypy.types import Type as MypyType

_NUMBERS: Final = frozenset({"bool", "complex", "float", "int"})
_OTHER: Final = re.compile(r'"\w+" folds "(.*)", and its function gives "(.*)"$')
_NOT_TAKEN: Final = re.compile(
    r'"\w+" folds "(.*)" with a function that gives "(.*)", which it does not take$'
)
FOLDS: Final = (".reduce", ".all_reduce")


def folded(context: MethodContext) -> MypyType:
    """The type of the call, where the function gives less than what it takes that of what is folded; says what does
    not fit."""
    result = context.default_return_type
    if not _is_of_cluster(context):
        return result
    (value, *_), (kind, *_) = (*context.arg_types[0], None), (*context.arg_types[1], None)
    function = get_proper_type(kind)
    if value is None or not isinstance(function, CallableType) or function.variables:
        return result
    given = function.ret_type
    if not is_subtype(value, given):
        if is_subtype(given, value):
            return _with_result(result, value)
        _refuse(context, 0, "folds {}, and its function gives {}", value, given)
    elif not isinstance(context.args[1][0], LambdaExpr) and not _takes(function, given):
        _refuse(
            context,
            1,
            "folds {} with a function that gives {}, which it does not take",
            value,
            given,
        )
    return result


def _is_of_cluster(context: MethodContext) -> bool:
    receiver = context.type
    return isinstance(receiver, Instance) and receiver.type.has_base("motet.locations.Cluster")


def _takes(function: CallableType, given: MypyType) -> bool:
    """Whether a function takes what it gives; a lambda is what it is checked as."""
    again = CallableType([given, given], [ARG_POS] * 2, [None] * 2, given, function.fallback)
    return is_subtype(function, again)


def _with_result(result: MypyType, value: MypyType) -> MypyType:
    made = get_proper_type(result)
    return (
        made.copy_modified(args=[*made.args[:2], value]) if isinstance(made, Instance) else result
    )


def _refuse(
    context: MethodContext, argument: int, says: str, value: MypyType, given: MypyType
) -> None:
    call, options = context.context, context.api.options
    name = getattr(getattr(call, "callee", None), "name", "reduce")
    said = says.format(format_type(value, options), format_type(given, options))
    context.api.fail(f'"{name}" {said}', context.args[argument][0], code=ARG_TYPE)


def fold_help(message: str, text: str) -> str:
    """What to do about a function that does not fit what is folded, the text of which is given; "" for other errors."""
    if found := _NOT_TAKEN.match(message):
        return f"what it gives is folded again: have it take `{found[2]}`, both times"
    found = _OTHER.match(message)
    if found is None:
        return ""
    value, given = found.groups()
    makes = given in ("bool", "str") or {value, given} <= _NUMBERS
    other = f"; or fold `{given}({text})`" if makes and text else ""
    return f"have the function give `{value}`, as what is folded is{other}"
