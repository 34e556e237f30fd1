"""What travels in place of data of the standard library that has no form on the wire."""

from __future__ import annotations

import builtins
from typing import Final, NamedTuple

from motetc.ir.types import Declared, Type
from motetc.ir.typetext import short


class Instead(NamedTuple):
    """The type that is sent, and the expression that makes it of a value at the `{}`."""

    type: str
    made: str


_TEXT: Final = Instead("str", "str({})")
_BYTES: Final = Instead("bytes", "bytes({})")
_LIST: Final = Instead("list", "list({})")
_DICT: Final = Instead("dict", "dict({})")
_PARTS: Final = Instead("tuple", "tuple({})")
_INSTEAD: Final = {
    "array.array": Instead("list", "{}.tolist()"),
    "builtins.bytearray": _BYTES,
    "builtins.memoryview": _BYTES,
    "builtins.range": _PARTS,
    "collections.Counter": _DICT,
    "collections.OrderedDict": _DICT,
    "collections.abc.Collection": _LIST,
    "collections.abc.MutableSet": Instead("set", "set({})"),
    "collections.defaultdict": _DICT,
    "collections.deque": _LIST,
    "complex": Instead("tuple[float, float]", "({0}.real, {0}.imag)"),
    "datetime.timezone": Instead("timedelta", "{}.utcoffset(None)"),
    "fractions.Fraction": Instead("tuple[int, int]", "{}.as_integer_ratio()"),
    "re.Pattern": Instead("str", "{}.pattern"),
    "types.MappingProxyType": _DICT,
    "zoneinfo.ZoneInfo": Instead("str", "str({})"),
    **{
        f"ipaddress.IPv{n}{what}": _TEXT
        for n in (4, 6)
        for what in ("Address", "Interface", "Network")
    },
    **{
        f"pathlib{inner}.{way}{kind}Path": _TEXT
        for inner in ("", "._local")  # where Python 3.13 has them
        for way in ("", "Pure")
        for kind in ("", "Posix", "Windows")
    },
}


def instead_of(t: Type) -> Instead | None:
    """What to send in place of values of a type, if it is one of these."""
    if t.kind == "other":
        if t.name.startswith("typing.Iterable["):
            return _PARTS
        return Instead("str", "{}.__name__") if t.name.startswith("type[") else None
    return _TEXT if _is_exception(t.name) else _INSTEAD.get(t.name)


def part_instead(
    t: Type, declared: Declared, seen: frozenset[str] = frozenset()
) -> tuple[str, Instead] | None:
    """The first part of a type that is one of these: what it is called, and what to send in its place."""
    instead = instead_of(t)
    if instead is not None:
        return short(t).partition("[")[0].rpartition(".")[2], instead
    decl = declared(t.name) if t.kind in ("class", "alias") and t.name not in seen else None
    inside = [*t.args, *(f.type for f in decl.fields), decl.target] if decl is not None else t.args
    seen |= {t.name}
    found = (part_instead(part, declared, seen) for part in inside if part is not None)
    return next(filter(None, found), None)


def _is_exception(name: str) -> bool:
    found = getattr(builtins, name.removeprefix("builtins."), None)
    return isinstance(found, type) and issubclass(found, BaseException)
