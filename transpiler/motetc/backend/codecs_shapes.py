"""What types look like: on the wire, and as instances of runtime classes.

Both questions serve unions: members whose wire shapes differ are told apart by the shape, the others
are tagged; members of one runtime class are tried in turn when encoding.
"""

from __future__ import annotations

from collections.abc import Callable

from motetc.ir.types import ClassDecl, Declared, Type

SCALARS = {  # full name: (stem of the codec functions, shapes on the wire)
    "None": ("none", "nil"),
    "bool": ("bool", "bool"),
    "int": ("int", "int"),
    "float": ("float", "float int"),
    "str": ("str", "str"),
    "bytes": ("bytes", "bytes"),
    "datetime.datetime": ("datetime", "str"),
    "datetime.date": ("date", "str"),
    "datetime.time": ("time", "str"),
    "datetime.timedelta": ("timedelta", "int"),
    "decimal.Decimal": ("decimal", "str"),
    "uuid.UUID": ("uuid", "bytes"),
}
SEVERAL = {  # scalar: (what the runtime calls the classes that stand for it, these)
    "int": ("INTEGERS", ("int", "bool")),
    "float": ("NUMBERS", ("float", "int", "bool")),
}
PLAIN = frozenset({"None", "bool", "int", "float", "str", "bytes"})  # sent as they are
COLLECTIONS = {  # last part of the name: (what arrives, what makes that of anything that fits)
    "list": ("list", ""),
    "set": ("set", ""),
    "frozenset": ("frozenset", ""),
    "dict": ("dict", ""),
    "Sequence": ("list", "as_list"),
    "MutableSequence": ("list", "as_list"),
    "Mapping": ("dict", "as_dict"),
    "MutableMapping": ("dict", "as_dict"),
    "Set": ("frozenset", "as_frozenset"),
    "AbstractSet": ("frozenset", "as_frozenset"),
}
ANYTHING = frozenset({"bool", "int", "float", "str", "bytes", "array", "map"})  # never nil


def scalar(t: Type) -> str:
    """The name of a scalar, builtins without their module."""
    return t.name.removeprefix("builtins.")


def collection(t: Type) -> tuple[str, str]:
    """How a collection travels: a row of `COLLECTIONS`."""
    return COLLECTIONS[t.name.rpartition(".")[2]]


def str_keys(key: Type) -> bool:
    """Whether a dict with these keys is a map on the wire."""
    return key.kind == "scalar" and scalar(key) == "str"


def is_flag(decl: ClassDecl, decls: Declared) -> bool:
    """Whether an enum's members combine."""
    if any(base.rpartition(".")[2] in ("Flag", "IntFlag") for base in decl.bases):
        return True
    found = (decls(base) for base in decl.bases if base != decl.name)
    return any(is_flag(base, decls) for base in found if base is not None)


def shapes(t: Type, decls: Declared, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """The forms that values of a type may have on the wire."""
    match t.kind:
        case "scalar":
            return frozenset(SCALARS[scalar(t)][1].split())
        case "literal":
            return frozenset({"str"}) if t.name else frozenset(map(_value_shape, t.values))
        case "enum":
            decl = decls(t.name)
            return frozenset({"int" if decl and is_flag(decl, decls) else "str"})
        case "collection":
            as_map = collection(t)[0] == "dict" and str_keys(t.args[0])
            return frozenset({"map" if as_map else "array"})
        case "tuple" | "vartuple":
            return frozenset({"array"})
        case "member":
            return frozenset({"int"})
        case "newtype":
            return shapes(t.args[0], decls, seen)
        case "union":
            return frozenset().union(*(shapes(arg, decls, seen) for arg in t.args))
        case "class" | "alias":
            return _declared_shapes(t, decls, seen)
        case _:
            return ANYTHING


def _declared_shapes(t: Type, decls: Declared, seen: frozenset[str]) -> frozenset[str]:
    decl = decls(t.name)
    if decl is None or t.name in seen:
        return ANYTHING
    if decl.kind == "alias" and decl.target is not None:
        return shapes(decl.target, decls, seen | {t.name})
    return ANYTHING if decl.kind in ("codec", "plain") else frozenset({"array"})


def _value_shape(value: object) -> str:
    return "nil" if value is None else type(value).__name__


def _value_class(value: object) -> str:
    return "None" if value is None else type(value).__name__


def runtime_classes(t: Type, decls: Declared) -> frozenset[str]:
    """The exact classes of a type's values, `*` if only its codec can tell."""
    match t.kind:
        case "scalar":
            return frozenset({"float", "int"} if scalar(t) == "float" else {scalar(t)})
        case "literal":
            return frozenset({t.name} if t.name else map(_value_class, t.values))
        case "tuple" | "vartuple":
            return frozenset({"tuple"})
        case "collection":
            arrives, wrapper = collection(t)
            return frozenset({"*" if wrapper else arrives})
        case "newtype":
            return runtime_classes(t.args[0], decls)
        case "member":
            return frozenset({"motet.MemberId"})
        case "class" | "enum":
            decl = decls(t.name)
            is_dict = decl is not None and decl.kind == "typeddict"
            return frozenset({"dict" if is_dict else t.name})
        case _:
            return frozenset({"*"})


def alike(t: Type, members: tuple[Type, ...], of: Callable[[Type], frozenset[str]]) -> bool:
    """Whether a member of a union shares a shape, or a class, with another member.

    Next to `int`, `float` means floats alone.
    """
    has_int = any(m.kind == "scalar" and scalar(m) == "int" for m in members)

    def narrowed(m: Type) -> frozenset[str]:
        is_float = m.kind == "scalar" and scalar(m) == "float"
        return frozenset({"float"}) if is_float and has_int else of(m)

    mine = narrowed(t)
    others = [narrowed(m) for m in members if m != t]
    return any("*" in mine | other or mine & other for other in others)
