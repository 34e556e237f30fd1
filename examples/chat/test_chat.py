"""The chat, with real clients over TCP."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest

FOLDER = Path(__file__).parent


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    """Where a running chat is."""
    command = [sys.executable, "-m", "motetc", "run", "chat:chat"]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        found = re.fullmatch(
            r"server +\| port chat tcp:([\d.]+):(\d+)\n", running.stdout.readline()
        )
        assert found
        yield found.group(1), int(found.group(2))
        running.send_signal(signal.SIGINT)
        running.stdout.read()


class Person:
    """Somebody with any MessagePack library."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=30)
        self.unpacker = msgpack.Unpacker()

    def say(self, line: object) -> None:
        self.socket.sendall(msgpack.packb(line))

    def hear(self) -> str:
        for line in self.unpacker:
            return str(line)
        data = self.socket.recv(4096)
        assert data, "the chat has closed the connection"
        self.unpacker.feed(data)
        return self.hear()


@pytest.fixture
def people(address: tuple[str, int]) -> Iterator[list[Person]]:
    """Three, who have met."""
    found = [Person(address) for _ in range(3)]
    meet(found)
    yield found
    for person in found:
        person.socket.close()


def meet(people: list[Person]) -> None:
    """Everybody speaks until everybody has heard everybody: then all are known to be there."""
    for person in people:
        missing = {f"{n}: here" for n in range(len(people)) if people[n] is not person}
        while missing:
            for other in people:
                if other is not person:
                    other.say("here")
            missing.discard(person.hear())
    for person in people:
        person.say("ready")
    for person in people:
        ready = {f"{n}: ready" for n in range(len(people)) if people[n] is not person}
        while ready:
            ready.discard(person.hear())


def test_everybody_hears_the_others_and_not_oneself(people: list[Person]) -> None:
    people[0].say("hello")
    assert [people[n].hear() for n in (1, 2)] == ["0: hello", "0: hello"]
    people[2].say("hi")
    assert [people[n].hear() for n in (0, 1)] == ["2: hi", "2: hi"]


def test_garbage_costs_its_sender_the_connection_and_nobody_else(people: list[Person]) -> None:
    ann, bob, rude = people
    rude.say({"not": "a line"})
    while rude.socket.recv(4096):
        pass
    ann.say("still there?")
    assert bob.hear() == "0: still there?"
