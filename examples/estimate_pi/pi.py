"""Estimate pi by throwing darts on many workers; the leader keeps the running total."""

from __future__ import annotations

import random
from dataclasses import dataclass

from motet import At, Cluster, Process, choreography, nondet, proof


@dataclass(frozen=True, slots=True)
class Tally:
    """How many darts were thrown, and how many of them fell into the quarter of the circle."""

    inside: int = 0
    total: int = 0

    def plus(self, other: Tally) -> Tally:
        return Tally(self.inside + other.inside, self.total + other.total)

    @property
    def pi(self) -> float:
        return 4 * self.inside / max(self.total, 1)


class Leader(Process):
    """Adds up."""


class Worker(Cluster):
    """Throws."""


def throw_darts(count: int) -> Tally:
    inside = sum(random.random() ** 2 + random.random() ** 2 < 1 for _ in range(count))
    return Tally(inside, count)


def report(tally: Tally) -> None:
    print(f"pi: {tally.pi:.6f} ({tally.total} darts)", flush=True)


@choreography
async def estimate_pi(leader: Leader, workers: Worker) -> None:
    """For ever; the leader says once a second how far it is."""
    tallies = workers.spin().map(lambda _: throw_darts(8192))
    # What arrives from several workers comes in any order, so the fold has to say why it may.
    sums = tallies.send(to=leader).values()
    total = sums.fold(Tally, Tally.plus, commutative=proof("addition of counts"))
    samples = total.sample_every(1.0, nondet("which running total is printed does not matter"))
    samples.for_each(report)


@choreography
async def estimate(leader: Leader, workers: Worker, rounds: At[int, Worker]) -> At[float, Leader]:
    """A number of rounds at each worker, and the result of all."""
    tallies = workers.spin().take(rounds).map(lambda _: throw_darts(8192))
    sums = tallies.send(to=leader).values()
    total = sums.fold(Tally, Tally.plus, commutative=proof("addition of counts"))
    return (await total.collect()).pi
