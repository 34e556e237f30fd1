"""The store as a person would type to it: `put KEY VALUE`, `get KEY`, `del KEY`."""

from __future__ import annotations

from generated.backup.store import Backup, serve
from generated.wire.session import TypedAtBackup


async def typed(backups: Backup, net: TypedAtBackup) -> None:
    await serve(backups, net.serve)
