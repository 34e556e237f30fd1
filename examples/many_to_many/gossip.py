"""Every member of a cluster tells every member, itself included, what it has."""

from __future__ import annotations

from motet import Cluster, Each, MemberId, choreography


class Node(Cluster):
    """One of many."""


@choreography
async def many_to_many(nodes: Node) -> Each[dict[MemberId[Node], list[int]], Node]:
    """Two numbers from each to each: in order from one sender, in no order among senders."""
    numbers = nodes.source([0, 1])
    heard = numbers.broadcast(to=nodes)
    return await heard.inspect_with_key(lambda sender, n: print(f"({sender}, {n})")).collect()
