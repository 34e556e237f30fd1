"""Word count as a map-reduce: a leader deals words out, workers count, a separate reducer adds up."""

from __future__ import annotations

from motet import Cluster

from generated.wire.words import CountAtWorker


class Worker(Cluster):
    """Counts what it is dealt."""


async def count(workers: Worker, net: CountAtWorker) -> None:
    partial: dict[str, int] = {}
    counted: list[tuple[str, int]] = []
    async for batch in net.dealt:  # ← leader, words.py:29
        for word in batch:
            # At each worker: how often each word came, once all have come.
            partial[word] = partial.get(word, 0) + 1
    for entry in partial.items():
        print("counted", *entry)
        counted.append(entry)
    await net.counted.send(counted)  # → reducer, words.py:35
    await net.counted.end()
