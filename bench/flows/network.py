"""Streams between processes: workers to a leader that folds, and a leader to all workers."""

from __future__ import annotations

from dataclasses import dataclass

from motet import At, Cluster, Each, Process, choreography, proof


@dataclass(frozen=True)
class Reading:
    """What a sensor would send."""

    sensor: str
    value: int


class Leader(Process):
    """Folds, or sends."""


class Worker(Cluster):
    """Sends, or folds."""

    def readings(self, count: int) -> list[Reading]:
        return [Reading("north", number) for number in range(count)]


@choreography
async def gather_numbers(
    leader: Leader, workers: Worker, count: At[int, Worker]
) -> At[int, Leader]:
    numbers = workers.source(range(count)).send(to=leader).values()
    total = numbers.fold(0, lambda a, b: a + b, commutative=proof("addition"))
    return await total.collect()


@choreography
async def gather_readings(
    leader: Leader, workers: Worker, count: At[int, Worker]
) -> At[int, Leader]:
    readings = workers.source(workers.readings(count)).send(to=leader).values()
    total = readings.fold(0, lambda a, b: a + b.value, commutative=proof("addition"))
    return await total.collect()


@choreography
async def broadcast_numbers(
    leader: Leader, workers: Worker, count: At[int, Leader]
) -> Each[int, Worker]:
    numbers = leader.source(range(count)).broadcast(to=workers)
    total = numbers.fold(0, lambda a, b: a + b)
    return await total.collect()
