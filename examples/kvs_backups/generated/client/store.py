"""A key-value store: a primary answers, and every change is on all backups before it does."""

from __future__ import annotations

from motet import Process

from generated.wire.store import HandleAtClient, Request, ServeAtClient


class Client(Process):
    """Asks."""


async def handle(client: Client, net: HandleAtClient, request: Request) -> str | None:
    """One request. A `Get` costs the backups one message each (there is nothing to change)."""
    await net.asked.send(request)  # → primary, store.py:79
    return await net.answer.recv()  # ← primary, store.py:86


async def serve(
    client: Client, net: ServeAtClient, requests: list[Request]
) -> list[str | None]:
    """A sequence of requests; the answers, and what each backup holds in the end."""
    answers: list[str | None] = []
    # → primary, backups, store.py:95
    for i in range(await net.len.share(len(requests))):
        answer = await handle(client, net.handle, requests[i])
        answers.append(answer)
    return answers
