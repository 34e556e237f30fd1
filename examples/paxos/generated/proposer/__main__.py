"""Run one `Proposer`: python -m generated.proposer --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.proposer.paxos import Proposer, paxos
from generated.wire.paxos import PaxosAtProposer

ENTRIES = {
    "paxos:paxos": Entry(
        paxos,
        PaxosAtProposer,
        plays="proposers",
        roles={
            "client": Role("Client"),
            "proposers": Role("Proposer", cluster=True),
            "acceptors": Role("Acceptor", cluster=True),
            "replicas": Role("Replica", cluster=True),
        },
        watched=["proposers"],
    ),
}

if __name__ == "__main__":
    main(Proposer, ENTRIES)
