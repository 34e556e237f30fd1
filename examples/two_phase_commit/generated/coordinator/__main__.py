"""Run one `Coordinator`: python -m generated.coordinator --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.coordinator.travel import Coordinator, book, book_all
from generated.wire.travel import BookAllAtCoordinator, BookAtCoordinator

ENTRIES = {
    "travel:book": Entry(
        book,
        BookAtCoordinator,
        plays="coordinator",
        roles={
            "client": Role("Client"),
            "coordinator": Role("Coordinator"),
            "agencies": Role("Agency", cluster=True),
        },
    ),
    "travel:book_all": Entry(
        book_all,
        BookAllAtCoordinator,
        plays="coordinator",
        roles={
            "client": Role("Client"),
            "coordinator": Role("Coordinator"),
            "agencies": Role("Agency", cluster=True),
        },
    ),
}

if __name__ == "__main__":
    main(Coordinator, ENTRIES)
