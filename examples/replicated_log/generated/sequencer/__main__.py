"""Run one `Sequencer`: python -m generated.sequencer --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.sequencer.log import Sequencer, replicate
from generated.wire.log import ReplicateAtSequencer

ENTRIES = {
    "log:replicate": Entry(
        replicate,
        ReplicateAtSequencer,
        plays="sequencer",
        roles={
            "sequencer": Role("Sequencer"),
            "relays": Role("Relay", cluster=True),
            "replicas": Role("Replica", cluster=True),
        },
    ),
}

if __name__ == "__main__":
    main(Sequencer, ENTRIES)
