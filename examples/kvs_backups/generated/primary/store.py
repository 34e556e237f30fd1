"""A key-value store: a primary answers, and every change is on all backups before it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motet import MemberId, Process

from generated.wire.store import (
    Change,
    Get,
    HandleAtPrimary,
    Put,
    Request,
    ServeAtPrimary,
)

if TYPE_CHECKING:
    from generated.backup.store import Backup


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


class Primary(Process):
    def __init__(self) -> None:
        self.table = Table()

    def change_in(self, request: Request) -> Change | None:
        return None if isinstance(request, Get) else request

    def answer(self, request: Request) -> str | None:
        match request:
            case Get(key):
                return self.table.rows.get(key)
            case change:
                return self.table.apply(change)


async def handle(primary: Primary, net: HandleAtPrimary) -> None:
    """One request. A `Get` costs the backups one message each (there is nothing to change)."""
    asked: Request = await net.asked.recv()  # ← client, store.py:79
    change = await net.change.share(primary.change_in(asked))  # → backups, store.py:80
    if change is not None:
        # ← backups, store.py:82
        applied: dict[MemberId[Backup], int] = await net.applied.gather()
        # All backups have seen the same changes.
        assert len(set(applied.values())) == 1, applied
    await net.answer.send(primary.answer(asked))  # → client, store.py:86


async def serve(
    primary: Primary, net: ServeAtPrimary
) -> dict[MemberId[Backup], dict[str, str]]:
    """A sequence of requests; the answers, and what each backup holds in the end."""
    for _ in range(await net.len.recv()):  # ← client, store.py:95
        await handle(primary, net.handle)
    # ← backups, store.py:98
    copies: dict[MemberId[Backup], dict[str, str]] = await net.copies.gather()
    return copies
