"""Two-phase commit for a stream of transactions: many are under way at a time."""

from __future__ import annotations

from dataclasses import dataclass

from motet import At, Cluster, Each, Process, choreography, proof
from motet.std import Quorum


@dataclass(frozen=True, slots=True)
class Transfer:
    id: int
    cents: int


class Coordinator(Process):
    """Asks everybody, and commits what everybody can do."""


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


@choreography
async def transfer(
    coordinator: Coordinator, participants: Participant, amounts: At[list[int], Coordinator]
) -> tuple[At[list[int], Coordinator], Each[int, Participant]]:
    transfers = coordinator.source([Transfer(n, cents) for n, cents in enumerate(amounts)])

    # Phase one: a transfer that everybody has answered with yes can be committed.
    asked = transfers.broadcast(to=participants)
    votes = asked.map(lambda t: (t.id, participants.prepare(t))).send(to=coordinator).values()
    ready = votes.transform(
        lambda: Quorum[int](len(participants), of=len(participants)),
        commutative=proof("votes are counted"),
    )

    # Phase two: done when everybody has said so.
    committed = ready.broadcast(to=participants).map(participants.commit)
    acks = committed.map(lambda n: (n, True)).send(to=coordinator).values()
    done = acks.transform(
        lambda: Quorum[int](len(participants), of=len(participants)),
        commutative=proof("acknowledgements are counted"),
    )
    return await done.sort().collect(), await committed.count().collect()
