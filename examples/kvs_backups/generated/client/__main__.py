"""Run one `Client`: python -m generated.client --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.client.session import typed
from generated.client.store import Client, handle, serve
from generated.wire.session import TypedAtClient
from generated.wire.store import HandleAtClient, ServeAtClient

ENTRIES = {
    "session:typed": Entry(
        typed,
        TypedAtClient,
        plays="client",
        roles={
            "client": Role("Client"),
            "primary": Role("Primary"),
            "backups": Role("Backup", cluster=True),
        },
    ),
    "store:handle": Entry(
        handle,
        HandleAtClient,
        plays="client",
        roles={
            "client": Role("Client"),
            "primary": Role("Primary"),
            "backups": Role("Backup", cluster=True),
        },
    ),
    "store:serve": Entry(
        serve,
        ServeAtClient,
        plays="client",
        roles={
            "client": Role("Client"),
            "primary": Role("Primary"),
            "backups": Role("Backup", cluster=True),
        },
    ),
}

if __name__ == "__main__":
    main(Client, ENTRIES)
