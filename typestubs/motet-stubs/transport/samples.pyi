from typing import Protocol

from motet.ports import NodeId

class Sampler(Protocol):
    every: int

    def sent(self, peer: NodeId, channel: str) -> str: ...
    def arrived(self, peer: NodeId, channel: str, parent: str, waiting: int) -> None: ...
