"""Book a journey at several agencies, or at none: two-phase commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motet import MemberId, Process

from generated.wire.travel import BookAllAtCoordinator, BookAtCoordinator, Journey

if TYPE_CHECKING:
    from generated.agency.travel import Agency


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


async def book(coordinator: Coordinator, net: BookAtCoordinator) -> None:
    """One transaction. The client learns the outcome and nothing of how it came about."""
    asked: Journey = await net.asked.recv()  # ← client, travel.py:67

    # Phase one: every agency holds the seats, or says no.
    journey = await net.journey.share(asked)  # → agencies, travel.py:70
    # ← agencies, travel.py:71
    votes: dict[MemberId[Agency], bool] = await net.votes.gather()

    # Phase two: all do the same.
    decision = coordinator.decide(list(votes.values()))
    await net.decision.share(decision)  # → agencies, travel.py:75
    # ← agencies, travel.py:79
    acknowledgements: dict[MemberId[Agency], int] = await net.acknowledgements.gather()

    coordinator.close(journey, decision, len(acknowledgements))
    await net.decision_to_client.send(decision)  # → client, travel.py:82


async def book_all(coordinator: Coordinator, net: BookAllAtCoordinator) -> list[str]:
    """Several transactions, one after the other."""
    count: int = await net.count.recv()  # ← client, travel.py:90
    for _ in range(count):
        await book(coordinator, net.book)
    return coordinator.record
