"""A replicated log: clients append, a sequencer numbers, replicas apply in order whatever the order of arrival."""

from __future__ import annotations

from dataclasses import dataclass

from motet import At, Cluster, Each, MemberId, Process, choreography, nondet


@dataclass(frozen=True, slots=True)
class Put:
    key: str
    value: int


@dataclass(frozen=True, slots=True)
class Slot:
    number: int
    put: Put


class Sequencer(Process):
    """Decides the order."""


class Relay(Cluster):
    """Carries slots to the replicas, each at its own speed: so they come in any order."""


class Replica(Cluster):
    """Applies slots in order."""

    def __init__(self) -> None:
        self.store: dict[str, int] = {}

    def apply(self, slot: Slot) -> int:
        self.store[slot.put.key] = slot.put.value
        return slot.number


@choreography
async def replicate(
    sequencer: Sequencer,
    relays: Relay,
    replicas: Replica,
    puts: At[list[tuple[str, int]], Sequencer],
) -> tuple[Each[dict[str, int], Replica], At[dict[MemberId[Replica], int], Sequencer]]:
    numbered = sequencer.source(puts).map(lambda p: Put(*p)).enumerate()
    slots = numbered.map(lambda pair: Slot(pair[0], pair[1]))
    dealt = slots.round_robin(to=relays, why=nondet("any relay will do"))
    arrived = dealt.broadcast(to=replicas).values()

    # Out of order they come; in order they are released.
    with replicas.sliced() as tick:
        new = tick.batch(arrived, nondet("what is released depends on the numbers alone"))
        waiting = tick.state(dict[int, Slot])
        following = tick.state(0)
        waiting = {**waiting, **{slot.number: slot for slot in new}}
        ready: list[Slot] = []
        while following in waiting:
            ready.append(waiting.pop(following))
            following += 1
        released = tick.stream(ready)

    applied = released.map(replicas.apply)
    acknowledged = applied.send(to=sequencer).value_counts()
    last = released.map(lambda slot: (slot.put.key, slot.put.value)).into_keyed()
    table = last.reduce(lambda _, new: new)
    return await table.collect(), await acknowledged.collect()
