"""Run one `Node`: python -m generated.node --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.node.gossip import Node, many_to_many
from generated.wire.gossip import ManyToManyAtNode

ENTRIES = {
    "gossip:many_to_many": Entry(
        many_to_many,
        ManyToManyAtNode,
        plays="nodes",
        roles={"nodes": Role("Node", cluster=True)},
    ),
}

if __name__ == "__main__":
    main(Node, ENTRIES)
