"""Estimate pi by throwing darts on many workers; the leader keeps the running total."""

from __future__ import annotations

import random

from motet import Cluster

from generated.wire.pi import EstimateAtWorker, EstimatePiAtWorker, Tally


class Worker(Cluster):
    """Throws."""


def throw_darts(count: int) -> Tally:
    inside = sum(random.random() ** 2 + random.random() ** 2 < 1 for _ in range(count))
    return Tally(inside, count)


async def estimate_pi(workers: Worker, net: EstimatePiAtWorker) -> None:
    """For ever; the leader says once a second how far it is."""
    async for _ in net.spin():
        await net.tallies.send([throw_darts(8192)])  # → leader, pi.py:48


async def estimate(workers: Worker, net: EstimateAtWorker, rounds: int) -> None:
    """A number of rounds at each worker, and the result of all."""
    taken = 0
    tallies: list[Tally] = []
    async for _ in net.spin():
        if taken < rounds:
            taken += 1
            tallies.append(throw_darts(8192))
        await net.tallies.send(tallies)  # → leader, pi.py:58
        if taken >= rounds:
            break
    await net.tallies.end()
