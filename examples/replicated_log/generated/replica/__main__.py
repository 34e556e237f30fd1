"""Run one `Replica`: python -m generated.replica --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.replica.log import Replica, replicate
from generated.wire.log import ReplicateAtReplica

ENTRIES = {
    "log:replicate": Entry(
        replicate,
        ReplicateAtReplica,
        plays="replicas",
        roles={
            "sequencer": Role("Sequencer"),
            "relays": Role("Relay", cluster=True),
            "replicas": Role("Replica", cluster=True),
        },
        apart=["replicas"],
    ),
}

if __name__ == "__main__":
    main(Replica, ENTRIES)
