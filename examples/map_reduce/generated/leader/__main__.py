"""Run one `Leader`: python -m generated.leader --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.leader.words import Leader, count
from generated.wire.words import CountAtLeader

ENTRIES = {
    "words:count": Entry(
        count,
        CountAtLeader,
        plays="leader",
        roles={
            "leader": Role("Leader"),
            "workers": Role("Worker", cluster=True),
            "reducer": Role("Reducer"),
        },
    ),
}

if __name__ == "__main__":
    main(Leader, ENTRIES)
