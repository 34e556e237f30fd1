"""Which types can be keys, and which can be put in order: the part of a type that certainly cannot."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from motetc.ir.generic_types import substituted
from motetc.ir.types import ClassDecl, Declared, Type

Hashed = Callable[[ClassDecl], Container[str] | None]
"""The fields that the hash of a dataclass is made of, as far as that is known; None if it has no hash."""

_CHANGEABLE = frozenset({"list", "set", "dict", "bytearray", "collections.deque"})
_UNORDERED = frozenset({"None", "complex", "dict"})


def unhashable(
    found: Type, declared: Declared, hashed: Hashed, seen: frozenset[str] = frozenset()
) -> Type | None:
    """What of a type has no hash."""

    def first(parts: Iterable[Type]) -> Type | None:
        return _first(unhashable(part, declared, hashed, seen | {found.name}) for part in parts)

    match found.kind:
        case "tuple" | "vartuple" | "union" | "newtype":
            return first(found.args)
        case "collection":
            return found if found.name in _CHANGEABLE else None
        case "class" if found.name not in seen:
            decl = declared(found.name)
            if decl is None:
                return None
            given = dict(zip(decl.params, found.args, strict=False))
            if decl.kind == "namedtuple":
                return first(substituted(f.type, given) for f in decl.fields)
            if decl.kind == "dataclass":
                names = hashed(decl)
                fields = (f for f in decl.fields if names is not None and f.name in names)
                return found if names is None else first(substituted(f.type, given) for f in fields)
            return found if decl.kind == "typeddict" else None
        case _:
            return None


def incomparable(found: Type, declared: Declared) -> Type | None:
    """What of a type has no order. Of a tuple the first item counts: the others are compared where those are equal."""
    match found.kind:
        case "tuple" | "vartuple" | "newtype":
            return _first(incomparable(part, declared) for part in found.args[:1])
        case "union":
            return _first(incomparable(part, declared) for part in found.args)
        case "scalar":
            return found if found.name in _UNORDERED else None
        case "collection":
            if found.name == "list":
                return _first(incomparable(part, declared) for part in found.args)
            return found if found.name in _UNORDERED else None
        case "class" | "enum":
            decl = declared(found.name)
            return found if decl is not None and not decl.ordered else None
        case _:
            return None


def _first(parts: Iterable[Type | None]) -> Type | None:
    return next((part for part in parts if part is not None), None)
