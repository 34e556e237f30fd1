"""Codes about conditions: who knows which way a program went."""

from __future__ import annotations

from motetc.diagnostics.codes.code import code

CHOICES = (
    code(
        "unknown-choice",
        "a location acts in a branch or loop whose condition it does not know",
        """
        Each location runs its own module. Where the arms of a branch differ for a location, its module must branch
        too, and so it must know the condition. Motet sends no message that the source does not show: telling others
        which way it went is a `share` that you write.
        """,
        "share the condition with the location that acts: `if await buyer.share(…, to=seller):`",
        """
        @choreography
        async def buy(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[str | None, Buyer]:
            wanted = await buyer.send(title, to=seller)
            price = await seller.send(seller.price(wanted), to=buyer)
            if price <= buyer.budget:
                return await seller.send(seller.ship(wanted), to=buyer)
            return None
        """,
        """
        @choreography
        async def buy(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[str | None, Buyer]:
            wanted = await buyer.send(title, to=seller)
            price = await seller.send(seller.price(wanted), to=buyer)
            if await buyer.share(price <= buyer.budget, to=seller):
                return await seller.send(seller.ship(wanted), to=buyer)
            return None
        """,
    ),
    code(
        "divergent-choice",
        "the members of a cluster may answer a condition differently, and the branch communicates",
        """
        When each member decides for itself, some would wait for messages that others never send. A condition that
        each member computes on its own may guard local code only.
        """,
        "agree first: `if await workers.all_reduce(mine, max) > 3:` gives every member the same answer",
        """
        @choreography
        async def report(leader: Leader, workers: Worker) -> None:
            if workers.load() > 3:
                loads = await workers.gather(workers.load(), to=leader)
                with leader:
                    print(loads)
        """,
        """
        @choreography
        async def report(leader: Leader, workers: Worker) -> None:
            highest = await workers.all_reduce(workers.load(), max)
            if await workers[0].share(highest > 3, to=leader):
                loads = await workers.gather(workers.load(), to=leader)
                with leader:
                    print(loads)
        """,
    ),
    code(
        "already-known",
        "a value is shared with a location that knows it already",
        """
        The message would carry nothing. It is most often a sign that an earlier `share` was forgotten while reading
        the program. Role-polymorphic code is exempt, because there it depends on the caller.
        """,
        "use the value as it is, or leave the location out of `to`",
        """
        @choreography
        async def tell(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            known = await buyer.share(title, to=seller)
            again = await buyer.share(known, to=seller)
            with seller:
                print(again)
        """,
        """
        @choreography
        async def tell(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            known = await buyer.share(title, to=seller)
            with seller:
                print(known)
        """,
    ),
    code(
        "maybe-unbound",
        "a name is used where it may not have been bound at that location",
        """
        A name bound in the arms of a branch is known after it only at the locations where every arm binds it and the
        condition is known; bound in one arm only, it is not known at all. What a `with` block, a `try` or `:=` binds on
        some paths only may be read by other local code there, and nowhere else.
        """,
        "bind the name before the branch, or in every arm",
        """
        @choreography
        async def ask(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[str, Buyer]:
            if title:
                answer = title.upper()
            return answer
        """,
        """
        @choreography
        async def ask(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[str, Buyer]:
            answer = ""
            if title:
                answer = title.upper()
            return answer
        """,
    ),
)
