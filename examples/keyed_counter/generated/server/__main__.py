"""Run one `Server`: python -m generated.server --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.server.counter import Server, count
from generated.wire.counter import CountAtServer

ENTRIES = {
    "counter:count": Entry(
        count,
        CountAtServer,
        plays="server",
        roles={"server": Role("Server")},
        ports=["counters"],
    ),
}

if __name__ == "__main__":
    main(Server, ENTRIES)
