"""Run one `Primary`: python -m generated.primary --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.primary.session import typed
from generated.primary.store import Primary, handle, serve
from generated.wire.session import TypedAtPrimary
from generated.wire.store import HandleAtPrimary, ServeAtPrimary

ENTRIES = {
    "session:typed": Entry(
        typed,
        TypedAtPrimary,
        plays="primary",
        roles={
            "client": Role("Client"),
            "primary": Role("Primary"),
            "backups": Role("Backup", cluster=True),
        },
    ),
    "store:handle": Entry(
        handle,
        HandleAtPrimary,
        plays="primary",
        roles={
            "client": Role("Client"),
            "primary": Role("Primary"),
            "backups": Role("Backup", cluster=True),
        },
    ),
    "store:serve": Entry(
        serve,
        ServeAtPrimary,
        plays="primary",
        roles={
            "client": Role("Client"),
            "primary": Role("Primary"),
            "backups": Role("Backup", cluster=True),
        },
    ),
}

if __name__ == "__main__":
    main(Primary, ENTRIES)
