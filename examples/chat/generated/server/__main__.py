"""Run one `Server`: python -m generated.server --help."""

from __future__ import annotations

from motet.node import Entry, Role, main

from generated.server.chat import Server, chat
from generated.wire.chat import ChatAtServer

ENTRIES = {
    "chat:chat": Entry(
        chat,
        ChatAtServer,
        plays="server",
        roles={"server": Role("Server")},
        ports=["chat"],
    ),
}

if __name__ == "__main__":
    main(Server, ENTRIES)
