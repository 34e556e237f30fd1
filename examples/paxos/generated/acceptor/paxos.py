"""Multi-Paxos: proposers elect a leader, acceptors remember, replicas apply, and any proposer may die."""

from __future__ import annotations

from motet import Cluster

from accepting import Accepting
from generated.wire.paxos import PaxosAtAcceptor


class Acceptor(Cluster):
    """Remembers."""

    def __init__(self) -> None:
        self.state = Accepting()


async def paxos(acceptors: Acceptor, net: PaxosAtAcceptor) -> None:
    async def receive_prepared() -> None:
        # The acceptors answer whoever asks.
        async for member, batch in net.prepared:  # ← proposers, paxos.py:97
            await net.promises.send(
                [
                    (member, acceptors.state.prepare(acceptors.me.index, p))
                    for p in batch
                ]
            )  # → proposers, paxos.py:103

    async def receive_accepted() -> None:
        async for member, batch in net.accepted:  # ← proposers, paxos.py:99
            await net.votes.send(
                [(member, acceptors.state.accept(acceptors.me.index, a)) for a in batch]
            )  # → proposers, paxos.py:104

    async def receive_checkpoints() -> None:
        async for member, batch in net.checkpoints:  # ← replicas, paxos.py:111
            for checkpoint in batch:
                acceptors.state.forget(member.index, checkpoint, len(net.replicas))

    await net.concurrently(
        receive_prepared(), receive_accepted(), receive_checkpoints()
    )
