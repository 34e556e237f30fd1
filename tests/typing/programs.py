"""Hydro's example programs, as far as types go: what they need fits together without a cast."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import random
from typing import TypeVar

from motet import (
    ClientId,
    Cluster,
    KeyedSingleton,
    KeyedStream,
    MemberId,
    MembershipEvent,
    MonotonicValue,
    NoOrder,
    Process,
    Stream,
    choreography,
    nondet,
    proof,
)


class Leader(Process): ...


class Reducer(Process): ...


class Worker(Cluster): ...


class Client(Cluster): ...


# Estimating pi.


@dataclass(frozen=True)
class Tally:
    inside: int = 0
    total: int = 0

    def plus(self, other: Tally) -> Tally:
        return Tally(self.inside + other.inside, self.total + other.total)


def throw_darts(count: int) -> Tally:
    inside = sum(random() ** 2 + random() ** 2 < 1 for _ in range(count))
    return Tally(inside, count)


def report(tally: Tally) -> None:
    print(4 * tally.inside / tally.total)


@choreography
async def estimate_pi(leader: Leader, workers: Worker) -> None:
    tallies = workers.spin().map(lambda _: throw_darts(8192))
    total = (
        tallies.send(to=leader)
        .values()
        .fold(Tally, Tally.plus, commutative=proof("addition of counts"))
    )
    total.sample_every(1.0, nondet("which running total is printed does not matter")).for_each(
        report
    )


# Counting words, with a reducer of its own.


@choreography
async def count_words(
    leader: Leader, workers: Worker, reducer: Reducer, text: list[str]
) -> dict[str, int]:
    words = leader.source(text).flat_map_ordered(str.split)
    shares = words.round_robin(to=workers, why=nondet("any worker counts as well"))
    counts = shares.map(lambda word: (word, 1)).into_keyed().fold(0, lambda n, one: n + one)
    arrived = counts.entries().send(to=reducer).values()
    total = arrived.into_keyed().fold(0, lambda n, more: n + more, commutative=proof("addition"))
    return await total.collect()


@choreography
async def count_batches(leader: Leader, workers: Worker, reducer: Reducer) -> None:
    words = leader.source(["abc", "abc", "xyz"]).round_robin(
        to=workers, why=nondet("any worker will do")
    )
    with workers.sliced() as tick:
        batch = tick.batch(words, nondet("addition is associative: how words are grouped is free"))
        partial = tick.stream(Counter(batch).items())
    sums = (
        partial.send(to=reducer)
        .values()
        .into_keyed()
        .reduce(int.__add__, commutative=proof("addition"))
    )
    with reducer.sliced(every=1.0, why=nondet("when it is printed is free")) as now:
        for word, n in now.snapshot(sums, nondet("a running count")).items():
            print(word, n)


# Everybody to everybody.


@choreography
async def many_to_many(workers: Worker) -> None:
    heard = workers.source(range(2)).broadcast(to=workers)
    heard.entries().for_each(print, commutative=proof("lines in any order"))


# To the members by name, and back.


@choreography
async def there_and_back(leader: Leader, workers: Worker) -> None:
    ids = leader.source(workers.members)
    addressed = ids.cross_product(leader.source(range(5))).map(lambda pair: (pair[0], pair))
    received = addressed.demux(to=workers)
    back = received.inspect(print).send(to=leader).entries()
    back.for_each(print, commutative=proof("lines in any order"))


# Two-phase commit with a quorum.


@choreography
async def two_phase_commit(leader: Leader, workers: Worker) -> None:
    payloads = leader.source(["a", "b"])
    prepared = payloads.broadcast(to=workers).map(lambda payload: (payload, True))
    votes = prepared.send(to=leader).values().into_keyed()
    agreed = votes.value_counts().threshold_greater_or_equal_uniform(3).keys()
    commits = (
        agreed.broadcast(to=workers).send(to=leader).values().map(lambda payload: (payload, 1))
    )
    done = commits.into_keyed().value_counts().threshold_greater_or_equal_uniform(3)
    done.keys().for_each(print, commutative=proof("commits are independent"))


# A counter for every name, with read-after-write.


@dataclass(frozen=True)
class Get:
    name: str


@dataclass(frozen=True)
class Add:
    name: str


@choreography
async def keyed_counter(leader: Leader) -> None:
    port = leader.port(Get | Add, str | int, name="counter")
    writes = port.requests.filter_map(lambda r: r if isinstance(r, Add) else None).atomic()
    reads = port.requests.filter_map(lambda r: r if isinstance(r, Get) else None)
    by_name = writes.entries().map(lambda entry: (entry[1].name, entry[0])).into_keyed()
    counts = by_name.value_counts()
    port.reply(writes.end_atomic().map(lambda add: f"added {add.name}"))
    with leader.sliced() as tick:
        asked = tick.batch(reads, nondet("which reads share a slice is free"))
        now = tick.atomic(counts)
        answers = tick.stream([(client, now.get(get.name, 0)) for client, get in asked])
    port.reply(answers.into_keyed())


# Chat: everybody hears everybody else.


@choreography
async def chat(leader: Leader) -> None:
    port = leader.port(str, str, name="chat")
    with leader.sliced() as tick:
        lines = tick.batch(port.requests, nondet("late joiners miss what was said before"))
        events = tick.batch(port.membership, nondet("the same"))
        here = tick.state(frozenset[ClientId])
        for client, event in events:
            here = here | {client} if event is MembershipEvent.JOINED else here - {client}
        said = tick.stream(
            [(to, f"{who}: {line}") for who, line in lines for to in sorted(here) if to != who]
        )
    port.reply(said.into_keyed())


# A replicated log: slots out of order become a state in order.


@dataclass(frozen=True)
class Put:
    slot: int
    key: str
    value: int


def apply_in_order(
    state: tuple[int, dict[int, Put]], put: Put
) -> tuple[tuple[int, dict[int, Put]], list[Put]]:
    slot, waiting = state
    waiting = waiting | {put.slot: put}
    ready = []
    while slot in waiting:
        ready.append(waiting.pop(slot))
        slot += 1
    return (slot, waiting), ready


@choreography
async def replicas(workers: Worker, puts: Stream[Put, Worker, NoOrder]) -> None:
    in_any_order = puts.assume_ordering(nondet("slots put them in order"))
    released = in_any_order.scan(lambda: (0, dict[int, Put]()), apply_in_order).flatten_ordered()
    table = (
        released.map(lambda put: (put.key, put.value)).into_keyed().fold(0, lambda _, value: value)
    )
    table.key_count().sample_every(1.0, nondet("a running count")).for_each(print)


# Ballots, heartbeats and a way back, as in Paxos.


@dataclass(frozen=True, order=True)
class Ballot:
    number: int
    proposer: MemberId[Client]


@choreography
async def election(clients: Client, workers: Worker) -> None:
    failed, seen = clients.channel(Ballot)
    largest = seen.max().unwrap_or(clients.singleton(Ballot(0, clients.me)))
    heartbeats = clients.every(0.1, nondet("the clock")).broadcast(to=clients)
    silent = heartbeats.values().timeout(1.0, nondet("the clock"))
    with clients.sliced(every=0.5, why=nondet("the clock")) as tick:
        ballot = tick.snapshot(largest, nondet("any later one will do"))
        nobody = tick.snapshot(silent, nondet("any later one will do"))
        asks = tick.stream([Ballot(ballot.number + 1, clients.me)] if nobody else [])
    asked = asks.broadcast(to=workers)
    promised = asked.values().max()
    with workers.sliced() as moment:
        best = moment.snapshot(promised, nondet("it only grows"))
        batch = moment.batch(asked, nondet("grouping is free"))
        answers = moment.stream(
            [(proposer, b if best is None else max(b, best)) for proposer, b in batch]
        )
    replies = answers.demux(to=clients)
    failed.send(replies.values())
    failed.send(asks.weaken_ordering())


# Libraries are generic functions.

K = TypeVar("K")
P = TypeVar("P", bound=Process)
W = TypeVar("W", bound=Cluster)


def largest(votes: KeyedStream[K, int, P, NoOrder]) -> KeyedSingleton[K, int, P, MonotonicValue]:
    return votes.fold(0, max, commutative=proof("a maximum"), monotone=proof("it never falls"))


def to_all_and_back(
    questions: Stream[str, P], leader: P, workers: W
) -> KeyedStream[MemberId[W], str, P]:
    return questions.broadcast(to=workers).map(str.upper).send(to=leader)
