"""Counters for outside clients: an increment that was acknowledged is seen by everybody who asks afterwards."""

from __future__ import annotations

from typing import TypeAlias

from motet import ClientId, Process

from generated.wire.counter import Count, CountAtServer, Done, Get, Increment

Request: TypeAlias = Increment | Get


class Server(Process):
    """Counts."""


def incremented(request: Request) -> str | None:
    return request.name if isinstance(request, Increment) else None


def asked_for(request: Request) -> str | None:
    return request.name if isinstance(request, Get) else None


async def count(server: Server, net: CountAtServer) -> None:
    counts: dict[str, int] = {}
    replies: list[tuple[ClientId, Done]] = []
    # An acknowledgement leaves when the counting is done.
    async for client_id, batch in net.counters.requests:  # ← clients, counter.py:53
        asked: list[tuple[ClientId, str]] = []
        for request in batch:
            increment = incremented(request)
            if increment is not None:
                counts[increment] = counts.get(increment, 0) + 1
                replies.append((client_id, Done(increment)))
            # So whoever has one sees its effect here.
            get = asked_for(request)
            if get is not None:
                asked.append((client_id, get))
        if asked:
            known = counts
            answers = [
                (client, Count(name, known[name]))
                for client, name in asked
                if name in known
            ]
            await net.counters.reply(answers)  # → clients, counter.py:67
        await net.counters.reply(replies)  # → clients, counter.py:55
