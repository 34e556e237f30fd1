"""Run one `Relay`: python -m generated.relay --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.relay.log import Relay, replicate
from generated.wire.log import ReplicateAtRelay

ENTRIES = {
    "log:replicate": Entry(
        replicate,
        ReplicateAtRelay,
        plays="relays",
        roles={
            "sequencer": Role("Sequencer"),
            "relays": Role("Relay", cluster=True),
            "replicas": Role("Replica", cluster=True),
        },
        apart=["relays"],
    ),
}

if __name__ == "__main__":
    main(Relay, ENTRIES)
