"""A key-value store: a primary answers, and every change is on all backups before it does."""

from __future__ import annotations

from dataclasses import dataclass

from motet import At, Cluster, MemberId, Process, choreography


@dataclass(frozen=True)
class Put:
    key: str
    value: str


@dataclass(frozen=True)
class Delete:
    key: str


@dataclass(frozen=True)
class Get:
    key: str


Change = Put | Delete
Request = Put | Delete | Get


class Table:
    """What primary and backups have in common; it knows nothing of locations."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def apply(self, change: Change) -> str | None:
        """Make the change; the value that was there before."""
        before = self.rows.pop(change.key, None)
        if isinstance(change, Put):
            self.rows[change.key] = change.value
        return before


class Client(Process):
    """Asks."""


class Primary(Process):
    def __init__(self) -> None:
        self.table = Table()

    def change_in(self, request: Request) -> Change | None:
        return None if isinstance(request, Get) else request

    def answer(self, request: Request) -> str | None:
        match request:
            case Get(key):
                return self.table.rows.get(key)
            case change:
                return self.table.apply(change)


class Backup(Cluster):
    def __init__(self) -> None:
        self.table = Table()
        self.applied = 0

    def apply(self, change: Change) -> int:
        self.table.apply(change)
        self.applied += 1
        return self.applied


@choreography
async def handle(
    client: Client, primary: Primary, backups: Backup, request: At[Request, Client]
) -> At[str | None, Client]:
    """One request. A `Get` costs the backups one message each (there is nothing to change)."""
    asked = await client.send(request, to=primary)
    change = await primary.share(primary.change_in(asked), to=backups)
    if change is not None:
        applied = await backups.gather(backups.apply(change), to=primary)
        with primary:
            # All backups have seen the same changes.
            assert len(set(applied.values())) == 1, applied
    return await primary.send(primary.answer(asked), to=client)


@choreography
async def serve(
    client: Client, primary: Primary, backups: Backup, requests: At[list[Request], Client]
) -> tuple[At[list[str | None], Client], At[dict[MemberId[Backup], dict[str, str]], Primary]]:
    """A sequence of requests; the answers, and what each backup holds in the end."""
    answers: At[list[str | None], Client] = []
    for i in range(await client.share(len(requests), to=(primary, backups))):
        answer = await handle(client, primary, backups, requests[i])
        answers.append(answer)
    copies = await backups.gather(backups.table.rows, to=primary)
    return answers, copies
