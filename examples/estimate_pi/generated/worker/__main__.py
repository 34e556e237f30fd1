"""Run one `Worker`: python -m generated.worker --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.wire.pi import EstimateAtWorker, EstimatePiAtWorker
from generated.worker.pi import Worker, estimate, estimate_pi

ENTRIES = {
    "pi:estimate": Entry(
        estimate,
        EstimateAtWorker,
        plays="workers",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
        apart=["workers"],
    ),
    "pi:estimate_pi": Entry(
        estimate_pi,
        EstimatePiAtWorker,
        plays="workers",
        roles={"leader": Role("Leader"), "workers": Role("Worker", cluster=True)},
        apart=["workers"],
    ),
}

if __name__ == "__main__":
    main(Worker, ENTRIES)
