"""Run one `Reducer`: python -m generated.reducer --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.reducer.words import Reducer, count
from generated.wire.words import CountAtReducer

ENTRIES = {
    "words:count": Entry(
        count,
        CountAtReducer,
        plays="reducer",
        roles={
            "leader": Role("Leader"),
            "workers": Role("Worker", cluster=True),
            "reducer": Role("Reducer"),
        },
    ),
}

if __name__ == "__main__":
    main(Reducer, ENTRIES)
