"""What has been sent and not yet acknowledged, so that a new connection can go on with it."""

from __future__ import annotations

from motet.transport.protocol import GarbageError


class Sent:
    """A stream of bytes, as it was written, from what the peer has acknowledged on."""

    __slots__ = ("_chunks", "_dropped", "keep", "keep_all", "known")

    def __init__(self) -> None:
        self.known = 0
        """Bytes that the peer has acknowledged."""
        self._dropped = 0  # bytes in front of the first chunk
        self._chunks: list[bytes] = []
        self.keep = self._chunks.append
        """Remember what is being written."""
        self.keep_all = self._chunks.extend

    @property
    def position(self) -> int:
        """Bytes sent so far."""
        return self._dropped + sum(map(len, self._chunks))

    def acknowledged(self, position: int) -> None:
        """Forget what the peer has."""
        self.known = max(self.known, position)
        chunks = self._chunks
        done = 0  # chunks that have arrived as a whole
        for chunk in chunks:
            end = self._dropped + len(chunk)
            if end > self.known:
                break
            self._dropped = end
            done += 1
        del chunks[:done]
        if not chunks and self._dropped < self.known:
            raise GarbageError(f"{position} bytes acknowledged, {self._dropped} were sent")

    def forget(self) -> None:
        """Keep nothing of what has been sent: no connection will go on with it."""
        self._dropped = self.position
        self._chunks.clear()

    def resume(self, position: int) -> list[bytes]:
        """What a new connection must carry first, given what the peer has received."""
        if position < self.known:
            raise GarbageError(f"{position} bytes received, {self.known} were acknowledged")
        self.acknowledged(position)
        chunks = list(self._chunks)
        if chunks:
            chunks[0] = chunks[0][position - self._dropped :]
        return chunks
