"""What travels between the locations of gossip.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motet.codec import decode_ints, encode_ints
from motet.wire import Channel, Net, Site, StreamMesh

if TYPE_CHECKING:
    from generated.node.gossip import Node


MANY_TO_MANY_HEARD: Final[Channel[Node, Node, list[int]]] = Channel(
    "heard", encode_ints, decode_ints
)


class ManyToManyAtNode(Net):
    """What `many_to_many` sends and receives at the nodes."""

    def __init__(self, site: Site[Node]) -> None:
        super().__init__(site)
        self.heard: StreamMesh[Node, int] = StreamMesh(site, MANY_TO_MANY_HEARD)
