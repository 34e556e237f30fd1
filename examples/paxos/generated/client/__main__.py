"""Run one `Client`: python -m generated.client --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.client.paxos import Client, paxos
from generated.wire.paxos import PaxosAtClient

ENTRIES = {
    "paxos:paxos": Entry(
        paxos,
        PaxosAtClient,
        plays="client",
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
    main(Client, ENTRIES)
