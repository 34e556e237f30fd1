"""Two-phase commit for a stream of transactions: many are under way at a time."""

from __future__ import annotations

from motet import Cluster

from generated.wire.commit import Transfer, TransferAtParticipant


class Participant(Cluster):
    """Holds money."""

    def __init__(self) -> None:
        self.cents = 10_000
        self.reserved: dict[int, int] = {}

    def prepare(self, transfer: Transfer) -> bool:
        """Reserve what the transfer takes, if there is as much."""
        if transfer.cents > self.cents - sum(self.reserved.values()):
            return False
        self.reserved[transfer.id] = transfer.cents
        return True

    def commit(self, number: int) -> int:
        self.cents -= self.reserved.pop(number)
        return number


async def transfer(participants: Participant, net: TransferAtParticipant) -> int:
    count = 0
    acks: list[tuple[int, bool]] = []

    async def receive_asked() -> None:
        # Phase one: a transfer that everybody has answered with yes can be committed.
        async for batch in net.asked:  # ← coordinator, commit.py:71
            # → coordinator, commit.py:72
            await net.votes.send([(t.id, participants.prepare(t)) for t in batch])
        await net.votes.end()

    async def receive_ready() -> None:
        nonlocal count
        # Phase two: done when everybody has said so.
        async for batch in net.ready:  # ← coordinator, commit.py:77
            for number in batch:
                acks.append((participants.commit(number), True))
                count += 1
            await net.acks.send(acks)  # → coordinator, commit.py:81
        await net.acks.end()

    await net.concurrently(receive_asked(), receive_ready())
    return count
