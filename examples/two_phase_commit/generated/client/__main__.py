"""Run one `Client`: python -m generated.client --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.client.travel import Client, book, book_all
from generated.wire.travel import BookAllAtClient, BookAtClient

ENTRIES = {
    "travel:book": Entry(
        book,
        BookAtClient,
        plays="client",
        roles={
            "client": Role("Client"),
            "coordinator": Role("Coordinator"),
            "agencies": Role("Agency", cluster=True),
        },
    ),
    "travel:book_all": Entry(
        book_all,
        BookAllAtClient,
        plays="client",
        roles={
            "client": Role("Client"),
            "coordinator": Role("Coordinator"),
            "agencies": Role("Agency", cluster=True),
        },
    ),
}

if __name__ == "__main__":
    main(Client, ENTRIES)
