"""Codecs of collections, given the codecs of what is in them.

`at` names the field that holds the collection, for the path of an error. Collections of plain scalars
are checked all at once, and travel as they are.
"""

# ruff: noqa: D103 (pairs of one pattern, which the docstring above describes)
from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence, Sized
from collections.abc import Set as AbstractSet
from operator import length_hint
from typing import Any, Final, TypeGuard, TypeVar

from motet.codec_errors import (
    KINDS,
    CodecError,
    DecodeError,
    EncodeError,
    TooDeep,
    fits,
    misfit,
    mistyped,
    outside,
    shown,
    wrong_data,
    wrong_value,
)
from motet.codec_scalars import (
    decode_bool,
    decode_bytes,
    decode_float,
    decode_int,
    decode_str,
    encode_bool,
    encode_bytes,
    encode_float,
    encode_int,
    encode_str,
)

S = TypeVar("S")
T = TypeVar("T")
K = TypeVar("K")
H = TypeVar("H", bound=Hashable)
V = TypeVar("V")
C = TypeVar("C", bound=Sized)

LONG: Final = 16
"""How many items it takes for a loop in C to pay for its preparation."""

PLAIN: Final[dict[Callable[[Any], object], type]] = {
    encode_bool: bool,
    decode_bool: bool,
    encode_int: int,
    decode_int: int,
    encode_float: float,
    decode_float: float,
    encode_str: str,
    decode_str: str,
    encode_bytes: bytes,
    decode_bytes: bytes,
}


def within(step: str, convert: Callable[[S], T], item: S) -> T:
    """Convert what is at `step` of something; an error says so."""
    try:
        return convert(item)
    except CodecError as error:
        error.add(step)
        raise
    except RecursionError:
        raise TooDeep(step) from None


def is_list(data: object, kind: type[T]) -> TypeGuard[list[T]]:
    """Whether this is a list of scalars of exactly this class; ints may stand for floats, bools for both."""
    return type(data) is list and (all_of(data, kind) or _stand_for(kind, data))


def is_dict(data: object, kind: type[T]) -> TypeGuard[dict[str, T]]:
    """The same of a dict's values; its keys are text."""
    if type(data) is not dict:
        return False
    for key, item in data.items():
        if type(key) is not str or type(item) is not kind:
            return all_of(data, str) and _stand_for(kind, data.values())
    return True


def encode_list(value: list[T], item: Callable[[T], object], at: str = "") -> object:
    if type(value) is not list:
        raise outside(wrong_value("list", value), at)
    return value if item in PLAIN and _plain(value, item) else _each(value, item, at)


def decode_list(data: object, item: Callable[[object], T], at: str = "") -> list[T]:
    if type(data) is not list:
        raise outside(wrong_data("list", data), at)
    return data if item in PLAIN and _plain(data, item) else _each(data, item, at)


def encode_tuple(value: tuple[T, ...], item: Callable[[T], object], at: str = "") -> object:
    if type(value) is not tuple:
        raise outside(wrong_value("tuple", value), at)
    return [*value] if _plain(value, item) else _each(value, item, at)


def decode_tuple(data: object, item: Callable[[object], T], at: str = "") -> tuple[T, ...]:
    if type(data) is not list:
        raise outside(wrong_data("tuple", data), at)
    return tuple(data) if _plain(data, item) else tuple(_each(data, item, at))


def encode_set(value: set[T], item: Callable[[T], object], at: str = "") -> object:
    if type(value) is not set:
        raise outside(wrong_value("set", value), at)
    return list(value) if _plain(value, item) else _each(value, item, at)


def decode_set(data: object, item: Callable[[object], T], at: str = "") -> set[T]:
    if type(data) is not list:
        raise outside(wrong_data("set", data), at)
    return _distinct(set, data if _plain(data, item) else _each(data, item, at), at)


def encode_frozenset(value: frozenset[T], item: Callable[[T], object], at: str = "") -> object:
    if type(value) is not frozenset:
        raise outside(wrong_value("frozenset", value), at)
    return list(value) if _plain(value, item) else _each(value, item, at)


def decode_frozenset(data: object, item: Callable[[object], T], at: str = "") -> frozenset[T]:
    if type(data) is not list:
        raise outside(wrong_data("frozenset", data), at)
    return _distinct(frozenset, data if _plain(data, item) else _each(data, item, at), at)


def encode_dict(value: dict[str, V], item: Callable[[V], object], at: str = "") -> object:
    """A dict whose keys are str is a map on the wire."""
    if type(value) is dict and _plain_dict(value, item):
        return value
    if type(value) is not dict or not all_of(value, str):
        raise outside(wrong_value("dict with str keys", value), at)
    return dict(zip(value, _each(value.values(), item, at, [*value]), strict=True))


def decode_dict(data: object, item: Callable[[object], V], at: str = "") -> dict[str, V]:
    if type(data) is dict and _plain_dict(data, item):
        return data
    if type(data) is not dict or not all_of(data, str):
        raise outside(wrong_data("dict with str keys", data), at)
    return dict(zip(data, _each(data.values(), item, at, [*data]), strict=True))


def encode_pairs(
    value: dict[K, V], key: Callable[[K], object], item: Callable[[V], object], at: str = ""
) -> object:
    """A dict with other keys is an array of pairs on the wire."""
    if type(value) is not dict:
        raise outside(wrong_value("dict", value), at)
    names = [*value]
    keys = names if _plain(names, key) else _each(names, key, at, names)
    return [*map(list, zip(keys, _each(value.values(), item, at, names), strict=True))]


def decode_pairs(
    data: object, key: Callable[[object], H], item: Callable[[object], V], at: str = ""
) -> dict[H, V]:
    if type(data) is not list:
        raise outside(wrong_data("list of pairs", data), at)
    for index, pair in enumerate(data):
        if type(pair) is not list or len(pair) != 2:
            raise outside(wrong_data("pair of key and value", pair), f"{at}[{index}]")
    keys = _each([pair[0] for pair in data], key, at)
    values = _each([pair[1] for pair in data], item, at, keys)
    _distinct(frozenset, keys, at)
    return dict(zip(keys, values, strict=True))


def as_list(value: Sequence[T], at: str = "") -> list[T]:
    """Any sequence but text, as the list that it arrives as."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return list(value)
    raise outside(wrong_value("sequence", value), at)


def as_dict(value: Mapping[K, V], at: str = "") -> dict[K, V]:
    """Any mapping, as the dict that it arrives as."""
    if isinstance(value, Mapping):
        return dict(value)
    raise outside(wrong_value("mapping", value), at)


def as_frozenset(value: AbstractSet[T], at: str = "") -> frozenset[T]:
    """Any set, as the frozenset that it arrives as."""
    if isinstance(value, AbstractSet):
        return frozenset(value)
    raise outside(wrong_value("set", value), at)


def mistyped_in(
    value: object, kind: type, encode: Callable[[Any], object], at: str = ""
) -> CodecError:
    """Say which item of a list or tuple to be sent is wrong, by the encoder of one."""
    if not isinstance(value, list | tuple) or type(value) is not kind:
        return outside(wrong_value(kind.__name__, value), at)
    return _first_error(value, encode, at) or outside(EncodeError(f"not a {kind.__name__}"), at)


def misfit_in(
    data: object, kind: type, width: int, decode: Callable[[Any], object], at: str = ""
) -> CodecError:
    """Say what is wrong with items of `width` parts each, all in one array, by the decoder of one."""
    if type(data) is not list:
        return outside(wrong_data(kind.__name__, data), at)
    items = [data[start : start + width] for start in range(0, len(data), width)]
    return _first_error(items, decode, at) or outside(DecodeError(f"not a {kind.__name__}"), at)


def mistyped_tuples(value: object, kind: type, *parts: object, at: str = "") -> CodecError:
    """Say which of the tuples in a list or tuple to be sent is wrong, given the types of what is in each."""

    def check(item: object) -> None:
        if type(item) is not tuple or len(item) != len(parts) or not all(map(fits, parts, item)):
            raise mistyped(item, tuple, *parts)

    return mistyped_in(value, kind, check, at)


def misfit_tuples(data: object, kind: type, *parts: object, at: str = "") -> CodecError:
    """Say which of the tuples in one array of all that is in them is wrong, given the types of what is in each."""

    def check(item: list[object]) -> None:
        if len(item) != len(parts) or not all(map(fits, parts, item)):
            raise misfit(item, tuple, *parts)

    return misfit_in(data, kind, len(parts), check, at)


def _first_error(
    items: Collection[Any], convert: Callable[[Any], object], at: str
) -> CodecError | None:
    try:
        _each(items, convert, at)
    except CodecError as error:
        return error
    return None


def fields_of(data: object, of: str, count: int) -> list[Any]:
    """The wire form of something that has `count` fields."""
    if type(data) is not list:
        raise wrong_data(of, data)
    if len(data) != count:
        raise DecodeError(f"expected the {count} fields of {of}, got {len(data)}")
    return data


def check_keys(
    value: object, of: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    """Refuse what is not a dict of the required keys, and optional ones."""
    if type(value) is not dict:
        raise wrong_value(of, value)
    missing = [key for key in required if key not in value]
    strange = [key for key in value if key not in required and key not in optional]
    if missing or strange:
        what = f"lacks {missing[0]!r}" if missing else f"has the key {shown(strange[0])}"
        raise EncodeError(f"not a {of}: it {what}")


def check_present(data: object, optional: tuple[str, ...]) -> None:
    """Refuse what is not a map of some of the optional keys."""
    if type(data) is not dict:
        raise wrong_data("dict of optional keys", data)
    strange = [key for key in data if key not in optional]
    if strange:
        raise DecodeError(f"unknown key {shown(strange[0])}")


def _plain(items: Collection[Any], convert: Callable[[Any], object]) -> bool:
    """Whether all items are scalars that `convert` would give back as they are."""
    kind = PLAIN.get(convert)
    return kind is not None and (all_of(items, kind) or _stand_for(kind, items))


def _plain_dict(items: dict[Any, Any], convert: Callable[[Any], object]) -> bool:
    """The same of the values of a dict whose keys are all str."""
    kind = PLAIN.get(convert)
    if kind is None:
        return False
    for key, item in items.items():  # noqa: SIM110  # as in `all_of`
        if type(key) is not str or type(item) is not kind:
            return False
    return True


def all_of(items: Collection[object], kind: type) -> bool:
    """Whether all items are of exactly this class."""
    if len(items) >= LONG:
        return [*map(type, items)].count(kind) == len(items)  # a set of the types takes longer
    for item in items:  # noqa: SIM110  # a generator takes twice as long
        if type(item) is not kind:
            return False
    return True


def _stand_for(kind: type, items: Iterable[Any]) -> bool:
    """Whether all are numbers of classes that are taken for this one."""
    return kind in KINDS and frozenset(KINDS[kind]).issuperset(map(type, items))


def _each(
    items: Collection[Any],
    convert: Callable[[Any], T],
    at: str,
    names: Sequence[object] | None = None,
) -> list[T]:
    """All items, converted; an error names the item by its index, or by its key in `names`."""
    rest = iter(items)
    try:
        return [*map(convert, rest)]
    except CodecError as error:
        error.add(_step(at, len(items) - length_hint(rest) - 1, names))
        raise
    except RecursionError:
        raise TooDeep(_step(at, len(items) - length_hint(rest) - 1, names)) from None


def _step(at: str, index: int, names: Sequence[object] | None) -> str:
    return f"{at}[{index if names is None else shown(names[index])}]"


def _distinct(build: Callable[[Iterable[T]], C], items: list[T], at: str) -> C:
    """The set or dict of these items, of which no two may be the same."""
    try:
        built = build(items)
    except TypeError as error:
        raise outside(DecodeError(str(error)), at) from None
    if len(built) != len(items):
        raise outside(DecodeError("the same key or item twice"), at)
    return built
