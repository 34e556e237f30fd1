"""Codecs of batches: numbers are packed, records travel as columns.

A batch of ints is their 64 or 32 bits, little-endian, behind a letter that says which (`q` or `i`); one
of floats likewise (`d`). What does not fit (larger ints, ints among floats) and what is short is a
list. A batch of records whose fields are scalars is their number and, field by field, a list of all their
values, or the bits of these. Batches of anything else are lists like any other: tuples and records of plain
fields are one array of all their fields, which takes within a tenth as long as columns would.
"""

# ruff: noqa: D103 (pairs of one pattern, which the docstring above describes)
from __future__ import annotations

import struct
from collections.abc import Callable, Collection
from functools import partial
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

SIZES: Final = {b"i": 4, b"q": 8}


def uniform(items: Collection[object], kind: type) -> bool:
    """Whether there are enough items for packing to pay, all of exactly this class."""
    return len(items) >= LONG and all_of(items, kind)


def encode_ints(value: list[int]) -> object:
    if type(value) is list and uniform(value, int):
        for kind in "iq":
            try:
                return struct.pack(f"<c{len(value)}{kind}", kind.encode(), *value)
            except struct.error:  # too large for it
                pass
    return encode_list(value, encode_int)


def decode_ints(data: object) -> list[int]:
    if type(data) is not bytes:
        return decode_list(data, decode_int)
    size = SIZES.get(data[:1])
    count, rest = divmod(len(data) - 1, size) if size else (0, 1)
    if rest or not count:
        raise DecodeError(f"no ints in {len(data)} bytes that begin with {data[:1]!r}")
    return [*struct.unpack_from(f"<{count}{chr(data[0])}", data, 1)]


def encode_floats(value: list[float]) -> object:
    if type(value) is list and uniform(value, float):
        return struct.pack(f"<c{len(value)}d", b"d", *value)
    return encode_list(value, encode_float)


def decode_floats(data: object) -> list[float]:
    if type(data) is not bytes:
        return decode_list(data, decode_float)
    count, rest = divmod(len(data) - 1, 8)
    if data[:1] != b"d" or rest or not count:
        raise DecodeError(f"no floats in {len(data)} bytes that begin with {data[:1]!r}")
    return [*struct.unpack_from(f"<{count}d", data, 1)]


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
