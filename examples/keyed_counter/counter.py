"""Counters for outside clients: an increment that was acknowledged is seen by everybody who asks afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from motet import Process, choreography, nondet


@dataclass(frozen=True, slots=True)
class Increment:
    name: str


@dataclass(frozen=True, slots=True)
class Get:
    name: str


@dataclass(frozen=True, slots=True)
class Done:
    name: str


@dataclass(frozen=True, slots=True)
class Count:
    name: str
    value: int


Request: TypeAlias = Increment | Get
Reply: TypeAlias = Done | Count


class Server(Process):
    """Counts."""


def incremented(request: Request) -> str | None:
    return request.name if isinstance(request, Increment) else None


def asked_for(request: Request) -> str | None:
    return request.name if isinstance(request, Get) else None


@choreography
async def count(server: Server) -> None:
    port = server.port(Request, Reply, name="counters")

    # An acknowledgement leaves when the counting is done.
    increments = port.requests.filter_map(incremented).atomic()
    counts = increments.entries().map(lambda e: (e[1], e[0])).into_keyed().value_counts()
    port.reply(increments.map(Done).end_atomic())

    # So whoever has one sees its effect here.
    gets = port.requests.filter_map(asked_for)
    with server.sliced() as tick:
        asked = tick.batch(
            gets, nondet("requests that share a slice are answered from one instant")
        )
        known = tick.atomic(counts)
        answers = tick.stream(
            [(client, Count(name, known[name])) for client, name in asked if name in known]
        )
    port.reply(answers.into_keyed())
