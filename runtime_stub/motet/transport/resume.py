"""What has been sent and not yet acknowledged, so that a new connection can go on with it."""

from __future__ import annotations

from collections import deque

from motet.packing import new_unpacker
from motet.transport.protocol import GarbageError


class Sent:
    """Chunks as they were written, each with the number of its last frame."""

    __slots__ = ("_before", "_chunks", "_known", "count")

    def __init__(self) -> None:
        self.count = 0
        """Frames sent so far, and so the number of the last one."""
        self._known = 0  # frames that the peer has acknowledged
        self._before = 0  # frames in front of the first chunk
        self._chunks: deque[tuple[int, bytes]] = deque()

    def __bool__(self) -> bool:
        """Whether anything is not acknowledged."""
        return bool(self._chunks)

    def keep(self, chunk: bytes, frames: int) -> None:
        """Remember what is being written."""
        self.count += frames
        self._chunks.append((self.count, chunk))

    def acknowledged(self, count: int) -> None:
        """Forget what the peer has."""
        if not self._known <= count <= self.count:
            raise GarbageError(f"{count} frames acknowledged, {self.count} were sent")
        self._known = count
        chunks = self._chunks
        while chunks and chunks[0][0] <= count:
            self._before = chunks.popleft()[0]

    def resume(self, received: int) -> list[bytes]:
        """What a new connection must carry first, given what the peer has received."""
        self.acknowledged(received)
        chunks = [chunk for _, chunk in self._chunks]
        if chunks and received > self._before:
            chunks[0] = _without(chunks[0], received - self._before)
        return chunks


def _without(chunk: bytes, frames: int) -> bytes:
    """A chunk without its first frames."""
    unpacker = new_unpacker(max(len(chunk), 1024))
    unpacker.feed(chunk)
    for _ in range(frames):
        unpacker.skip()
    return chunk[unpacker.tell() :]
