"""Which types can be keys, and which can be put in order: the part of a type that certainly cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from motetc.ir.types import ClassDecl, Type

Declared = Callable[[str], ClassDecl | None]
_CHANGEABLE = frozenset({"list", "set", "dict", "bytearray", "collections.deque"})
_UNORDERED = frozenset({"None", "complex", "dict"})


def unhashable(
    found: Type, declared: Declared, hashless: Callable[[ClassDecl], bool]
) -> Type | None:
    """What of a type has no hash. `hashless`: whether a dataclass that is not frozen has none."""
    match found.kind:
        case "tuple" | "vartuple" | "union" | "newtype":
            return _first(unhashable(part, declared, hashless) for part in found.args)
        case "collection":
            return found if found.name in _CHANGEABLE else None
        case "class":
            decl = declared(found.name)
            if decl is None:
                return None
            if decl.kind == "namedtuple":
                parts = (unhashable(f.type, declared, hashless) for f in decl.fields)
                return _first(parts)
            changeable = decl.kind == "dataclass" and not decl.frozen and hashless(decl)
            return found if changeable or decl.kind == "typeddict" else None
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
