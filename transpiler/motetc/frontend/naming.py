"""Names for what has none of its own: after the expression that it comes from."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable
from typing import Final

import libcst as cst

from motetc.frontend.operation_forms import KINDS

_RESERVED: Final = frozenset((*dir(builtins), *keyword.kwlist))


def free_name(hint: str, is_taken: Callable[[str], bool]) -> str:
    """The name wished for, or the first of `hint_2`, `hint_3`, … that is free."""
    name, number = hint, 2
    while is_taken(name):
        name, number = f"{hint}_{number}", number + 1
    return name


def snake(name: str) -> str:
    """`HTTPQuote` and `Outer.Inner` as `http_quote` and `outer_inner`."""
    flat = name.replace(".", "_").strip("_")
    flat = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", flat)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", flat).lower()


def parameter(way: str, typevar: str) -> str:
    """The parameter that holds the codec of a type variable, of a generic codec or a net."""
    return f"{way}_{snake(typevar)}"


def local_name(expr: cst.BaseExpression) -> str:
    """What the value of an expression may be called in a function: what it is, if that is no name of Python's own."""
    name = argument_name(expr)
    return "" if name in _RESERVED else name


def argument_name(expr: cst.BaseExpression) -> str:
    """What an expression is called: a variable, an attribute, a function; "" if it has no name of its own."""
    match expr:
        case cst.Name():
            return "" if expr.value in ("None", "True", "False") else expr.value
        case cst.Attribute():
            return expr.attr.value
        case cst.Call():
            called = argument_name(expr.func)
            return snake(called) if called[:1].isupper() else called
        case cst.Await(
            expression=cst.Call(func=cst.Attribute(attr=cst.Name(value=kind)), args=[first, *_])
        ) if kind in KINDS:
            return argument_name(first.value)
        case cst.Await():
            return argument_name(expr.expression)
        case cst.Subscript():
            return argument_name(expr.value)
        case cst.NamedExpr():
            return argument_name(expr.target)
    return ""
