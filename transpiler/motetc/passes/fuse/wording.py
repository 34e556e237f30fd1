"""What names say: one of several, and what functions call their arguments."""

from __future__ import annotations

import builtins
import keyword
import re

RESERVED = frozenset((*dir(builtins), *keyword.kwlist))


def is_plural(name: str) -> bool:
    """Whether a name is that of several things, as far as its letters tell."""
    return name.endswith("s") and len(name) > 2 and not name.endswith("ss")


_PARAMETERS = re.compile(r"def (?:\[.*?\] )?\((.*?)\)(?: ->|$)")
_UNTOLD = ("self", "cls", "args", "kwargs", "obj", "object")


def last_parameter(function: str) -> str:
    """What a function, as mypy writes its type, calls the last argument that it needs; "" if that says nothing."""
    return (_needed(function) or [""])[-1]


def first_parameter(function: str) -> str:
    """The same of the first of two."""
    given = _needed(function)
    return given[0] if len(given) == 2 else ""


def _needed(function: str) -> list[str]:
    match = _PARAMETERS.match(function)
    given = re.split(r", (?=\*{0,2}\w+:)", match[1]) if match else []
    needed = (p.partition(":")[0] for p in given if not p.endswith("=") and " = " not in p)
    return [_telling(name) for name in needed]


def _telling(name: str) -> str:
    known = name.isidentifier() and not name.startswith("_") and name not in _UNTOLD
    return name if known else ""


def one_of(name: str) -> str:
    """What to call one of what a name in the plural means; "" if it is none, or that may not be a name."""
    one = singular(name) if is_plural(name) else ""
    return "" if one in RESERVED else one


def singular(name: str) -> str:
    """One of what a name in the plural means."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-2] if name.endswith(("sses", "xes", "ches", "shes")) else name[:-1]
