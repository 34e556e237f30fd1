"""A chat: whoever is connected hears what the others say."""

from __future__ import annotations

from motet import ClientId, Process
from motet.std import is_present

from generated.wire.chat import ChatAtServer


class Server(Process):
    """Where people meet."""


async def chat(server: Server, net: ChatAtServer) -> None:
    present: dict[ClientId, bool] = {}

    async def watch_chat() -> None:
        async for client_id, events in net.chat.membership:  # ← clients, chat.py:16
            for event in events:
                present[client_id] = is_present(present.get(client_id, False), event)

    async def serve_chat() -> None:
        async for client_id, batch in net.chat.requests:  # ← clients, chat.py:19
            said = [(client_id, item) for item in batch]
            there = present
            heard = [
                (listener, f"{speaker.number}: {line}")
                for speaker, line in said
                for listener, is_there in there.items()
                if is_there and listener != speaker
            ]
            await net.chat.reply(heard)  # → clients, chat.py:30

    await net.concurrently(watch_chat(), serve_chat())
