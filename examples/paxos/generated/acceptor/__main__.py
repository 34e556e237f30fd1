"""Run one `Acceptor`: python -m generated.acceptor --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.acceptor.paxos import Acceptor, paxos
from generated.wire.paxos import PaxosAtAcceptor

ENTRIES = {
    "paxos:paxos": Entry(
        paxos,
        PaxosAtAcceptor,
        plays="acceptors",
        roles={
            "client": Role("Client"),
            "proposers": Role("Proposer", cluster=True),
            "acceptors": Role("Acceptor", cluster=True),
            "replicas": Role("Replica", cluster=True),
        },
        apart=["acceptors"],
        watched=["proposers"],
    ),
}

if __name__ == "__main__":
    main(Acceptor, ENTRIES)
