"""The little of msgpack that the runtime uses; it ships no types of its own."""

from collections.abc import Callable, Iterator
from typing import Any

class BufferFull(Exception): ...
class OutOfData(Exception): ...

class ExtType:
    code: int
    data: bytes
    def __init__(self, code: int, data: bytes) -> None: ...

class Packer:
    def __init__(
        self,
        *,
        default: Callable[[Any], object] | None = ...,
        autoreset: bool = ...,
        strict_types: bool = ...,
    ) -> None: ...
    def pack(self, obj: object, /) -> bytes: ...

class Unpacker(Iterator[Any]):
    def __init__(
        self,
        *,
        use_list: bool = ...,
        strict_map_key: bool = ...,
        ext_hook: Callable[[int, bytes], object] = ...,
        max_buffer_size: int = ...,
        read_size: int = ...,
        max_array_len: int = ...,
        max_map_len: int = ...,
    ) -> None: ...
    def feed(self, data: bytes | bytearray | memoryview, /) -> None: ...
    def unpack(self) -> Any: ...
    def skip(self) -> None: ...
    def read_bytes(self, n: int, /) -> bytes: ...
    def tell(self) -> int: ...
    def __next__(self) -> Any: ...

def packb(o: object, *, default: Callable[[Any], object] | None = ...) -> bytes: ...
def unpackb(
    packed: bytes,
    *,
    use_list: bool = ...,
    strict_map_key: bool = ...,
    ext_hook: Callable[[int, bytes], object] = ...,
    max_array_len: int = ...,
) -> Any: ...
