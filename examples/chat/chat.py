"""A chat: whoever is connected hears what the others say."""

from __future__ import annotations

from motet import Process, choreography, nondet
from motet.std import is_present


class Server(Process):
    """Where people meet."""


@choreography
async def chat(server: Server) -> None:
    room = server.port(str, str, name="chat")
    present = room.membership.fold(False, is_present)
    with server.sliced() as tick:
        said = tick.batch(
            room.requests, nondet("people who speak at the same time may be heard in any order")
        )
        there = tick.snapshot(present, nondet("who comes later has missed what was said before"))
        heard = tick.stream(
            [
                (listener, f"{speaker.number}: {line}")
                for speaker, line in said
                for listener, is_there in there.items()
                if is_there and listener != speaker
            ]
        )
    room.reply(heard.into_keyed())
