"""Book a journey at several agencies, or at none: two-phase commit."""

from __future__ import annotations

from motet import Cluster

from generated.wire.travel import BookAllAtAgency, BookAtAgency, Journey

# What the first, second and third agency have to give; further agencies start over.
CAPACITY = (4, 9, 6)


class Agency(Cluster):
    """Holds seats between its vote and the coordinator's decision."""

    def __init__(self) -> None:
        self.sold = 0
        self.held: dict[str, int] = {}

    @property
    def free(self) -> int:
        return (
            CAPACITY[self.me.index % len(CAPACITY)]
            - self.sold
            - sum(self.held.values())
        )

    def vote(self, journey: Journey) -> bool:
        if journey.seats > self.free:
            return False
        self.held[journey.name] = journey.seats
        return True

    def commit(self, journey: Journey) -> None:
        self.sold += self.held.pop(journey.name)

    def roll_back(self, journey: Journey) -> None:
        self.held.pop(journey.name, None)


async def book(agencies: Agency, net: BookAtAgency) -> None:
    """One transaction. The client learns the outcome and nothing of how it came about."""

    # Phase one: every agency holds the seats, or says no.
    journey: Journey = await net.journey.recv()  # ← coordinator, travel.py:70
    await net.votes.send(agencies.vote(journey))  # → coordinator, travel.py:71

    # Phase two: all do the same.
    if await net.decision.recv():  # ← coordinator, travel.py:75
        agencies.commit(journey)
    else:
        agencies.roll_back(journey)
    await net.acknowledgements.send(agencies.free)  # → coordinator, travel.py:79


async def book_all(agencies: Agency, net: BookAllAtAgency) -> None:
    """Several transactions, one after the other."""
    count: int = await net.count.recv()  # ← client, travel.py:90
    for _ in range(count):
        await book(agencies, net.book)
