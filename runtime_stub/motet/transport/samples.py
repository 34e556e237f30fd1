"""Which messages are traced, and who wants to know of them."""

from __future__ import annotations

from typing import Protocol

from motet.ports import NodeId


class Sampler(Protocol):
    """Is told of one message in many, at both ends."""

    every: int
    """Of so many messages of a channel to a peer, one is traced."""

    def sent(self, peer: NodeId, channel: str) -> str:
        """A message is about to be sent; what tells the other end of it, or nothing if that need not know."""

    def arrived(self, peer: NodeId, channel: str, parent: str, waiting: int) -> None:
        """That message has come, and so many before it have not been taken."""
