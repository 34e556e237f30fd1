"""Recursive aliases, which mypy unfolds once where a value of one is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from motetc.ir.types import ClassDecl, Type


def folded(t: Type, declared: Callable[[str], ClassDecl | None]) -> Type:
    """The alias that a union is the meaning of; anything else as it is."""
    if t.kind == "union":
        for alias in _aliases(t):
            decl = declared(alias.name)
            if decl is not None and not decl.params and decl.target == t:
                return alias
    return t


def _aliases(t: Type) -> Iterator[Type]:
    if t.kind == "alias":
        yield t
    for arg in t.args:
        yield from _aliases(arg)
