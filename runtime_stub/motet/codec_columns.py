"""Codecs of batches: numbers are packed, records travel as columns.

A batch of ints of 32 bits, or of floats, is what `marshal` makes of their list in version 2: `[`, their
number, and each one's bits behind a letter (`i` and 4 bytes, or `g` and 8, little-endian). marshal
gives these letters to exactly these types, so that to see the letters at their places checks all
types, and takes a tenth of the time of looking at each. Larger ints are their 64 bits, behind one
letter for all (`q`). What does not fit (still larger ints, ints among floats) and what is short is a
list. A batch of records whose fields are scalars is their number and, field by field, a list of all their
values, or the bits of these. In a generic choreography, whose caller brings the codec of the elements, that
says whether they are numbers. Batches of anything else are lists like any other: tuples and records of plain
fields are one array of all their fields, which takes within a tenth as long as columns would.
"""

# ruff: noqa: D103 (pairs of one pattern, which the docstring above describes)
from __future__ import annotations

import struct
from collections.abc import Callable, Collection
from functools import lru_cache, partial
from marshal import dumps, loads
from typing import Any, Final, TypeVar

from motet.codec_collections import LONG, all_of, decode_list, encode_list
from motet.codec_errors import CodecError, DecodeError
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

T = TypeVar("T")

VERSION: Final = 2
"""Of marshal: the latest that writes numbers as their bits and has no references."""

HEAD: Final = struct.Struct("<cI")
HEAD_SIZE: Final = HEAD.size
NO_HEAD: Final = b"?"
INT: Final = b"i"
FLOAT: Final = b"g"
WIDE: Final = b"q"
SIZES: Final = {INT: 5, FLOAT: 9}
"""Bytes of a letter and what follows it."""
KNOWN: Final = 128 * 1024
"""Bytes up to which it is kept how numbers look: more than batches have, and others would add up."""


def uniform(items: Collection[object], kind: type) -> bool:
    """Whether there are enough items for packing to pay, all of exactly this class."""
    return len(items) >= LONG and all_of(items, kind)


@lru_cache(maxsize=256)
def _form(size: int, letter: bytes) -> tuple[bytes, bytes]:
    """The head and the letters of numbers that take so many bytes with them."""
    count, rest = divmod(size - HEAD_SIZE, SIZES[letter])
    return (NO_HEAD, b"") if rest or count <= 0 else (HEAD.pack(b"[", count), letter * count)


def _lettered(data: bytes, letter: bytes) -> bool:
    """Whether these are numbers of one kind, each behind its letter, and nothing else."""
    form = _form if len(data) <= KNOWN else _form.__wrapped__
    head, letters = form(len(data), letter)
    return data[HEAD_SIZE :: SIZES[letter]] == letters and data[:HEAD_SIZE] == head


def _with_letters(items: list[T], letter: bytes) -> bytes | None:
    """The numbers like that; None if another type is among them, or one that is too large."""
    try:
        data = dumps(items, VERSION)
    except ValueError:  # something that marshal does not know
        return None
    return data if _lettered(data, letter) else None


def encode_ints(value: list[int]) -> object:
    if type(value) is list and len(value) >= LONG:
        first = value[0]
        if type(first) is int and first.bit_length() < 32:
            data = _with_letters(value, INT)
            if data is not None:
                return data
        if all_of(value, int):
            try:
                return WIDE + struct.pack(f"<{len(value)}q", *value)
            except struct.error:  # too large for it
                pass
    return encode_list(value, encode_int)


def decode_ints(data: object) -> list[int]:
    if type(data) is not bytes:
        return decode_list(data, decode_int)
    if _lettered(data, INT):
        return _numbers(data)
    count, rest = divmod(len(data) - 1, 8)
    if data[:1] != WIDE or rest or not count:
        raise DecodeError(f"no ints in {len(data)} bytes that begin with {data[:1]!r}")
    return [*struct.unpack_from(f"<{count}q", data, 1)]


def encode_floats(value: list[float]) -> object:
    if type(value) is list and len(value) >= LONG:
        data = _with_letters(value, FLOAT)
        if data is not None:
            return data
    return encode_list(value, encode_float)


def decode_floats(data: object) -> list[float]:
    if type(data) is not bytes:
        return decode_list(data, decode_float)
    if not _lettered(data, FLOAT):
        raise DecodeError(f"no floats in {len(data)} bytes that begin with {data[:1]!r}")
    return _numbers(data)


def _numbers(data: bytes) -> list[Any]:
    """What the letters stand before: nothing else is there, so marshal can make nothing else of it."""
    numbers: list[Any] = loads(data)
    return numbers


def encode_batch(value: list[T], item: Callable[[T], object]) -> object:
    whole = BATCHES.get(item)
    return encode_list(value, item) if whole is None else whole(value)


def decode_batch(data: object, item: Callable[[object], T]) -> list[T]:
    whole = BATCHES.get(item)
    return decode_list(data, item) if whole is None else whole(data)


BATCHES: Final[dict[Callable[..., Any], Callable[[Any], Any]]] = {
    encode_int: encode_ints,
    decode_int: decode_ints,
    encode_float: encode_floats,
    decode_float: decode_floats,
}
"""What does for a batch what a codec does for an element: where a generic choreography is given that one alone."""


CODECS: Final[dict[type, tuple[Callable[[Any], object], Callable[[object], Any]]]] = {
    int: (encode_ints, decode_ints),
    float: (encode_floats, decode_floats),
    bool: (partial(encode_list, item=encode_bool), partial(decode_list, item=decode_bool)),
    str: (partial(encode_list, item=encode_str), partial(decode_list, item=decode_str)),
    bytes: (partial(encode_list, item=encode_bytes), partial(decode_list, item=decode_bytes)),
}
"""How the values of a field travel, by their class: numbers packed, others as the lists that they are."""


def in_columns(data: object) -> bool:
    """Whether this is a batch of records as columns: it begins with their number."""
    return type(data) is list and bool(data) and type(data[0]) is int and data[0] > 0


def encode_column(column: list[T], kind: type[T], name: str) -> object:
    """One field of all records, of this scalar class; an error names the record, then the field."""
    try:
        return CODECS[kind][0](column)
    except CodecError as error:
        raise _named(error, name) from None


def decode_column(data: object, count: int, kind: type[T], name: str) -> list[T]:
    """The same back, as many values as there are records."""
    try:
        column: list[T] = CODECS[kind][1](data)
    except CodecError as error:
        raise _named(error, name) from None
    if len(column) != count:
        raise DecodeError(f"{len(column)} values for {count} records", name)
    return column


def _named(error: CodecError, name: str) -> CodecError:
    error.steps.insert(1 if error.steps else 0, name)
    return error
