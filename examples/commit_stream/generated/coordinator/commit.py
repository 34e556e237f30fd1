"""Two-phase commit for a stream of transactions: many are under way at a time."""

from __future__ import annotations

from motet import Process
from motet.std import Quorum

from generated.wire.commit import Transfer, TransferAtCoordinator


class Coordinator(Process):
    """Asks everybody, and commits what everybody can do."""


async def transfer(
    coordinator: Coordinator, net: TransferAtCoordinator, amounts: list[int]
) -> list[int]:
    everyone = len(net.participants)
    quorum = Quorum[int](everyone, of=everyone)
    quorum_2 = Quorum[int](everyone, of=everyone)
    done: list[int] = []
    ready: list[int] = []

    async def send_transfers() -> None:
        async for batch in net.batches(
            [Transfer(n, cents) for n, cents in enumerate(amounts)]
        ):
            await net.asked.send(batch)  # → participants, commit.py:71
        await net.asked.end()

    async def receive_votes() -> None:
        async for _, batch in net.votes:  # ← participants, commit.py:72
            for vote in batch:
                ready.extend(quorum(vote))
            await net.ready.send(ready)  # → participants, commit.py:77
        await net.ready.end()

    async def receive_acks() -> None:
        async for _, batch in net.acks:  # ← participants, commit.py:81
            for ack in batch:
                done.extend(quorum_2(ack))
        done.sort()

    await net.concurrently(send_transfers(), receive_votes(), receive_acks())
    return done
