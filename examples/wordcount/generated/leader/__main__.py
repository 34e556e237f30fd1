"""Run one `Leader`: python -m generated.leader --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.leader.words import Leader, count, deal, longest
from generated.wire.words import CountAtLeader, DealAtLeader, LongestAtLeader

ENTRIES = {
    "words:count": Entry(
        count,
        CountAtLeader,
        plays="leader",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
    ),
    "words:deal": Entry(
        deal,
        DealAtLeader,
        plays="leader",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
    ),
    "words:longest": Entry(
        longest,
        LongestAtLeader,
        plays="leader",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
    ),
}

if __name__ == "__main__":
    main(Leader, ENTRIES)
