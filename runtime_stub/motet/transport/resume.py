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

    @property
    def kept(self) -> int:
        """Bytes sent and not acknowledged."""
        return max(0, self.position - self.known)

    def acknowledged(self, position: int) -> None:
        """Forget what the peer has."""
        known, chunks = max(self.known, position), self._chunks
        done, dropped = (
            0,
            self._dropped,
        )  # chunks that have arrived as a whole, and where the last of them ends
        for chunk in chunks:
            end = dropped + len(chunk)
            if end > known:
                break
            dropped = end
            done += 1
        if done == len(chunks) and dropped < known:
            raise GarbageError(f"{position} bytes acknowledged, {dropped} were sent")
        self.known, self._dropped = known, dropped
        del chunks[:done]

    def forget(self) -> None:
        """Keep nothing of what has been sent: no connection will go on with it."""
        self._dropped = self.position
        self._chunks.clear()

    def check(self, position: int) -> None:
        """Raise if a peer cannot have received that."""
        if position < self.known:
            raise GarbageError(f"{position} bytes received, {self.known} were acknowledged")
        if position > self.position:
            raise GarbageError(f"{position} bytes received, {self.position} were sent")

    def resume(self, position: int) -> list[bytes]:
        """What a new connection must carry first, given what the peer has received."""
        self.check(position)
        self.acknowledged(position)
        chunks = list(self._chunks)
        if chunks:
            chunks[0] = chunks[0][position - self._dropped :]
        return chunks
