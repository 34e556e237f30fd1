"""Run one `Leader`: python -m generated.leader --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.leader.pi import Leader, estimate, estimate_pi
from generated.wire.pi import EstimateAtLeader, EstimatePiAtLeader

ENTRIES = {
    "pi:estimate": Entry(
        estimate,
        EstimateAtLeader,
        plays="leader",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
    ),
    "pi:estimate_pi": Entry(
        estimate_pi,
        EstimatePiAtLeader,
        plays="leader",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
    ),
}

if __name__ == "__main__":
    main(Leader, ENTRIES)
