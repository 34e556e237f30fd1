"""Run one `Backup`: python -m generated.backup --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.backup.session import typed
from generated.backup.store import Backup, handle, serve
from generated.wire.session import TypedAtBackup
from generated.wire.store import HandleAtBackup, ServeAtBackup

ENTRIES = {
    "session:typed": Entry(
        typed,
        TypedAtBackup,
        plays="backups",
        roles={
            "client": Role("Client"),
            "primary": Role("Primary"),
            "backups": Role("Backup", cluster=True),
        },
        apart=["backups"],
    ),
    "store:handle": Entry(
        handle,
        HandleAtBackup,
        plays="backups",
        roles={
            "client": Role("Client"),
            "primary": Role("Primary"),
            "backups": Role("Backup", cluster=True),
        },
        apart=["backups"],
    ),
    "store:serve": Entry(
        serve,
        ServeAtBackup,
        plays="backups",
        roles={
            "client": Role("Client"),
            "primary": Role("Primary"),
            "backups": Role("Backup", cluster=True),
        },
        apart=["backups"],
    ),
}

if __name__ == "__main__":
    main(Backup, ENTRIES)
