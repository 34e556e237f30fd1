"""Run one `Worker`: python -m generated.worker --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.wire.words import CountAtWorker, DealAtWorker, LongestAtWorker
from generated.worker.words import Worker, count, deal, longest

ENTRIES = {
    "words:count": Entry(
        count,
        CountAtWorker,
        plays="workers",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
        apart=["workers"],
    ),
    "words:deal": Entry(
        deal,
        DealAtWorker,
        plays="workers",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
        apart=["workers"],
    ),
    "words:longest": Entry(
        longest,
        LongestAtWorker,
        plays="workers",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
        apart=["workers"],
    ),
}

if __name__ == "__main__":
    main(Worker, ENTRIES)
