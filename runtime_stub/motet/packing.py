"""MessagePack as Motet uses it: integers of any size travel, nothing else is extended.

An integer beyond 64 bits is an extension of type 1 that holds its two's complement, big-endian, in
as few bytes as it needs. Arrays are read as lists. Every other extension type is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from typing import Final

from msgpack import ExtType, Packer, Unpacker, unpackb

BIG_INT: Final = 1
"""The extension type of integers beyond 64 bits."""

SMALL_BUFFER: Final = 16 * 1024
"""Bytes of an unpacker's buffer until more come at once: small frames stay in the processor's cache.

The package would take 1 MiB, and go round in it."""

MOST_FIELDS: Final = 15
ARRAYS: Final = tuple(bytes((0x90 | size,)) for size in range(MOST_FIELDS + 1))
"""The headers of short arrays."""

PAIR: Final = ARRAYS[2]

BYTES_FOLLOW: Final = struct.Struct(">BI").pack
"""The header of bytes: 0xC6 and their number."""

LARGEST_FRAME: Final = 16 * 1024 * 1024
"""Bytes that one message may have, unless configured otherwise."""


def pack_unknown(value: object) -> ExtType | list[object]:
    """Pack what the packer has no form for: large integers, and tuples, which it reads as lists."""
    if type(value) is tuple:
        return [*value]
    if isinstance(value, int):
        size = value.bit_length() // 8 + 1
        return ExtType(BIG_INT, value.to_bytes(size, "big", signed=True))
    raise TypeError(f"a {type(value).__name__} has no form on the wire")


def unpack_extension(code: int, data: bytes) -> object:
    """Read an extension; only large integers are known."""
    if code != BIG_INT:
        raise ValueError(f"unknown extension type {code}")
    return int.from_bytes(data, "big", signed=True)


def pack_apart(
    pack: Callable[[object], bytes], number: int, record: object, large: int
) -> list[bytes] | None:
    """`[number, record]` in pieces, of which those fields of the record that are `large` bytes are not copied.

    None if there are no such fields: it has to be packed as a whole.
    """
    fields: list[object] = record if type(record) is list else [record]
    for field in fields:
        if type(field) is bytes and len(field) >= large:
            break
    else:
        return None
    if len(fields) > MOST_FIELDS:
        return None
    head = PAIR + pack(number)
    if fields is record:
        head += ARRAYS[len(fields)]
    pieces: list[bytes] = []
    for field in fields:
        if type(field) is bytes and len(field) >= large:
            pieces.append(head + BYTES_FOLLOW(0xC6, len(field)))
            pieces.append(field)
            head = b""
        else:
            head += pack(field)
    if head:
        pieces.append(head)
    return pieces


def new_packer() -> Callable[[object], bytes]:
    """A function that packs one object into bytes of its own; lists are faster than tuples."""
    pack: Callable[[object], bytes] = Packer(default=pack_unknown, strict_types=True).pack
    return pack


def new_unpacker(largest_frame: int = LARGEST_FRAME, largest_array: int | None = None) -> Unpacker:
    """A reader of a stream of objects, none of them above `largest_frame` bytes.

    `largest_array` bounds the length of arrays and maps (default: what the bytes permit). A reader
    that has raised must not be used again.
    """
    longest = largest_frame if largest_array is None else largest_array
    return Unpacker(
        read_size=SMALL_BUFFER,
        use_list=True,
        ext_hook=unpack_extension,
        max_buffer_size=largest_frame,
        max_array_len=longest,
        max_map_len=longest,
    )


unpack_whole: Final = partial(unpackb, use_list=True, ext_hook=unpack_extension)
"""Unpacks exactly one object; nothing in it can be longer than it is."""


def round_trip(data: object) -> object:
    """What a receiver would read if this were sent: a copy that shares nothing mutable."""
    unpacker = new_unpacker()
    unpacker.feed(new_packer()(data))
    result: object = unpacker.unpack()
    return result
