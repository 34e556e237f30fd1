"""Clients of random programs are told what they may be told, under every order of delivery, and nothing is lost.

MOTET_CLIENTS says how many batches to try (more are drawn than continuous integration's fixed one).
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from caserun import window_in
from motet.ports import NodeId
from motet.schedule import Caller, Visit, simulate
from properties.clients import WORLD, Burst, Clients, Note
from properties.project import parts_of, troubles

BATCHES = int(os.environ.get("MOTET_CLIENTS", "1"))
SIZE = 12
ORDERS = range(6)
LOCATIONS = ("Server", "Backup", "Worker")


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_clients_are_told_what_they_may_be(tmp_path: Path, shared_cache: Path, batch: int) -> None:
    (tmp_path / ".motet_cache").symlink_to(shared_cache)
    numbers = range(batch * SIZE, (batch + 1) * SIZE)
    programs = {f"p{n}": Clients(Random(n)) for n in numbers}
    wrong = [*troubles(tmp_path, WORLD, programs, first_trouble)]
    assert not wrong, "\n".join(wrong)


def first_trouble(name: str, program: Clients) -> Iterator[str]:
    """What is wrong with the first order in which something is."""
    wire = importlib.import_module(f"generated.wire.{name}")
    world = importlib.import_module("generated.wire.world")
    parts = parts_of(name, LOCATIONS)
    for order in ORDERS:
        notes: list[Note] = []
        callers = [
            Caller(wire.MAIN_DOOR, NodeId("Server"), visitor(program, client, world.Ask, notes))
            for client in range(len(program.scripts))
        ]
        outcome = simulate(
            parts,
            {"workers": order % 3 + 1},
            seed=order,
            until=60.0,
            window=window_in(order),
            clients=callers,
        )
        wrong = [str(error) for error in outcome.errors.values()]
        if program.ends and not outcome.ok:
            wrong.append(f"it does not end: {outcome}")
        wrong += [text for check in program.checks if (text := check(notes))]
        wrong += missing(program, notes)
        if wrong:
            yield f"order {order}: {wrong[0]}"
            return


def missing(program: Clients, notes: list[Note]) -> Iterator[str]:
    """Clients that have not had as many replies as their requests get."""
    for client, script in enumerate(program.scripts):
        due = sum(program.answers[kind](n) for burst, _ in script for kind, _, n in burst)
        got = sum(note.client == client and not note.asked for note in notes)
        if got != due:
            yield f"client {client} has {got} replies, not {due}"


def visitor(
    program: Clients, client: int, ask: Any, notes: list[Note]
) -> Callable[[Visit[Any, Any]], Awaitable[None]]:
    """A client that does what its script says, waits for all replies, and then for one that is too many."""
    script: list[Burst] = program.scripts[client]

    async def visit(door: Visit[Any, Any]) -> None:
        due = 0

        async def hear(awaited: int) -> None:
            nonlocal due
            for _ in range(awaited):
                due -= 1
                say = await door.receive()
                notes.append(Note(client, False, say.kind, say.tag, say.n))

        for burst, waits in script:
            for kind, tag, n in burst:
                notes.append(Note(client, True, kind, tag, n))
                await door.send(ask(kind, tag, n))
                due += program.answers[kind](n)
            await hear(due if waits else 0)
        await hear(due)
        await door.sleep(2.0)
        await hear(len(door._replies))

    return visit
