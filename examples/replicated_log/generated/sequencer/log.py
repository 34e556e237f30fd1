"""A replicated log: clients append, a sequencer numbers, replicas apply in order whatever the order of arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motet import MemberId, Process

from generated.wire.log import Put, ReplicateAtSequencer, Slot

if TYPE_CHECKING:
    from generated.replica.log import Replica


class Sequencer(Process):
    """Decides the order."""


async def replicate(
    sequencer: Sequencer, net: ReplicateAtSequencer, puts: list[tuple[str, int]]
) -> dict[MemberId[Replica], int]:
    index = 0
    acknowledged: dict[MemberId[Replica], int] = {}
    slots: list[Slot] = []

    async def send_slots() -> None:
        nonlocal index
        async for batch in net.batches(puts):
            for p in batch:
                slots.append(Slot(index, Put(*p)))
                index += 1
            await net.dealt.send(slots)  # → relays, log.py:50
        await net.dealt.end()

    async def receive_applied() -> None:
        async for member, batch in net.applied:  # ← replicas, log.py:66
            acknowledged[member] = acknowledged.get(member, 0) + len(batch)

    await net.concurrently(send_slots(), receive_applied())
    return acknowledged
