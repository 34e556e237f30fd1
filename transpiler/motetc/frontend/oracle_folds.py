"""What the members of a cluster fold, and what they fold it with. Only imported when mypy runs.

The stub gives the result a variable of its own, that what is around the call does not become what is folded; so it
cannot say that the function's result is folded again, and that the one value of a cluster of one is the result.
"""

from __future__ import annotations

import re
from typing import Final

from mypy.checker import TypeChecker
from mypy.errorcodes import ARG_TYPE
from mypy.messages import format_type
from mypy.nodes import ARG_POS, LambdaExpr
from mypy.plugin import MethodContext
from mypy.subtypes import is_subtype
from mypy.types import CallableType, FunctionLike, Instance, get_proper_type
from mypy.types import Type as MypyType

from motetc.frontend.oracle_alone import message_name

_NUMBERS: Final = frozenset({"bool", "complex", "float", "int"})
_OTHER: Final = re.compile(r'"\w+" folds "(.*)", and its function gives "(.*)"$')
_NOT_TAKEN: Final = re.compile(
    r'"\w+" folds "(.*)" with a function that gives "(.*)", which it does not take$'
)
FOLDS: Final = frozenset({"reduce", "all_reduce"})


def folded(context: MethodContext) -> MypyType:
    """The type of the call: that of what is folded where the function gives it, or less, whatever is around the call.
    Says what does not fit."""
    result, name = context.default_return_type, message_name(context)
    (value, *_), (kind, *_) = (*context.arg_types[0], None), (*context.arg_types[1], None)
    function = get_proper_type(kind)
    if value is None or not isinstance(function, FunctionLike):
        return result
    if not isinstance(function, CallableType) or function.variables:  # `max` is of what it is given
        return _with_result(result, value) if _takes(function, value) else result
    given = function.ret_type
    if not is_subtype(value, given):
        if is_subtype(given, value):
            return _with_result(result, value)
        says = f'"{name}" folds {{}}, and its function gives {{}}'
        _refuse(context, 0, says, value, given)
    elif _takes_two(function, value, given) and not _folds_again(context, function, given):
        says = f'"{name}" folds {{}} with a function that gives {{}}, which it does not take'
        _refuse(context, 1, says, value, given)
    return result


def _folds_again(context: MethodContext, function: CallableType, given: MypyType) -> bool:
    """Whether the function takes what it gives; a lambda is what it is checked as."""
    code = context.args[1][0]
    if not isinstance(code, LambdaExpr) or is_subtype(given, function.arg_types[0]):
        return isinstance(code, LambdaExpr) or _takes(function, given)
    api = context.api
    assert isinstance(api, TypeChecker)
    with (
        api.msg.filter_errors() as errors,
        api.local_type_map,
        api.binder.frame_context(can_skip=False, discard=True),
    ):
        api.expr_checker.accept(code, type_context=_again(function, given))
    return not errors.has_new_errors()


def _takes_two(function: CallableType, value: MypyType, given: MypyType) -> bool:
    """Whether it takes two of what is folded: if not, mypy says so."""
    return is_subtype(function, _again(function, value).copy_modified(ret_type=given))


def _again(function: FunctionLike, given: MypyType) -> CallableType:
    return CallableType([given, given], [ARG_POS] * 2, [None] * 2, given, function.fallback)


def _takes(function: FunctionLike, given: MypyType) -> bool:
    """Whether a function takes what it gives."""
    return is_subtype(function, _again(function, given))


def _with_result(result: MypyType, value: MypyType) -> MypyType:
    made = get_proper_type(result)
    return (
        made.copy_modified(args=[*made.args[:2], value]) if isinstance(made, Instance) else result
    )


def _refuse(
    context: MethodContext, argument: int, says: str, value: MypyType, given: MypyType
) -> None:
    options = context.api.options
    said = says.format(format_type(value, options), format_type(given, options))
    context.api.fail(said, context.args[argument][0], code=ARG_TYPE)


def fold_help(message: str, text: str) -> str:
    """What to do about a function that does not fit what is folded, the text of which is given; "" for other errors."""
    if found := _NOT_TAKEN.match(message):
        return f"what it gives is folded again: have it take `{found[2]}`, both times; or give `{found[1]}`"
    found = _OTHER.match(message)
    if found is None:
        return ""
    value, given = found.groups()
    makes = given in ("bool", "str") or {value, given} <= _NUMBERS
    other = f"; or fold `{given}({text})`" if makes and text else ""
    return f"have the function give `{value}`, as what is folded is{other}"
