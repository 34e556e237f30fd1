"""Types with type variables in them. What stands for a location, in a member's id or elsewhere, is none of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from motetc.ir.types import Type


def names_location(t: Type) -> bool:
    """Whether a type is a location, or a variable that stands for one: nothing of it travels."""
    return t.kind == "location" or (t.kind == "typevar" and bool(t.args))


def typevars(t: Type) -> list[Type]:
    """The type variables in a type, each once, in order."""
    found = [t] if t.kind == "typevar" and not names_location(t) else []
    inside = t.args if t.kind not in ("member", "typevar") else ()
    for arg in inside:
        found += [v for v in typevars(arg) if v not in found]
    return found


def blurred(target: Type) -> Type | None:
    """The variable of a generic alias of which mypy cannot tell what it stands for: all of `X | None` may be X."""
    free = [arg for arg in target.args if arg.kind == "typevar"] if target.kind == "union" else []
    if len(free) > 1 or (free and not all(map(typevars, target.args))):
        return free[0]
    return next(filter(None, map(blurred, target.args)), None)


def substituted(t: Type, given: Mapping[str, Type]) -> Type:
    """A type with others in the place of its type variables; a union in a union becomes part of it."""
    if t.kind == "typevar":
        return given.get(t.name, t)
    args = tuple(substituted(arg, given) for arg in t.args) if t.kind != "member" else t.args
    if t.kind == "union":
        parts = (arg.args if arg.kind == "union" else (arg,) for arg in args)
        args = tuple(dict.fromkeys(part for several in parts for part in several))
        if len(args) == 1:
            return args[0]
    return replace(t, args=args, said=t.said if args == t.args else None)
