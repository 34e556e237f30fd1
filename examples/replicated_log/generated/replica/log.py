"""A replicated log: clients append, a sequencer numbers, replicas apply in order whatever the order of arrival."""

from __future__ import annotations

from motet import Cluster

from generated.wire.log import ReplicateAtReplica, Slot


class Replica(Cluster):
    """Applies slots in order."""

    def __init__(self) -> None:
        self.store: dict[str, int] = {}

    def apply(self, slot: Slot) -> int:
        self.store[slot.put.key] = slot.put.value
        return slot.number


async def replicate(replicas: Replica, net: ReplicateAtReplica) -> dict[str, int]:
    waiting: dict[int, Slot] = {}
    following = 0
    table: dict[str, int] = {}
    applied: list[int] = []
    async for _, new in net.arrived:  # ← relays, log.py:51
        # Out of order they come; in order they are released.
        waiting = {**waiting, **{slot.number: slot for slot in new}}
        ready: list[Slot] = []
        while following in waiting:
            ready.append(waiting.pop(following))
            following += 1
        for slot in ready:
            applied.append(replicas.apply(slot))
            table[slot.put.key] = slot.put.value
        await net.applied.send(applied)  # → sequencer, log.py:66
    await net.applied.end()
    return table
