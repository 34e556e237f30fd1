"""Word count as a map-reduce: a leader deals words out, workers count, a separate reducer adds up."""

from __future__ import annotations

from motet import At, Cluster, Process, choreography, nondet, proof


class Leader(Process):
    """Has the text."""


class Worker(Cluster):
    """Counts what it is dealt."""


class Reducer(Process):
    """Adds up the counts of all workers."""


def words_of(line: str) -> list[str]:
    return ["".join(filter(str.isalnum, word)).lower() for word in line.split()]


@choreography
async def count(
    leader: Leader, workers: Worker, reducer: Reducer, text: At[str, Leader]
) -> At[dict[str, int], Reducer]:
    words = leader.source(text.splitlines()).flat_map_ordered(words_of).filter(bool)
    dealt = words.round_robin(to=workers, why=nondet("counts add up, whoever has counted"))

    # At each worker: how often each word came, once all have come.
    partial = dealt.map(lambda word: (word, 1)).into_keyed().fold(0, lambda total, n: total + n)
    counted = partial.entries().inspect(lambda entry: print("counted", *entry))

    counts = counted.send(to=reducer).values().into_keyed()
    totals = counts.fold(0, lambda total, n: total + n, commutative=proof("addition"))
    return await totals.collect()
