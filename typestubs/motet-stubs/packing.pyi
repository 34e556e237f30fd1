from collections.abc import Callable
from functools import partial
from typing import Any, Final

from msgpack import ExtType, Unpacker

BIG_INT: Final[int]
SMALL_BUFFER: Final[int]
MOST_FIELDS: Final = 15
ARRAYS: Final[tuple[bytes, ...]]
PAIR: Final[bytes]
BYTES_FOLLOW: Final[Callable[[int, int], bytes]]
LARGEST_FRAME: Final[int]

def pack_unknown(value: object) -> ExtType | list[object]: ...
def unpack_extension(code: int, data: bytes) -> object: ...
def pack_apart(
    pack: Callable[[object], bytes], number: int, record: object, large: int
) -> list[bytes] | None: ...
def new_packer() -> Callable[[object], bytes]: ...
def new_unpacker(largest_frame: int = ..., largest_array: int | None = None) -> Unpacker: ...

unpack_whole: Final[partial[Any]]

def round_trip(data: object) -> object: ...
