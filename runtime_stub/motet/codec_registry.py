"""Codecs that users give for classes of their own (or of libraries), and the choice among unions.

    class Money:
        def __motet_encode__(self) -> tuple[int, str]: ...
        @classmethod
        def __motet_decode__(cls, data: object) -> Self: ...

or, for a class that cannot be changed, `register_codec(Money, encode, decode)` at module level. What
`encode` answers must be made of what MessagePack knows; tuples reach `decode` as lists. Any exception
of `decode` is a `DecodeError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar, cast

from motet.codec_errors import CodecError, DecodeError, EncodeError, TooDeep, wrong_value
from motet.errors import text_of

T = TypeVar("T")
Pair = tuple[Callable[[Any], object], Callable[[Any], Any]]

SCALARS: Final = frozenset({bool, int, float, str, bytes, type(None)})
_registered: Final[dict[type, Pair]] = {}


def register_codec(cls: type[T], encode: Callable[[T], object], decode: Callable[[Any], T]) -> None:
    """Let instances of exactly this class travel, as what `encode` makes of them."""
    _registered[cls] = (encode, decode)


def registered(cls: type[Any]) -> Pair:
    """The codec of a class: the registered one, else the one that the class brings."""
    pair = _registered.get(cls)
    if pair is None and hasattr(cls, "__motet_encode__") and hasattr(cls, "__motet_decode__"):
        pair = (cls.__motet_encode__, cls.__motet_decode__)
    if pair is None:
        reason = f"no codec is registered for {cls.__name__}: call motet.register_codec"
        raise TypeError(reason)
    return pair


def encode_registered(value: T, cls: type[T]) -> object:
    """The wire form of an instance of a class with a codec of its own."""
    if type(value) is not cls:
        raise wrong_value(cls.__name__, value)
    try:
        data = registered(cls)[0](value)
        reason = _unsendable(data)
    except RecursionError:
        raise TooDeep from None
    except Exception as error:
        raise EncodeError(f"the codec of {cls.__name__}: {text_of(error)}") from error
    if reason:
        raise EncodeError(f"the codec of {cls.__name__} answered {reason}")
    return data


def decode_registered(data: object, cls: type[T]) -> T:
    """The instance that the class's own codec makes of its wire form."""
    try:
        value = registered(cls)[1](data)
    except RecursionError:
        raise TooDeep from None
    except Exception as error:
        raise DecodeError(f"the codec of {cls.__name__}: {text_of(error)}") from error
    if type(value) is not cls:
        raise DecodeError(f"the codec of {cls.__name__} answered {type(value).__name__}")
    return value


def _unsendable(data: object) -> str:
    """Why MessagePack cannot take this, or nothing. A bare None would read as an absent value."""
    if data is None:
        return "None, which already means that there is no value"
    strange = next(_strangers(data), None)
    return f"with {type(strange[0]).__name__} inside, which cannot travel" if strange else ""


def _strangers(data: object) -> Iterator[tuple[object]]:
    if type(data) in (list, tuple):
        for item in cast(list[object], data):
            yield from _strangers(item)
    elif type(data) is dict:
        for key, item in data.items():
            if type(key) is not str:
                yield (key,)
            yield from _strangers(item)
    elif type(data) not in SCALARS:
        yield (data,)


def first_fitting(value: T, *encoders: Callable[[Any], object]) -> object:
    """Encode a member of a union by the first encoder that takes it.

    For members of one class, which only their content tells apart: `list[int] | list[str]`.
    """
    reasons = []
    for encode in encoders:
        try:
            return encode(value)
        except TooDeep:
            raise
        except CodecError as error:
            reasons.append(str(error))
    raise EncodeError(f"no member of the union fits: {'; '.join(reasons)}")
