"""Multi-Paxos: proposers elect a leader, acceptors remember, replicas apply, and any proposer may die."""

from __future__ import annotations

import os

from motet import Cluster

from generated.wire.paxos import PaxosAtProposer
from messages import Accept, Beat, Command, Decided, News, Prepare, Promise, Vote
from proposing import Proposing, Step


class Proposer(Cluster):
    """May lead."""

    def __init__(self) -> None:
        self.state = Proposing()

    def step(self, ticks: int, commands: list[Command], news: list[News]) -> Step:
        led = self.state.leading
        step = self.state.step(self.me.index, ticks, commands, news)
        if self.state.leading and not led:
            print(f"proposer {self.me.index} leads, process {os.getpid()}", flush=True)
        return step


async def paxos(proposers: Proposer, net: PaxosAtProposer) -> None:
    prepares: list[Prepare] = []
    accepts: list[Accept] = []
    beats: list[Beat] = []
    to_proposers: list[Decided] = []
    to_replicas: list[Decided] = []
    ticks: list[None] = []
    wanted: list[Command] = []
    heard: list[Promise | Vote | Beat | Decided] = []

    async def tick() -> None:
        nonlocal heard, ticks, wanted
        step = proposers.step(len(ticks), wanted, heard)
        prepares.extend(step.prepares)
        accepts.extend(step.accepts)
        beats.extend(step.beats)
        decided = step.decided
        to_proposers.extend(decided)
        to_replicas.extend(decided)
        ticks = []
        wanted = []
        heard = []
        await net.prepared.send(prepares)  # → acceptors, paxos.py:97
        await net.accepted.send(accepts)  # → acceptors, paxos.py:101
        await net.beats.send(beats)  # → proposers, paxos.py:109
        await net.decided.send(to_proposers)  # → proposers, paxos.py:110
        await net.decided_to_replicas.send(to_replicas)  # → replicas, paxos.py:113

    async def receive_asked() -> None:
        async for batch in net.asked:  # ← client, paxos.py:79
            wanted.extend(batch)
            await tick()

    async def run_clock() -> None:
        # The proposers: one step for everything that has come, and for the time that has passed.
        async for _ in net.every(0.05):
            ticks.append(None)
            await tick()

    async def receive_promises() -> None:
        # What proposers hear: the acceptors' answers, signs of a leader, and what was decided.
        async for _, batch in net.promises:  # ← acceptors, paxos.py:107
            heard.extend(batch)
            await tick()

    async def receive_votes() -> None:
        async for _, batch in net.votes:  # ← acceptors, paxos.py:108
            heard.extend(batch)
            await tick()

    async def receive_beats() -> None:
        async for _, batch in net.beats:  # ← proposers, paxos.py:109
            heard.extend(batch)
            await tick()

    async def receive_decided() -> None:
        async for _, batch in net.decided:  # ← proposers, paxos.py:110
            heard.extend(batch)
            await tick()

    await net.concurrently(
        receive_asked(),
        run_clock(),
        receive_promises(),
        receive_votes(),
        receive_beats(),
        receive_decided(),
    )
