"""JSON forms of unions: which member a form is of. An object may name its class by the key `__class__`."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, get_origin

from motet.codec_errors import either
from motet.values_scalars import Misfit, spell, unfit

CLASS: Final = "__class__"


def read_union(
    bare: Sequence[Any], data: Any, path: str, read: Callable[[Any, Any, str], Any]
) -> Any:
    """The first member that fits: None, then what is not text, floats after ints, text last; and who takes the forms of
    others, too, after those: a datetime after dates, a decimal after numbers.

    Of classes of the program it must be the only one.
    """
    if data is None and types.NoneType in bare:
        return None
    rest = _of_class([member for member in bare if member is not types.NoneType], data, path)
    errors: list[Misfit] = []
    found: list[tuple[Any, Any]] = []
    for member in sorted(rest, key=lambda tp: (tp is str, _takes_more(tp, data), tp is float)):
        if found and not is_named(member):
            continue
        try:
            found.append((member, read(member, data, path)))
        except Misfit as error:
            errors.append(error)
        if found and not is_named(found[0][0]):
            break
    if found:
        return _only(found, data, path)
    if len(errors) == 1:
        raise errors[0]
    deeper = [error for error in errors if error.path != path]
    if len(deeper) == 1:
        raise deeper[0]
    raise unfit(either(spell(member) for member in bare), data, path)


def without_class(
    cls: type, data: dict[str, Any], names: Iterable[str], path: str
) -> dict[str, Any]:
    """The fields of an object, which may say of what class it is."""
    if CLASS not in data or CLASS in names:
        return data
    if not _is_called(cls, data[CLASS]):
        raise Misfit(path, f"a {cls.__name__} is wanted, not a {data[CLASS]!r}")
    return {name: part for name, part in data.items() if name != CLASS}


def _of_class(members: list[Any], data: Any, path: str) -> list[Any]:
    """The members that an object may be of, if it names its class."""
    if not isinstance(data, dict) or not isinstance(data.get(CLASS), str):
        return members
    named = [m for m in members if is_named(m)]
    found = [m for m in named if _is_called(get_origin(m) or m, data[CLASS])]
    if named and not found:
        raise Misfit(path, f"there is no {data[CLASS]!r} here, only {either(map(spell, named))}")
    return found or members


def _takes_more(member: Any, data: Any) -> bool:
    """Whether a scalar is also read from a form that it is not written in."""
    return member is datetime or (member is Decimal and not isinstance(data, str))


def _is_called(cls: type, name: object) -> bool:
    return name in (cls.__name__, f"{cls.__module__}.{cls.__qualname__}")


def is_named(member: Any) -> bool:
    """Whether a member is a class of a program's: a record or an enum."""
    cls = get_origin(member) or member
    record = is_dataclass(cls) or hasattr(cls, "__required_keys__") or hasattr(cls, "_fields")
    return record or (isinstance(cls, type) and issubclass(cls, Enum))


def _only(found: Sequence[tuple[Any, Any]], data: Any, path: str) -> Any:
    """The value, if all that fit are the same."""
    (first, value), *others = found
    for member, other in others:
        if type(other) is not type(value) or other != value or isinstance(other, dict):
            text = f"{spell(first)} and {spell(member)} have this form: say which, {_told(value, first, data)}"
            raise Misfit(path, text)
    return value


def _told(value: Any, member: Any, data: Any) -> str:
    """How the form says that it is of a member."""
    name = (get_origin(member) or member).__name__
    if isinstance(value, Enum):
        return f'"{name}.{value.name}"'
    return f'{{"{CLASS}": "{name}"{", …" if data else ""}}}'
