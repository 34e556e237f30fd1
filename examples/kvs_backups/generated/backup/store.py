"""A key-value store: a primary answers, and every change is on all backups before it does."""

from __future__ import annotations

from motet import Cluster

from generated.wire.store import Change, HandleAtBackup, Put, ServeAtBackup


class Table:
    """What primary and backups have in common; it knows nothing of locations."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def apply(self, change: Change) -> str | None:
        """Make the change; the value that was there before."""
        before = self.rows.pop(change.key, None)
        if isinstance(change, Put):
            self.rows[change.key] = change.value
        return before


class Backup(Cluster):
    def __init__(self) -> None:
        self.table = Table()
        self.applied = 0

    def apply(self, change: Change) -> int:
        self.table.apply(change)
        self.applied += 1
        return self.applied


async def handle(backups: Backup, net: HandleAtBackup) -> None:
    """One request. A `Get` costs the backups one message each (there is nothing to change)."""
    change: Change | None = await net.change.recv()  # ← primary, store.py:80
    if change is not None:
        await net.applied.send(backups.apply(change))  # → primary, store.py:82


async def serve(backups: Backup, net: ServeAtBackup) -> None:
    """A sequence of requests; the answers, and what each backup holds in the end."""
    for _ in range(await net.len.recv()):  # ← client, store.py:95
        await handle(backups, net.handle)
    await net.copies.send(backups.table.rows)  # → primary, store.py:98
