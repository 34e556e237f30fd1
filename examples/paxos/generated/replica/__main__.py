"""Run one `Replica`: python -m generated.replica --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.replica.paxos import Replica, paxos
from generated.wire.paxos import PaxosAtReplica

ENTRIES = {
    "paxos:paxos": Entry(
        paxos,
        PaxosAtReplica,
        plays="replicas",
        roles={
            "client": Role("Client"),
            "proposers": Role("Proposer", cluster=True),
            "acceptors": Role("Acceptor", cluster=True),
            "replicas": Role("Replica", cluster=True),
        },
        apart=["replicas"],
        watched=["proposers"],
    ),
}

if __name__ == "__main__":
    main(Replica, ENTRIES)
