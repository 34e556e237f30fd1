"""Book a journey at several agencies, or at none: two-phase commit."""

from __future__ import annotations

from motet import Process

from generated.wire.travel import BookAllAtClient, BookAtClient, Journey


class Client(Process):
    """Wants journeys."""


async def book(client: Client, net: BookAtClient, wanted: Journey) -> bool:
    """One transaction. The client learns the outcome and nothing of how it came about."""
    await net.asked.send(wanted)  # → coordinator, travel.py:67

    return await net.decision_to_client.recv()  # ← coordinator, travel.py:82


async def book_all(
    client: Client, net: BookAllAtClient, wanted: list[Journey]
) -> list[bool]:
    """Several transactions, one after the other."""
    count = await net.count.share(len(wanted))  # → coordinator, agencies, travel.py:90
    outcomes: list[bool] = []
    for i in range(count):
        booked = await book(client, net.book, wanted[i])
        outcomes.append(booked)
    return outcomes
