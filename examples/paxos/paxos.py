"""Multi-Paxos: proposers elect a leader, acceptors remember, replicas apply, and any proposer may die."""

from __future__ import annotations

import os

from accepting import Accepting
from messages import Command, News
from proposing import Proposing, Step
from replicating import Replicating

from motet import At, Cluster, MemberId, MembershipEvent, Process, choreography, nondet, proof

CHECKPOINT = 64  # slots between two checkpoints


class Client(Process):
    """Keeps some commands under way until all have been answered."""

    def __init__(self) -> None:
        self.answered = 0

    def note(self, number: int) -> None:
        self.answered += 1
        print(f"{self.answered} committed", flush=True)

    def see(self, proposer: MemberId[Proposer], event: MembershipEvent) -> None:
        print(f"proposer {proposer.index} has {event.value}", flush=True)


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


class Acceptor(Cluster):
    """Remembers."""

    def __init__(self) -> None:
        self.state = Accepting()


class Replica(Cluster):
    """Applies."""

    def __init__(self) -> None:
        self.state = Replicating()
        self.told = 0

    def checkpoint(self) -> list[int]:
        """How far it is, now and then."""
        if self.state.following - self.told < CHECKPOINT:
            return []
        self.told = self.state.following
        return [self.told]


@choreography
async def paxos(
    client: Client,
    proposers: Proposer,
    acceptors: Acceptor,
    replicas: Replica,
    commands: At[int, Client],
    window: At[int, Client],
) -> None:
    # The client: a number of commands at a time, the next one when one is answered.
    go_on, following = client.channel(int)
    numbers = client.source(range(min(window, commands))).merge_unordered(following)
    asked = numbers.map(lambda n: Command(n, f"key{n % 10}", n)).broadcast(to=proposers)

    # The proposers: one step for everything that has come, and for the time that has passed.
    clock = proposers.every(0.05, nondet("time only decides who campaigns, and when"))
    tell, news = proposers.channel(News)
    with proposers.sliced() as tick:
        ticks = tick.batch(clock, nondet("ticks are only counted"))
        wanted = tick.batch(asked, nondet("commands may be sequenced in any order"))
        heard = tick.batch(
            news, nondet("ballots decide what counts, not the order in which it comes")
        )
        step = proposers.step(len(ticks), wanted, heard)
        prepares = tick.stream(step.prepares)
        accepts = tick.stream(step.accepts)
        beats = tick.stream(step.beats)
        decided = tick.stream(step.decided)

    # The acceptors answer whoever asks.
    prepared = prepares.broadcast(to=acceptors)
    promises = prepared.assume_ordering(
        nondet("the largest ballot is promised, whenever it comes")
    ).map(lambda p: acceptors.state.prepare(acceptors.me.index, p))
    accepted = accepts.broadcast(to=acceptors)
    votes = accepted.assume_ordering(
        nondet("what is below a promised ballot is turned down, whenever it comes")
    ).map(lambda a: acceptors.state.accept(acceptors.me.index, a))

    # What proposers hear: the acceptors' answers, signs of a leader, and what was decided.
    tell.send(promises.demux(to=proposers).values())
    tell.send(votes.demux(to=proposers).values())
    tell.send(beats.broadcast(to=proposers).values())
    tell.send(decided.broadcast(to=proposers).values())

    # The replicas apply, and say how far they are.
    log = decided.broadcast(to=replicas).values()
    slots = log.assume_ordering(nondet("what is decided is applied by the slots' numbers"))
    applied = slots.flat_map_unordered(lambda d: replicas.state.apply(d))
    checkpoints = slots.flat_map_unordered(lambda _: replicas.checkpoint()).broadcast(to=acceptors)
    checkpoints.entries().for_each(
        lambda e: acceptors.state.forget(e[0].index, e[1], len(replicas)),
        commutative=proof("the checkpoint is the smallest of the replicas' largest"),
    )

    # The first replica to apply a command answers it.
    answers = applied.send(to=client).values().unique()
    go_on.send(answers.map(lambda n: n + window).filter(lambda n: n < commands))
    answers.for_each(client.note, commutative=proof("answers are only counted"))

    # Whoever watches who comes and goes does not fail when somebody does.
    events = client.membership(proposers, nondet("a leader that is lost is replaced"))
    events.entries().for_each(
        lambda e: client.see(e[0], e[1]), commutative=proof("every event is a line of its own")
    )
