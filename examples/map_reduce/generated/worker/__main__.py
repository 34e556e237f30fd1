"""Run one `Worker`: python -m generated.worker --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.wire.words import CountAtWorker
from generated.worker.words import Worker, count

ENTRIES = {
    "words:count": Entry(
        count,
        CountAtWorker,
        plays="workers",
        roles={
            "leader": Role("Leader"),
            "workers": Role("Worker", cluster=True),
            "reducer": Role("Reducer"),
        },
        apart=["workers"],
    ),
}

if __name__ == "__main__":
    main(Worker, ENTRIES)
