"""Run one `Agency`: python -m generated.agency --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.agency.travel import Agency, book, book_all
from generated.wire.travel import BookAllAtAgency, BookAtAgency

ENTRIES = {
    "travel:book": Entry(
        book,
        BookAtAgency,
        plays="agencies",
        roles={
            "client": Role("Client"),
            "coordinator": Role("Coordinator"),
            "agencies": Role("Agency", cluster=True),
        },
        apart=["agencies"],
    ),
    "travel:book_all": Entry(
        book_all,
        BookAllAtAgency,
        plays="agencies",
        roles={
            "client": Role("Client"),
            "coordinator": Role("Coordinator"),
            "agencies": Role("Agency", cluster=True),
        },
        apart=["agencies"],
    ),
}

if __name__ == "__main__":
    main(Agency, ENTRIES)
