"""Estimate pi by throwing darts on many workers; the leader keeps the running total."""

from __future__ import annotations

from motet import Process

from generated.wire.pi import EstimateAtLeader, EstimatePiAtLeader, Tally


class Leader(Process):
    """Adds up."""


def report(tally: Tally) -> None:
    print(f"pi: {tally.pi:.6f} ({tally.total} darts)", flush=True)


async def estimate_pi(leader: Leader, net: EstimatePiAtLeader) -> None:
    """For ever; the leader says once a second how far it is."""
    total = Tally()

    async def receive_tallies() -> None:
        nonlocal total
        # What arrives from several workers comes in any order, so the fold has to say why it may.
        async for _, batch in net.tallies:  # ← workers, pi.py:48
            for tally in batch:
                total = Tally.plus(total, tally)

    async def sample_total() -> None:
        async for _ in net.every(1.0):
            report(total)

    await net.concurrently(receive_tallies(), sample_total())


async def estimate(leader: Leader, net: EstimateAtLeader) -> float:
    """A number of rounds at each worker, and the result of all."""
    total = Tally()
    async for _, batch in net.tallies:  # ← workers, pi.py:58
        for tally in batch:
            total = Tally.plus(total, tally)
    return total.pi
