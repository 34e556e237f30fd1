"""The store as a person would type to it: `put KEY VALUE`, `get KEY`, `del KEY`."""

from __future__ import annotations

from motet import At, MemberId, choreography

from store import Backup, Client, Delete, Get, Primary, Put, Request, serve


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


@choreography
async def typed(
    client: Client, primary: Primary, backups: Backup, lines: At[list[str], Client]
) -> tuple[At[list[str | None], Client], At[dict[MemberId[Backup], dict[str, str]], Primary]]:
    with client:
        requests = [parse(line) for line in lines]
    return await serve(client, primary, backups, requests)
