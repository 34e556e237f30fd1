"""Batches of elements as frames of bounded size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar

from motet.errors import UnsendableValue
from motet.ports import Outlet
from motet.wire.channel import Channel

T = TypeVar("T")

FULL: Final = 64 * 1024
"""Bytes that a frame is cut to; one of up to twice as many is left whole."""

MOST: Final = 4096
"""Elements in one frame."""


class Cutter(Generic[T]):
    """Packs batches; how many elements make a good frame it learns from those it has packed."""

    __slots__ = ("_channel", "_encode", "_full", "_largest", "_most", "_pack", "count")

    def __init__(self, channel: Channel[Any, Any, list[T]], outlet: Outlet) -> None:
        self._channel = channel.name
        self._encode: Callable[[list[T]], object] = channel.encode
        self._pack = outlet.pack
        self._largest = outlet.largest
        self._full = min(FULL, self._largest // 4)
        self._most = 2 * self._full
        self.count = MOST
        """How many elements the next frame gets."""

    def frames(self, batch: list[T]) -> Iterator[bytes]:
        """The frames of a batch, each packed when it is asked for."""
        start = 0
        while start < len(batch):
            piece = batch[start : start + self.count]
            start += len(piece)
            yield from self._cut(piece)

    def pack(self, batch: list[T]) -> bytes | None:
        """The batch as one frame, or None if it has to be cut."""
        if len(batch) > self.count:
            return None
        encode, pack = self._encode, self._pack
        try:
            frame = pack(encode(batch))
        except Exception as problem:
            raise UnsendableValue.of(self._channel, problem) from problem
        if len(frame) <= self._most:
            return frame
        if len(batch) > 1:
            self._learn(len(batch), len(frame))
            return None
        return self._checked(frame)

    def _cut(self, piece: list[T]) -> Iterator[bytes]:
        frame = self._packed(piece)
        if len(frame) > self._most and len(piece) > 1:
            self._learn(len(piece), len(frame))
            yield from self.frames(piece)
        else:
            yield self._checked(frame)
            if len(frame) < self._full and self.count < MOST:
                self.count *= 2

    def _learn(self, count: int, size: int) -> None:
        self.count = max(1, count * self._full // size)

    def _checked(self, frame: bytes) -> bytes:
        if len(frame) > self._largest:
            limit = f"the limit is {self._largest} (`--setting largest_frame=…`)"
            reason = f"an element of {len(frame)} bytes, {limit}"
            raise UnsendableValue(self._channel, reason)
        return frame

    def _packed(self, batch: list[T]) -> bytes:
        try:
            return self._pack(self._encode(batch))
        except Exception as problem:
            raise UnsendableValue.of(self._channel, problem) from problem
