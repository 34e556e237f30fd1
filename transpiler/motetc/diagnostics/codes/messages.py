"""Codes about what travels: its type, its form on the wire, and the `await` in front of it."""

from __future__ import annotations

from motetc.diagnostics.codes.code import code

MESSAGES = (
    code(
        "not-serializable",
        "a value is sent whose type has no form on the wire",
        """
        Encoders and decoders are generated from types, and what arrives is checked against them. Functions, open files,
        locks, `Any` and classes that are not dataclasses, NamedTuples, TypedDicts or enums have no such form.
        """,
        """send the data itself, as a dataclass; or give its class a codec with `motet.register_codec`""",
        """
        @choreography
        async def lend(buyer: Buyer, seller: Seller, rule: At[Callable[[int], int], Buyer]) -> None:
            received = await buyer.send(rule, to=seller)
            with seller:
                print(received)
        """,
        """
        @choreography
        async def lend(buyer: Buyer, seller: Seller, rebate: At[int, Buyer]) -> None:
            received = await buyer.send(rebate, to=seller)
            with seller:
                print(received)
        """,
    ),
    code(
        "missing-type",
        "a parameter, a result or a value that travels has no type that can be found out",
        """
        The annotations of a choreography say who takes part and what is known where, and the receiver of a message checks
        what arrives against its type. Inside a choreography mypy infers nearly every type; its parameters and its result
        are for you to write.
        """,
        "annotate it: a location by its class, a value as `At[T, Location]`, a choreography without a result as `-> None`",
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title) -> None:
            with seller:
                print("open")
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Seller]) -> None:
            with seller:
                print("open for", title)
        """,
    ),
    code(
        "not-awaited",
        "a communication or a call of a choreography is not awaited",
        """
        `buyer.send(…)` alone only says what would be sent. Every location must see the same messages in the same order,
        so each is awaited where it is written. An operator of a live collection that needs what its function gives at
        once (`filter`, `inspect`, `fold`) does not wait for an `async` one either. And a call of an `async` function
        that is asked whether it is true (`if shop.is_open():`) always is, whatever it would give.
        """,
        "write `await` in front of it; for calls that should overlap, `await concurrently(f(…), g(…))`",
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            wanted = buyer.send(title, to=seller)
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            wanted = await buyer.send(title, to=seller)
        """,
    ),
    code(
        "wire-mismatch",
        "the two ends of a message do not agree on its type",
        """
        The generated modules are checked apart from the compiler that wrote them. This finding says that a generated
        `send` or `recv` does not fit its channel: the modules were edited, or belong to different builds, or the
        compiler is wrong.
        """,
        "run `motet build`; if it stays, please report it as a bug",
    ),
    code(
        "wire-change",
        "a message travels otherwise than in the build it is compared with",
        """
        Only `motet breaking` says this. Nodes compare the fingerprints of their builds when they meet, and refuse each
        other when a channel has come, gone, or changed its type or its codec: so a change of the wire format is a
        deployment of all locations at once.
        """,
        "deploy all locations together; or leave the old choreography and add a new one beside it",
    ),
)
