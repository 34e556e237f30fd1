"""MessagePack as Motet uses it: integers of any size travel, nothing else is extended.

An integer beyond 64 bits is an extension of type 1 that holds its two's complement, big-endian, in
as few bytes as it needs. Arrays are read as lists. Every other extension type is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgpack import ExtType, Packer, Unpacker

BIG_INT: Final = 1
"""The extension type of integers beyond 64 bits."""

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
        use_list=True,
        ext_hook=unpack_extension,
        max_buffer_size=largest_frame,
        max_array_len=longest,
        max_map_len=longest,
    )


def round_trip(data: object) -> object:
    """What a receiver would read if this were sent: a copy that shares nothing mutable."""
    unpacker = new_unpacker()
    unpacker.feed(new_packer()(data))
    result: object = unpacker.unpack()
    return result
