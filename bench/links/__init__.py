"""The contenders of `bench/wire.py`: one module each, all with the records of `exchange/orders.py`.

A module has `async def serve(address, size)`, which never returns, and `async def connect(address,
size, tell)`, which gives a `Client`. `tell` writes a line to the standard input of the server.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Tell = Callable[[str], None]
IN_FLIGHT = 64


@dataclass(frozen=True, slots=True)
class Client:
    """What is measured. Each takes a number of messages; `batches` a multiple of 64."""

    calls: Callable[[int], Awaitable[object]]
    batches: Callable[[int], Awaitable[object]] | None
    one_way: Callable[[int], Awaitable[object]] | None


def codec(size: str, bare: bool = False) -> tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]:
    """A record, and how it is encoded and decoded: as generated, or without any check."""
    wire = importlib.import_module("generated.wire.orders")
    if size == "small":
        record = wire.Order(
            1_234_567, "alice@example.com", 99.5, "please deliver before noon, thanks"
        )
        if bare:
            return record, lambda r: [r.id, r.user, r.amount, r.note], lambda d: wire.Order(*d)
        return record, wire.encode_order, wire.decode_order
    record = wire.Blob(1, b"x" * 65536)
    if bare:
        return record, lambda r: [r.id, r.data], lambda d: wire.Blob(*d)
    return record, wire.encode_blob, wire.decode_blob
