"""A replicated log: clients append, a sequencer numbers, replicas apply in order whatever the order of arrival."""

from __future__ import annotations

from motet import Cluster

from generated.wire.log import ReplicateAtRelay


class Relay(Cluster):
    """Carries slots to the replicas, each at its own speed: so they come in any order."""


async def replicate(relays: Relay, net: ReplicateAtRelay) -> None:
    async for batch in net.dealt:  # ← sequencer, log.py:50
        await net.arrived.send(batch)  # → replicas, log.py:51
    await net.arrived.end()
