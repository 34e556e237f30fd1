"""Word count as a map-reduce: a leader deals words out, workers count, a separate reducer adds up."""

from __future__ import annotations

from motet import Process

from generated.wire.words import CountAtReducer


class Reducer(Process):
    """Adds up the counts of all workers."""


async def count(reducer: Reducer, net: CountAtReducer) -> dict[str, int]:
    totals: dict[str, int] = {}
    async for _, batch in net.counted:  # ← workers, words.py:35
        for key, n in batch:
            totals[key] = totals.get(key, 0) + n
    return totals
