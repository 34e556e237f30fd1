"""Multi-Paxos: proposers elect a leader, acceptors remember, replicas apply, and any proposer may die."""

from __future__ import annotations

from motet import Cluster

from generated.wire.paxos import PaxosAtReplica
from replicating import Replicating

CHECKPOINT = 64  # slots between two checkpoints


class Replica(Cluster):
    """Applies."""

    def __init__(self) -> None:
        self.state = Replicating()
        self.told = 0

    def checkpoint(self) -> list[int]:
        """How far it is, now and then."""
        if self.state.following - self.told < CHECKPOINT:
            return []
        self.told = self.state.following
        return [self.told]


async def paxos(replicas: Replica, net: PaxosAtReplica) -> None:
    applied: list[int] = []
    checkpoints: list[int] = []
    # The replicas apply, and say how far they are.
    async for _, batch in net.decided_to_replicas:  # ← proposers, paxos.py:113
        for decided in batch:
            applied.extend(replicas.state.apply(decided))
            checkpoints.extend(replicas.checkpoint())
        await net.checkpoints.send(checkpoints)  # → acceptors, paxos.py:116
        await net.applied.send(applied)  # → client, paxos.py:123
