"""Codes about places: where a value is, and where a call runs."""

from __future__ import annotations

from motetc.diagnostics.codes.code import code

PLACES = (
    code(
        "no-common-place",
        "an expression needs values that no one location knows together",
        """
        An expression runs where all its names are known. When their places have nothing in common, there is nowhere
        to run it.
        """,
        "send one value to where the other is",
        """
        @choreography
        async def afford(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            with seller:
                price = 12
            fits = price <= buyer.budget
            with buyer:
                print(fits)
        """,
        """
        @choreography
        async def afford(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            with seller:
                price = 12
            quoted = await seller.send(price, to=buyer)
            fits = quoted <= buyer.budget
            with buyer:
                print(fits)
        """,
    ),
    code(
        "unknown-value",
        "a location uses a value that it does not know",
        """
        A name is known at its place only. In `with seller:`, in a call of a seller's method and in a result at the seller
        the seller computes, so it must know every name there. Of what it sends, `wrong-sender` says it.
        """,
        "send or share the value to that location first",
        """
        @choreography
        async def show(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            with seller:
                print(title)
        """,
        """
        @choreography
        async def show(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            wanted = await buyer.send(title, to=seller)
            with seller:
                print(wanted)
        """,
    ),
    code(
        "wrong-sender",
        "a location sends a value that it does not know",
        """
        `a.send(x, to=b)` evaluates `x` at `a`. Somewhere else may know it, but nobody sends on another's behalf.
        """,
        "let a location that knows the value send it",
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[str, Buyer]:
            return await seller.send(title, to=buyer)
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> At[str, Buyer]:
            wanted = await buyer.send(title, to=seller)
            return await seller.send(wanted, to=buyer)
        """,
    ),
    code(
        "unplaced-call",
        "a call that is not known to be pure could run at several locations, or at any",
        """
        A call may print, write or ask a clock, so it must run at exactly one location: by accident nothing runs twice.
        Calls known to have no effects (builtins such as `len`, constructors of frozen dataclasses, functions marked `@pure`)
        are free to run wherever their arguments are.
        """,
        "put the call into `with location:`, or mark the function `@pure` if it has no effects",
        """
        @choreography
        async def announce(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            known = await buyer.share(title, to=seller)
            print(known)
        """,
        """
        @choreography
        async def announce(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            known = await buyer.share(title, to=seller)
            with seller:
                print(known)
        """,
    ),
    code(
        "missing-place",
        "a parameter or result of a choreography does not say where it is",
        """
        `title: str` could be known at the buyer, at the seller or at both, and each gives other modules. Only locations
        themselves go without. While it is open who takes part, the body of a choreography is not looked at: what could
        be said of it follows from that.
        """,
        "write `At[str, Buyer]`, `At[str, Buyer | Seller]`, or `Each[str, Worker]` for a value of each member",
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: str) -> None:
            await buyer.send(title, to=seller)
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            await buyer.send(title, to=seller)
        """,
    ),
    code(
        "mutable-agreement",
        "a value known at several locations is of a mutable type",
        """
        Each location holds a copy. If one changed its list, the others would not notice, and what the source calls one
        value would be several.
        """,
        "share an immutable form: a tuple, a frozenset, a frozen dataclass; or send it to one location only",
        """
        @choreography
        async def agree(buyer: Buyer, seller: Seller, titles: At[list[str], Buyer]) -> None:
            known = await buyer.share(titles, to=seller)
            with seller:
                print(known)
        """,
        """
        @choreography
        async def agree(buyer: Buyer, seller: Seller, titles: At[tuple[str, ...], Buyer]) -> None:
            known = await buyer.share(titles, to=seller)
            with seller:
                print(known)
        """,
    ),
    code(
        "not-deterministic",
        "what several locations compute for themselves could come out differently at each",
        """
        Where a value is known at several locations, each computes it, and all must get the same. Random numbers, clocks,
        `id` and the order of a set differ from process to process.
        """,
        "compute it at one location and share the result",
        """
        @choreography
        async def draw(buyer: Buyer, seller: Seller) -> None:
            with buyer, seller:
                number = random.randint(1, 6)
            with buyer:
                print(number)
        """,
        """
        @choreography
        async def draw(buyer: Buyer, seller: Seller) -> None:
            with buyer:
                rolled = random.randint(1, 6)
            number = await buyer.share(rolled, to=seller)
            with seller:
                print(number)
        """,
    ),
)
