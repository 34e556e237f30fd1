"""Run one `Participant`: python -m generated.participant --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.participant.commit import Participant, transfer
from generated.wire.commit import TransferAtParticipant

ENTRIES = {
    "commit:transfer": Entry(
        transfer,
        TransferAtParticipant,
        plays="participants",
        roles={
            "coordinator": Role("Coordinator"),
            "participants": Role("Participant", cluster=True),
        },
        apart=["participants"],
    ),
}

if __name__ == "__main__":
    main(Participant, ENTRIES)
