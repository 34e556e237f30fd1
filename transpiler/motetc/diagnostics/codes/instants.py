"""The codes of slices, atomic sections and feedback: what holds at one instant."""

from __future__ import annotations

from motetc.diagnostics.codes.code import code

INSTANTS = (
    code(
        "idle-slice",
        "a slice that nothing sets going",
        """
        A slice runs when one of its batches has something, or when its timer fires. One that only looks at values and
        has no timer would never run.
        """,
        "read a stream in it with `tick.batch(…)`, or give it a timer: `sliced(every=1.0, why=…)`",
        """
        @choreography
        async def watch(leader: Leader, workers: Worker) -> None:
            loads = workers.source([workers.load()]).send(to=leader)
            seen = loads.values().count()
            with leader.sliced() as tick:
                number = tick.snapshot(seen, nondet("any number will do"))
                print(number)
        """,
        """
        @choreography
        async def watch(leader: Leader, workers: Worker) -> None:
            loads = workers.source([workers.load()]).send(to=leader)
            seen = loads.values().count()
            with leader.sliced(every=1.0, why=nondet("any number will do")) as tick:
                number = tick.snapshot(seen, nondet("any number will do"))
                print(number)
        """,
    ),
    code(
        "atomic-section",
        "an atomic section is read or left the wrong way",
        """
        What is acknowledged at the end of an atomic section has been counted by everything in it. A slice that reads it
        with `tick.atomic(…)` sees that; any other way of reading might see less, so there is none. Sections do not nest.
        """,
        "read it in a slice with `tick.atomic(…)`, or end the section first: `.end_atomic()`",
        """
        @choreography
        async def count(leader: Leader, workers: Worker) -> None:
            added = workers.source([workers.load()]).send(to=leader).values().atomic()
            total = added.count()
            asked = workers.source([1]).send(to=leader).values()
            with leader.sliced() as tick:
                batch = tick.batch(asked, nondet("questions are answered one by one"))
                number = tick.snapshot(total, nondet("any number will do"))
                answers = tick.stream([number for _ in batch])
            done = added.end_atomic().assume_ordering(nondet("told as they come"))
            done.broadcast(to=workers).for_each(print)
            answers.broadcast(to=workers).for_each(print)
        """,
        """
        @choreography
        async def count(leader: Leader, workers: Worker) -> None:
            added = workers.source([workers.load()]).send(to=leader).values().atomic()
            total = added.count()
            asked = workers.source([1]).send(to=leader).values()
            with leader.sliced() as tick:
                batch = tick.batch(asked, nondet("questions are answered one by one"))
                number = tick.atomic(total)
                answers = tick.stream([number for _ in batch])
            done = added.end_atomic().assume_ordering(nondet("told as they come"))
            done.broadcast(to=workers).for_each(print)
            answers.broadcast(to=workers).for_each(print)
        """,
    ),
    code(
        "instant-cycle",
        "a stream feeds itself within one instant",
        """
        What comes out of a channel may lead back into it only if something on the way takes time: a message to another
        location, or a slice, whose next run sees it. Otherwise one element would go round for ever before the next came.
        """,
        "read the channel in a slice: `tick.batch(received, …)`; or send it to another location and back",
        """
        @choreography
        async def grow(leader: Leader, workers: Worker) -> None:
            seeds = workers.source([workers.load()]).send(to=leader).values()
            sender, received = leader.channel(int)
            sender.send(seeds)
            sender.send(received.map(lambda n: n + 1))
        """,
        """
        @choreography
        async def grow(leader: Leader, workers: Worker) -> None:
            seeds = workers.source([workers.load()]).send(to=leader).values()
            sender, received = leader.channel(int)
            sender.send(seeds)
            with leader.sliced() as tick:
                batch = tick.batch(received, nondet("each number grows on its own"))
                grown = tick.stream([n + 1 for n in batch if n < 100])
            sender.send(grown)
        """,
    ),
    code(
        "never-ends",
        "something waits for the end of what never ends",
        """
        A result, a sorted stream, a look-up in a table that has to be final: all need the end of a stream. Timers and
        ports go on for ever, and so does a slice that one of them drives, and whatever leaves it; a channel may, and its
        type does not say that it ends. Nothing would come of it. The same holds of a statement behind a pipeline that
        never ends, or a call of a choreography with one: it is not reached.
        """,
        "read what has come so far in a slice, sample it with `sample_every`, or end it with `.take(n)`",
        """
        @choreography
        async def count(leader: Leader) -> At[int, Leader]:
            beats = leader.every(1.0, nondet("it only shows that somebody lives"))
            return await beats.count().collect()
        """,
        """
        @choreography
        async def count(leader: Leader) -> At[int, Leader]:
            beats = leader.every(1.0, nondet("it only shows that somebody lives"))
            return await beats.take(10).count().collect()
        """,
    ),
    code(
        "unfed-channel",
        "a channel that nothing is ever sent into",
        """
        A channel is declared before there is a stream to send into it, so it is easy to forget that; whatever reads it
        would wait for ever.
        """,
        "send a stream into it: `sender.send(stream)`; or leave the channel away",
        """
        @choreography
        async def count(leader: Leader, workers: Worker) -> None:
            sender, received = leader.channel(int)
            received.count().sample_every(1.0, nondet("any number will do")).for_each(print)
        """,
        """
        @choreography
        async def count(leader: Leader, workers: Worker) -> None:
            sender, received = leader.channel(int)
            received.count().sample_every(1.0, nondet("any number will do")).for_each(print)
            sender.send(workers.source([workers.load()]).send(to=leader).values())
        """,
    ),
)
