"""Codes about programs as a whole: what does not parse, cannot be imported, or is not supported."""

from __future__ import annotations

from motetc.diagnostics.codes.code import code

PROGRAMS = (
    code(
        "syntax-error",
        "a file is not valid Python, or cannot be read",
        """
        Nothing can be said of a module that does not parse. The position is the one that Python itself gives. A file
        that is not UTF-8 cannot be read at all, nor one without permission, a link that leads nowhere, or what is in a
        folder that cannot be listed: there might be sources.
        """,
        "mend the syntax, save the file as UTF-8, make it readable, or `exclude` it in [tool.motet]",
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            await buyer.send(title, to=seller
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            await buyer.send(title, to=seller)
        """,
    ),
    code(
        "import-error",
        "an import names what is not there, or is not there itself",
        """
        Motet follows the project's own imports to know what each location needs. A name that a module of the project does
        not define cannot be followed, and `import *` does not say which names it brings. Where `Process` or
        `choreography` is used and imported from nowhere, a module would pass for one that has nothing to do with Motet.
        """,
        "correct the name, import names one by one, write the import that is missing, or add the folder to `sources` in [tool.motet]",
        """
        import warehouse


        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            wanted = await buyer.send(title, to=seller)
            with seller:
                print(warehouse.find(wanted))
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            wanted = await buyer.send(title, to=seller)
            with seller:
                print(wanted)
        """,
    ),
    code(
        "unsupported-syntax",
        "a construct that Motet does not project, at least not yet",
        """
        A construct that we cannot project faithfully is refused with its position and a way around it; it is never
        translated into something else. `try` around several locations is one: what would each of them catch? Others are
        locations, their classes and choreographies as values, and a `return` out of a block or a session.
        """,
        "follow the help of the finding; most constructs work as they are inside `with location:`",
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            try:
                wanted = await buyer.send(title, to=seller)
                seller.ship(wanted)
            except KeyError:
                pass
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, title: At[str, Buyer]) -> None:
            wanted = await buyer.send(title, to=seller)
            with seller:
                try:
                    seller.ship(wanted)
                except KeyError:
                    pass
        """,
    ),
    code(
        "never-used",
        "a live collection or a port is declared, and nothing is done with it",
        """
        A pipeline runs for what comes out of it: a sink, or a result that is awaited. A collection that nothing is made
        of would be sent, received and thrown away. More likely its last step is missing. Clients of a port of which
        nobody takes the requests would wait for ever.
        """,
        "await its value (`collect`), give it a sink (`for_each`), or leave it out",
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, titles: At[list[str], Buyer]) -> None:
            wanted = buyer.source(titles).send(to=seller)
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, titles: At[list[str], Buyer]) -> None:
            wanted = buyer.source(titles).send(to=seller)
            wanted.for_each(seller.ship)
        """,
    ),
    code(
        "not-hashable",
        "an operator looks up what has no hash",
        """
        Keys, and elements that are remembered (`unique`, `filter_not_in`, `join`), are looked up in dicts and sets, which
        takes a hash. Lists, sets, dicts and dataclasses that are not frozen have none, because they may change.
        """,
        "use what cannot change: a tuple, a frozenset, a frozen dataclass",
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, words: At[list[str], Buyer]) -> At[int, Seller]:
            wanted = buyer.source(words).map(lambda word: list(word)).send(to=seller)
            return await wanted.unique().count().collect()
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, words: At[list[str], Buyer]) -> At[int, Seller]:
            wanted = buyer.source(words).map(lambda word: tuple(word)).send(to=seller)
            return await wanted.unique().count().collect()
        """,
    ),
    code(
        "not-comparable",
        "an operator compares what has no order",
        """
        `sort`, `max` and `min` ask which of two elements is smaller. `None`, complex numbers, dicts, and classes without
        `<` have no answer.
        """,
        "map them to what has an order, say by what (`max(key=…)`), or write `@dataclass(order=True)`",
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, words: At[list[str], Buyer]) -> At[int, Seller]:
            wanted = buyer.source(words).send(to=seller)
            return await wanted.map(complex).sort().count().collect()
        """,
        """
        @choreography
        async def order(buyer: Buyer, seller: Seller, words: At[list[str], Buyer]) -> At[int, Seller]:
            wanted = buyer.source(words).send(to=seller)
            return await wanted.map(float).sort().count().collect()
        """,
    ),
)
