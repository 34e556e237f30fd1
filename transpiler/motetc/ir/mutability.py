"""What a type says of its values: whether they may change, if only by being read, and whether they have one order.

Stated to users in docs/reference/language.md; keep the two together.
"""

from __future__ import annotations

from motetc.ir.types import Declared, Type

_IMMUTABLE_CLASSES = frozenset(
    {
        "fractions.Fraction",
        "ipaddress.IPv4Address",
        "ipaddress.IPv4Interface",
        "ipaddress.IPv4Network",
        "ipaddress.IPv6Address",
        "ipaddress.IPv6Interface",
        "ipaddress.IPv6Network",
        "pathlib.PurePosixPath",
        "re.Match",
        "re.Pattern",
        "types.MappingProxyType",
        "zoneinfo.ZoneInfo",
    }
)


_ITERATORS = ("typing.Generator[", "typing.Iterator[")


LAZY = tuple(f"builtins.{name}" for name in ("enumerate", "filter", "map", "reversed", "zip"))
"""Python's own classes whose instances are used up as they are read."""
# Classes whose instances change when they are read.
ADVANCING = ("_io.", "itertools.", "random.Random", "random.SystemRandom", *LAZY)


_USED_UP = tuple(f"typing.{name}[" for name in ("Generator", "Iterator", "Iterable", "Reversible"))


# Reasons why mypy takes something for `Any` that the program gave; those of an error have their finding.
_SAID_ANY = frozenset({"explicit", "unannotated"})


_READ_ONLY = (
    "frozenset",
    "collections.abc.Mapping",
    "collections.abc.Sequence",
    "collections.abc.Set",
    "Mapping",
    "Sequence",
)


def has_pure_methods(type_: Type) -> bool:
    """Whether every method of a value's type is pure: the immutable builtin types."""
    if type_.kind == "union":
        return all(has_pure_methods(t) for t in type_.args)
    if type_.kind in ("scalar", "literal", "tuple", "vartuple", "member"):
        return True
    if type_.name.partition("[")[0] in _IMMUTABLE_CLASSES:
        return True
    if type_.kind == "newtype":
        return bool(type_.args) and has_pure_methods(type_.args[0])
    return type_.kind == "collection" and type_.name.endswith(_READ_ONLY)


def _is_view(type_: Type) -> bool:
    """Whether somebody else may change what can only be read here; those of members are `motet`'s own."""
    own = bool(type_.args) and type_.args[0].kind == "member"
    return not own and not type_.name.endswith("frozenset")


def frozen_by(type_: Type, declared: Declared) -> str:
    """What makes an immutable value of a list or a set, of items that do not change, or of what is used up as it is
    read; "" of anything else."""
    if type_.name.startswith(("typing.Generator[", "typing.Iterator[")):
        return "tuple"
    made = {"list": "tuple", "set": "frozenset"}.get(type_.name, "")
    changes = any(mutable_part(item, declared) is not None for item in type_.args)
    return "" if changes or type_.kind != "collection" else made


def is_set(type_: Type) -> bool:
    """Whether iterating over the value gives an order that hashes decide."""
    if type_.kind in ("union", "newtype"):
        return any(is_set(t) for t in type_.args)
    return type_.kind == "collection" and type_.name.endswith(("set", "Set"))


def holds_set(type_: Type, declared: Declared, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the text of a value shows such an order."""
    if is_set(type_) or any(holds_set(arg, declared, seen) for arg in type_.args):
        return True
    decl = declared(type_.name) if type_.kind in ("class", "alias") else None
    if decl is None or type_.name in seen:
        return False
    parts = [decl.target] if decl.target is not None else [part.type for part in decl.fields]
    return any(holds_set(part, declared, seen | {type_.name}) for part in parts)


def holds(type_: Type, name: str, declared: Declared, seen: frozenset[str] = frozenset()) -> bool:
    """Whether values of a type are instances of a class, or have such in them."""
    if type_.name == name or any(holds(arg, name, declared, seen) for arg in type_.args):
        return True
    decl = declared(type_.name) if type_.kind in ("class", "alias") else None
    if decl is None or type_.name in seen:
        return False
    parts = [decl.target] if decl.target is not None else [part.type for part in decl.fields]
    return any(holds(part, name, declared, seen | {type_.name}) for part in parts)


def is_used_up(type_: Type | None) -> bool:
    """Whether reading a value changes it: an iterator, a file, a generator of random numbers."""
    if type_ is None:
        return False
    if type_.kind == "other":
        return type_.name.startswith(_ITERATORS)
    return type_.kind == "class" and type_.name.startswith(ADVANCING)


def mutable_part(type_: Type, declared: Declared, seen: frozenset[str] = frozenset()) -> str | None:
    """Why two nodes cannot agree on values of a type for good: the mutable part; None if all of it is immutable."""
    if type_.kind == "any" and type_.name in _SAID_ANY:
        return "its type is `Any`, which may be mutable"
    if type_.kind in ("scalar", "enum", "literal", "member", "any", "location"):
        return None
    if type_.kind in ("tuple", "vartuple", "union", "newtype"):
        return _first_mutable(type_.args, declared, seen)
    if type_.kind == "collection":
        if not type_.name.endswith(_READ_ONLY):
            return f"`{type_.name.rpartition('.')[2]}` is mutable"
        if _is_view(type_):
            short = type_.name.rpartition(".")[2]
            return (
                f"a `{short}` may be a {'dict' if short == 'Mapping' else 'list'} that is changed"
            )
        return _first_mutable(type_.args, declared, seen)
    if type_.kind == "alias":
        if type_.name in seen:
            return None
        found = declared(type_.name)
        target = found.target if found else None
        return mutable_part(target, declared, seen | {type_.name}) if target else None
    if type_.kind == "class":
        return _mutable_class(type_, declared, seen)
    if type_.kind == "other" and type_.name.startswith(_USED_UP):
        return "an iterator is used up as it is read"
    if type_.kind == "other" and type_.name.startswith("typing."):
        return f"nothing says that `{type_.name.partition('[')[0].removeprefix('typing.')}` is immutable"
    return None


def _mutable_class(type_: Type, declared: Declared, seen: frozenset[str]) -> str | None:
    if type_.name in _IMMUTABLE_CLASSES:
        return _first_mutable(type_.args, declared, seen)
    decl = declared(type_.name)
    short = type_.name.rpartition(".")[2]
    if decl is None or type_.name in seen:
        return None
    if decl.kind == "typeddict":
        return f"the TypedDict `{short}` is mutable"
    if decl.kind == "dataclass" and not decl.frozen:
        return f"the dataclass `{short}` is not frozen"
    if decl.by_identity:
        return f"`{short}` is equal to itself alone (`eq=False`): a copy at another place is not"
    if decl.kind in ("dataclass", "namedtuple"):
        for part in decl.fields:
            why = mutable_part(part.type, declared, seen | {type_.name})
            if why is not None:
                return f"{why} (`{short}.{part.name}`)"
        return _first_mutable(type_.args, declared, seen)
    if decl.kind == "plain":
        return f"nothing says that `{short}` is immutable"
    return None


def _first_mutable(parts: tuple[Type, ...], declared: Declared, seen: frozenset[str]) -> str | None:
    return next((why for p in parts if (why := mutable_part(p, declared, seen)) is not None), None)
