"""What travels between the locations of gossip.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motet.codec import decode_int, decode_list, encode_int, encode_list
from motet.wire import Channel, Net, Site, StreamMesh

if TYPE_CHECKING:
    from generated.node.gossip import Node


def _encode_many_to_many_heard(value: list[int]) -> object:
    return encode_list(value, encode_int)


def _decode_many_to_many_heard(data: object) -> list[int]:
    return decode_list(data, decode_int)


MANY_TO_MANY_HEARD: Final[Channel[Node, Node, list[int]]] = Channel(
    "heard", _encode_many_to_many_heard, _decode_many_to_many_heard
)


class ManyToManyAtNode(Net):
    """What `many_to_many` sends and receives at the nodes."""

    def __init__(self, site: Site[Node]) -> None:
        super().__init__(site)
        self.heard: StreamMesh[Node, int] = StreamMesh(site, MANY_TO_MANY_HEARD)
