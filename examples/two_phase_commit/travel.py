"""Book a journey at several agencies, or at none: two-phase commit."""

from __future__ import annotations

from dataclasses import dataclass

from motet import At, Cluster, Process, choreography

# What the first, second and third agency have to give; further agencies start over.
CAPACITY = (4, 9, 6)


@dataclass(frozen=True)
class Journey:
    name: str
    seats: int


class Client(Process):
    """Wants journeys."""


class Coordinator(Process):
    """Asks every agency, decides, and keeps the record."""

    def __init__(self) -> None:
        self.record: list[str] = []

    def decide(self, votes: list[bool]) -> bool:
        return all(votes)

    def close(self, journey: Journey, committed: bool, acknowledged: int) -> None:
        outcome = "booked" if committed else "refused"
        self.record.append(f"{journey.name} {outcome}, {acknowledged} agencies agree")
        print(self.record[-1])


class Agency(Cluster):
    """Holds seats between its vote and the coordinator's decision."""

    def __init__(self) -> None:
        self.sold = 0
        self.held: dict[str, int] = {}

    @property
    def free(self) -> int:
        return CAPACITY[self.me.index % len(CAPACITY)] - self.sold - sum(self.held.values())

    def vote(self, journey: Journey) -> bool:
        if journey.seats > self.free:
            return False
        self.held[journey.name] = journey.seats
        return True

    def commit(self, journey: Journey) -> None:
        self.sold += self.held.pop(journey.name)

    def roll_back(self, journey: Journey) -> None:
        self.held.pop(journey.name, None)


@choreography
async def book(
    client: Client, coordinator: Coordinator, agencies: Agency, wanted: At[Journey, Client]
) -> At[bool, Client]:
    """One transaction. The client learns the outcome and nothing of how it came about."""
    asked = await client.send(wanted, to=coordinator)

    # Phase one: every agency holds the seats, or says no.
    journey = await coordinator.share(asked, to=agencies)
    votes = await agencies.gather(agencies.vote(journey), to=coordinator)

    # Phase two: all do the same.
    decision = coordinator.decide(list(votes.values()))
    if await coordinator.share(decision, to=agencies):
        agencies.commit(journey)
    else:
        agencies.roll_back(journey)
    acknowledgements = await agencies.gather(agencies.free, to=coordinator)

    coordinator.close(journey, decision, len(acknowledgements))
    return await coordinator.send(decision, to=client)


@choreography
async def book_all(
    client: Client, coordinator: Coordinator, agencies: Agency, wanted: At[list[Journey], Client]
) -> tuple[At[list[bool], Client], At[list[str], Coordinator]]:
    """Several transactions, one after the other."""
    count = await client.share(len(wanted), to=(coordinator, agencies))
    outcomes: At[list[bool], Client] = []
    for i in range(count):
        booked = await book(client, coordinator, agencies, wanted[i])
        outcomes.append(booked)
    return outcomes, coordinator.record
