"""Names in generated codecs: of functions, of tags, and of locals that shadow nothing.

`encode_`/`decode_` and the class's name in snake case name the codec of a class. What `motet.codec`
already calls so (a user's class `Time`) gets the module in front.
"""

from __future__ import annotations

import builtins
import collections.abc
import re
from collections.abc import Iterable
from keyword import iskeyword
from unicodedata import normalize

from motetc.frontend.naming import snake
from motetc.ir.types import ClassDecl, Type
from motetc.ir.typetext import Name, literal_text, render_type, short

RUNTIME = frozenset(
    {"bool", "bytes", "date", "datetime", "decimal", "dict", "flag", "float", "frozenset", "int"}
    | {"list", "literal", "member_id", "none", "pairs", "registered", "set", "str", "time"}
    | {"timedelta", "tuple", "uuid", "column", "floats", "ints"}
)
LOCAL = frozenset({"data", "value"}) | frozenset(dir(builtins))
LOOP_LOCALS = frozenset({"at", "fields", "items", "row"})

_DOTTED = re.compile(r"[\w.]+")


def qualname(decl: ClassDecl) -> str:
    """The name of a class within its module; `motet.Failure` is defined elsewhere than it is found."""
    inside = decl.name.removeprefix(f"{decl.module}.")
    return inside if inside != decl.name else decl.name.rpartition(".")[2]


def stem(decl: ClassDecl) -> str:
    """What follows `encode_` and `decode_` in the codec of a class."""
    if decl.stem:
        return decl.stem
    own = snake(qualname(decl))
    return snake(f"{decl.module}.{own}") if own in RUNTIME else own


def wire_name(way: str, decl: ClassDecl) -> str:
    """The codec function of a class, as the namer wants to be asked for it."""
    return f"wire:{decl.module}.{way}_{stem(decl)}"


def limit_text(t: Type, name: Name) -> str:
    """What a type variable is limited to, as the module writes it: interfaces, too, of which we have mypy's text."""
    if t.kind == "location" and not t.name.startswith("motet."):
        return literal_text(render_type(t, name))  # it is in a location's module
    if t.kind != "other":
        return render_type(t, name)
    return _DOTTED.sub(lambda found: render_type(Type("class", _public(found[0])), name), t.name)


def _public(full: str) -> str:
    """mypy says `typing.Hashable`, which the standard library has come to call otherwise."""
    last = full.removeprefix("typing.")
    return f"collections.abc.{last}" if last in collections.abc.__all__ else full


def tags(members: Iterable[Type]) -> dict[Type, str]:
    """A tag for each of these members of a union: its name, with modules where names clash."""
    members = list(members)
    names = [short(t) for t in members]
    return {
        t: tag if names.count(tag) == 1 else render_type(t, lambda full: full)
        for t, tag in zip(members, names, strict=True)
    }


def local_names(fields: Iterable[str], taken: frozenset[str]) -> dict[str, str]:
    """A local for each field: the field's name, unless that is none or would hide something in use."""
    names: dict[str, str] = {}
    for field in fields:
        local = normalize("NFKC", field)  # as Python compares names
        local = local if local.isidentifier() else re.sub(r"\W", "_", f"_{local}")
        while iskeyword(local) or local in LOCAL or local in taken or local in names.values():
            local += "_"
        names[field] = local
    return names
