"""Run one `Coordinator`: python -m generated.coordinator --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.coordinator.commit import Coordinator, transfer
from generated.wire.commit import TransferAtCoordinator

ENTRIES = {
    "commit:transfer": Entry(
        transfer,
        TransferAtCoordinator,
        plays="coordinator",
        roles={
            "coordinator": Role("Coordinator"),
            "participants": Role("Participant", cluster=True),
        },
    ),
}

if __name__ == "__main__":
    main(Coordinator, ENTRIES)
