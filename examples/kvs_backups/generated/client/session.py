"""The store as a person would type to it: `put KEY VALUE`, `get KEY`, `del KEY`."""

from __future__ import annotations

from generated.client.store import Client, serve
from generated.wire.session import TypedAtClient
from generated.wire.store import Delete, Get, Put, Request


def parse(line: str) -> Request:
    match line.split():
        case ["put", key, value]:
            return Put(key, value)
        case ["get", key]:
            return Get(key)
        case ["del", key]:
            return Delete(key)
        case _:
            raise ValueError(f"not a command: {line!r}")


async def typed(
    client: Client, net: TypedAtClient, lines: list[str]
) -> list[str | None]:
    requests = [parse(line) for line in lines]
    return await serve(client, net.serve, requests)
