"""Every member of a cluster tells every member, itself included, what it has."""

from __future__ import annotations

from motet import Cluster, MemberId

from generated.wire.gossip import ManyToManyAtNode


class Node(Cluster):
    """One of many."""


async def many_to_many(
    nodes: Node, net: ManyToManyAtNode
) -> dict[MemberId[Node], list[int]]:
    """Two numbers from each to each: in order from one sender, in no order among senders."""
    result: dict[MemberId[Node], list[int]] = {}

    async def send_numbers() -> None:
        async for batch in net.batches([0, 1]):
            await net.heard.send(batch)  # → nodes, gossip.py:16
        await net.heard.end()

    async def receive_heard() -> None:
        async for member, batch in net.heard:  # ← nodes, gossip.py:16
            for n in batch:
                print(f"({member}, {n})")
                result.setdefault(member, []).append(n)

    await net.concurrently(send_numbers(), receive_heard())
    return result
