"""Two-phase commit for a stream of transactions: many are under way at a time."""

from __future__ import annotations

from dataclasses import dataclass

from motet import (
    At,
    Bounded,
    Cluster,
    Each,
    ExactlyOnce,
    NoOrder,
    Process,
    Stream,
    choreography,
    nondet,
    pipeline,
    proof,
)
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


@pipeline
def unanimous(
    answers: Stream[tuple[int, bool], Coordinator, NoOrder, ExactlyOnce, Bounded], everyone: int
) -> Stream[int, Coordinator, NoOrder, ExactlyOnce, Bounded]:
    """What everyone has said yes to."""
    return answers.transform(
        lambda: Quorum[int](everyone, of=everyone), commutative=proof("answers are counted")
    )


@choreography
async def transfer(
    coordinator: Coordinator, participants: Participant, amounts: At[list[int], Coordinator]
) -> tuple[At[list[int], Coordinator], Each[int, Participant]]:
    everyone = len(participants)
    transfers = coordinator.source([Transfer(n, cents) for n, cents in enumerate(amounts)])

    # Phase one: a transfer that everybody has answered with yes can be committed.
    asked = transfers.broadcast(to=participants)
    votes = asked.map(lambda t: (t.id, participants.prepare(t))).send(to=coordinator).values()
    ready = unanimous(votes, everyone)

    # Phase two: done when everybody has said so.
    committed = (
        ready.broadcast(to=participants)
        .assume_ordering(nondet("what was reserved is paid, in whatever order"))
        .map(participants.commit)
    )
    acks = committed.map(lambda n: (n, True)).send(to=coordinator).values()
    done = unanimous(acks, everyone)
    return await done.sort().collect(), await committed.count().collect()
