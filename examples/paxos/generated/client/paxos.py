"""Multi-Paxos: proposers elect a leader, acceptors remember, replicas apply, and any proposer may die."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motet import MemberId, MembershipEvent, Process

from generated.wire.paxos import PaxosAtClient
from messages import Command

if TYPE_CHECKING:
    from generated.proposer.paxos import Proposer


class Client(Process):
    """Keeps some commands under way until all have been answered."""

    def __init__(self) -> None:
        self.answered = 0

    def note(self, number: int) -> None:
        self.answered += 1
        print(f"{self.answered} committed", flush=True)

    def see(self, proposer: MemberId[Proposer], event: MembershipEvent) -> None:
        print(f"proposer {proposer.index} has {event.value}", flush=True)


async def paxos(client: Client, net: PaxosAtClient, commands: int, window: int) -> None:
    seen: set[int] = set()
    asked: list[Command] = []

    async def send_asked() -> None:
        # The client: a number of commands at a time, the next one when one is answered.
        async for batch in net.batches(range(min(window, commands))):
            for number in batch:
                asked.append(Command(number, f"key{number % 10}", number))
            await net.asked.send(asked)  # → proposers, paxos.py:79

    async def receive_applied() -> None:
        # The first replica to apply a command answers it.
        async for _, batch in net.applied:  # ← replicas, paxos.py:123
            for answer in batch:
                if answer not in seen:
                    seen.add(answer)
                    n = answer + window
                    if n < commands:
                        asked.append(Command(n, f"key{n % 10}", n))
                    client.note(answer)
            await net.asked.send(asked)  # → proposers, paxos.py:79

    async def watch_proposers() -> None:
        # Whoever watches who comes and goes does not fail when somebody does.
        async for member, events in net.membership(net.proposers):
            for event in events:
                client.see(member, event)

    await net.concurrently(send_asked(), receive_applied(), watch_proposers())
