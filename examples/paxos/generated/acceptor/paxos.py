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
                    (member, acceptors.state.prepare(acceptors.me.index, prepare))
                    for prepare in batch
                ]
            )  # → proposers, paxos.py:107

    async def receive_accepted() -> None:
        async for member, batch in net.accepted:  # ← proposers, paxos.py:101
            await net.votes.send(
                [
                    (member, acceptors.state.accept(acceptors.me.index, accept))
                    for accept in batch
                ]
            )  # → proposers, paxos.py:108

    async def receive_checkpoints() -> None:
        async for member, batch in net.checkpoints:  # ← replicas, paxos.py:116
            for checkpoint in batch:
                acceptors.state.forget(member.index, checkpoint, len(net.replicas))

    await net.concurrently(
        receive_prepared(), receive_accepted(), receive_checkpoints()
    )
