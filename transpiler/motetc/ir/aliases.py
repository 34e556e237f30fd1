"""Recursive aliases, which mypy unfolds once where a value is looked at, without what is part of another part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from motetc.ir.generic_types import substituted
from motetc.ir.types import Declared, Type


def folded(t: Type, declared: Declared) -> Type:
    """The alias that a union is the meaning of; of a part of that, all that belongs to it; anything else as it is."""
    if t.kind == "union":
        for alias in _aliases(t):
            target = _target(alias, declared)
            if target is not None and {*t.args} <= {*target.args}:
                parts = tuple(p for p in target.args if _belongs(p, t.args, declared))
                return alias if parts == target.args else replace(t, args=parts)
    return t


def _aliases(t: Type) -> Iterator[Type]:
    if t.kind == "alias":
        yield t
    for arg in t.args:
        yield from _aliases(arg)


def _target(alias: Type, declared: Declared) -> Type | None:
    decl = declared(alias.name)
    if decl is None or decl.target is None:
        return None
    return substituted(decl.target, dict(zip(decl.params, alias.args, strict=False)))


def _belongs(part: Type, parts: Sequence[Type], declared: Declared) -> bool:
    """Whether a part is there, if only as part of another: `bool` of `int`, which mypy leaves out beside it."""
    return part in parts or any(_is_within(part, other, declared) for other in parts)


def _is_within(part: Type, other: Type, declared: Declared) -> bool:
    """Whether each value of a type is one of the other, too, as far as names tell."""
    if part.kind == "literal":
        families = {part.name or type(value).__name__ for value in part.values}
        return families <= {other.name, *(["int"] if families == {"bool"} else [])}
    if (part.kind, part.name) == ("scalar", "bool"):
        return other.name == "int"
    if part.kind == "newtype":
        return part.args[0] == other or _is_within(part.args[0], other, declared)
    return not part.args and part.kind in ("class", "enum") and _derives(part.name, other, declared)


def _derives(name: str, other: Type, declared: Declared) -> bool:
    decl = declared(name)
    bases = decl.bases if decl is not None else ()
    return any(base in (other.name, f"builtins.{other.name}") for base in bases) or any(
        _derives(base, other, declared) for base in bases if base != name
    )
