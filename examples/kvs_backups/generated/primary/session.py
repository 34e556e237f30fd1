"""The store as a person would type to it: `put KEY VALUE`, `get KEY`, `del KEY`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motet import MemberId

from generated.primary.store import Primary, serve
from generated.wire.session import TypedAtPrimary

if TYPE_CHECKING:
    from generated.backup.store import Backup


async def typed(
    primary: Primary, net: TypedAtPrimary
) -> dict[MemberId[Backup], dict[str, str]]:
    return await serve(primary, net.serve)
