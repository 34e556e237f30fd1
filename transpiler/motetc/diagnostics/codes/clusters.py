"""Codes about clusters, their members, and calls between choreographies."""

from __future__ import annotations

from motetc.diagnostics.codes.code import code

CLUSTERS = (
    code(
        "data-dependent-receiver",
        "which location receives a message depends on data that others do not know",
        """
        Both ends of a message must know that it is sent. `workers[i]` names a member only where every member, and whoever
        talks to it, knows `i`.
        """,
        """share the index first, or let the data choose with a collective: `scatter`, or `all_to_all` inside a cluster
        (`demux`, for live collections)""",
        """
        @choreography
        async def pick(leader: Leader, workers: Worker, chosen: At[int, Leader]) -> None:
            job = await leader.send("work", to=workers[chosen])
        """,
        """
        @choreography
        async def pick(leader: Leader, workers: Worker, chosen: At[int, Leader]) -> None:
            index = await leader.share(chosen, to=workers)
            job = await leader.send("work", to=workers[index])
        """,
    ),
    code(
        "wrong-member",
        "a value of one member is used as if another member held it",
        """
        In a cluster each member has its own copy. What one member received or computed is known at that member, not at
        the cluster.
        """,
        "use the value at its own member, or share it: `await workers[0].share(x, to=workers)`",
        """
        @choreography
        async def pass_on(leader: Leader, workers: Worker, job: At[str, Leader]) -> At[str, Leader]:
            mine = await leader.send(job, to=workers[0])
            return await workers[1].send(mine, to=leader)
        """,
        """
        @choreography
        async def pass_on(leader: Leader, workers: Worker, job: At[str, Leader]) -> At[str, Leader]:
            mine = await leader.send(job, to=workers[0])
            return await workers[0].send(mine, to=leader)
        """,
    ),
    code(
        "role-aliasing",
        "one location is given for two parameters of a choreography",
        """
        A choreography is projected once for each of its parameters. A location that played two of them would have to talk
        to itself, in the order of two modules at once.
        """,
        "pass different locations, or write a choreography with one parameter less",
        """
        A = TypeVar("A", bound=Process)
        B = TypeVar("B", bound=Process)


        @choreography
        async def tell(speaker: A, listener: B, title: At[str, A]) -> None:
            await speaker.send(title, to=listener)


        @choreography
        async def twice(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            await tell(buyer, buyer, title)
        """,
        """
        A = TypeVar("A", bound=Process)
        B = TypeVar("B", bound=Process)


        @choreography
        async def tell(speaker: A, listener: B, title: At[str, A]) -> None:
            await speaker.send(title, to=listener)


        @choreography
        async def twice(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            await tell(buyer, seller, title)
        """,
    ),
    code(
        "missing-nondet",
        "the outcome depends on timing, and the program does not say why that is fine",
        """
        Sessions and concurrent calls that use one location's state, or change one value, race for it; so do functions of
        live collections, where one changes what another uses, or elements have no order; a quorum takes
        whichever answers come first. Motet allows it, and asks for a reason, so that no race is there by accident. The
        reason is a literal, or a parameter of type `Nondet` that the caller fills.
        """,
        'give the reason: `each(nondet("orders may be served in any order"))`',
        """
        @choreography
        async def serve(seller: Seller, workers: Worker) -> None:
            for worker in workers.each():
                title = await worker.send(str(worker.load()), to=seller)
                await seller.send(seller.ship(title), to=worker)
        """,
        """
        @choreography
        async def serve(seller: Seller, workers: Worker) -> None:
            for worker in workers.each(nondet("orders may be served in any order")):
                title = await worker.send(str(worker.load()), to=seller)
                await seller.send(seller.ship(title), to=worker)
        """,
    ),
    code(
        "missing-proof",
        "a fold needs a property of its function that the program does not claim",
        """
        Elements that arrive in no order, or more than once, may be folded only by a function that does not mind. Neither
        Motet nor mypy can see that of a function, so the program claims it, with a reason that a reviewer can judge;
        `motet plan --nondeterminism` lists every one.
        """,
        'claim it with a reason: `fold(…, commutative=proof("addition of counts"))`',
        """
        @choreography
        async def total(leader: Leader, workers: Worker) -> At[int, Leader]:
            loads = workers.source([workers.load()]).send(to=leader).values()
            return await loads.fold(int, lambda total, load: total + load).collect()
        """,
        """
        @choreography
        async def total(leader: Leader, workers: Worker) -> At[int, Leader]:
            loads = workers.source([workers.load()]).send(to=leader).values()
            added = loads.fold(
                int, lambda total, load: total + load, commutative=proof("addition of counts")
            )
            return await added.collect()
        """,
    ),
    code(
        "order-needed",
        "an operator needs an order that its stream does not have",
        """
        What arrives from several members has no order; `first`, `last` and `scan` need one. Each sender's own elements
        are in order, as long as the stream is keyed by its sender.
        """,
        "keep the stream keyed by its sender, or use an operator that does not depend on order",
        """
        @choreography
        async def latest(leader: Leader, workers: Worker) -> At[int | None, Leader]:
            loads = workers.source([workers.load()]).send(to=leader).values()
            return await loads.last().collect()
        """,
        """
        @choreography
        async def latest(leader: Leader, workers: Worker) -> At[int | None, Leader]:
            loads = workers.source([workers.load()]).send(to=leader).values()
            return await loads.max().collect()
        """,
    ),
)
