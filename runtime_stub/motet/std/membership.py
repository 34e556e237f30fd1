"""Who is there, from who came and went.

After `hydro_std::membership` of Hydro (hydro.run).
"""

from __future__ import annotations

from motet.live.markers import MembershipEvent


def is_present(before: bool, event: MembershipEvent) -> bool:
    """Whether a member is there after an event: `events.fold(False, is_present)` tracks them all."""
    del before
    return event is MembershipEvent.JOINED
