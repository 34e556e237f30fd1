"""Clients come through the ports of the programs of `live_ports.md` and `live_answers.md`, in many orders."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from casefile import read_cases
from caserun import importable, window_in, write_out
from motet.ports import NodeId
from motet.schedule import Caller, Outcome, Part, Visit, simulate
from motetc.build import compile_built
from motetc.config import load_config

SEEDS = range(25)
CASES = {
    title: case
    for name in ("live_ports", "live_answers")
    for case in read_cases(Path(__file__).parent / "cases" / "accepted" / f"{name}.md")
    for title in case.sources
}
SERVER = NodeId("Server")


@dataclass(frozen=True)
class Program:
    """A built program, imported: `port` gives the codecs of a port, `run` lets clients come."""

    name: str

    def port(self, choreography: str, port: str) -> Any:
        wire = importlib.import_module(f"generated.wire.{self.name}")
        return getattr(wire, f"{choreography}_{port}".upper())

    def run(
        self,
        choreography: str,
        clients: list[Caller],
        seed: int,
        sizes: Mapping[str, int] | None = None,
        locations: tuple[str, ...] = ("Server",),
    ) -> Outcome:
        parts: dict[str, Part] = {}
        for location in locations:
            module = importlib.import_module(f"generated.{location.lower()}.__main__")
            entry = module.ENTRIES[f"{self.name}:{choreography}"]
            parts[location] = Part(getattr(module, location), entry)
        window = window_in(seed)
        return simulate(parts, sizes or {}, {}, seed, until=100.0, clients=clients, window=window)


@pytest.fixture
def program(tmp_path: Path, shared_cache: Path) -> Iterator[Callable[[str], Program]]:
    open_ones: list[Any] = []

    def make(name: str) -> Program:
        for path, text in CASES[f"{name}.py"].sources.items():
            (tmp_path / path).write_text(text)
        (tmp_path / ".motet_cache").symlink_to(shared_cache)
        built = compile_built(load_config(tmp_path))
        assert built.compilation.diagnostics == ()
        write_out(built)
        context = importable(built)
        context.__enter__()
        open_ones.append(context)
        return Program(name)

    yield make
    for context in open_ones:
        context.__exit__(None, None, None)


def test_everybody_gets_the_replies_to_what_they_asked(program: Callable[[str], Program]) -> None:
    echo = program("echo")
    for seed in SEEDS:
        heard: dict[str, list[str]] = {}

        def script(name: str, heard: dict[str, list[str]]) -> Callable[[Visit[str, str]], Any]:
            async def ask(visit: Visit[str, str]) -> None:
                for number in range(3):
                    await visit.send(f"{name}{number}")
                heard[name] = [await visit.receive() for _ in range(3)]

            return ask

        callers = [Caller(echo.port("echo", "echo"), SERVER, script(n, heard)) for n in ("a", "b")]
        outcome = echo.run("echo", callers, seed)
        assert not outcome.errors
        assert heard == {"a": ["A0", "A1", "A2"], "b": ["B0", "B1", "B2"]}


def test_a_program_for_one_client_ends_when_it_leaves(program: Callable[[str], Program]) -> None:
    single = program("single")

    async def ask(visit: Visit[int, int]) -> None:
        for number in (1, 2):
            await visit.send(number)
            assert await visit.receive() == number + 1

    for seed in SEEDS:
        caller = Caller(single.port("serve", "numbers"), SERVER, ask)
        outcome = single.run("serve", [caller], seed)
        assert not outcome.errors
        assert outcome.results == {"Server": [1, 2]}, outcome


def test_lines_are_told_to_those_who_are_there(program: Callable[[str], Program]) -> None:
    chat = program("chat")
    for seed in SEEDS:
        heard: list[str] = []

        async def listen(visit: Visit[str, str], heard: list[str] = heard) -> None:
            heard.append((await visit.receive()).partition(": ")[2])

        async def say(visit: Visit[str, str], heard: list[str] = heard) -> None:
            while not heard:  # until it has been heard by one who came early enough
                await visit.send("hello")
                await visit.sleep(1.0)

        room = chat.port("chat", "room")
        outcome = chat.run("chat", [Caller(room, SERVER, say), Caller(room, SERVER, listen)], seed)
        assert not outcome.errors
        assert heard == ["hello"]


def test_whoever_was_told_that_a_write_counts_reads_it(program: Callable[[str], Program]) -> None:
    counter = program("counter")
    for seed in SEEDS:
        acknowledged: list[bool] = []
        read: list[tuple[int, int]] = []

        async def write(visit: Visit[str, bool], acknowledged: list[bool] = acknowledged) -> None:
            for _ in range(3):
                await visit.send("apples")
                acknowledged.append(await visit.receive())

        async def ask(
            visit: Visit[str, int],
            acknowledged: list[bool] = acknowledged,
            read: list[tuple[int, int]] = read,
        ) -> None:
            while len(acknowledged) < 6:
                before = len(acknowledged)
                await visit.send("apples")
                read.append((before, await visit.receive()))
                await visit.sleep(0.01)

        writes, reads = counter.port("count", "writes"), counter.port("count", "reads")
        callers = [Caller(writes, SERVER, write), Caller(writes, SERVER, write)]
        outcome = counter.run("count", [*callers, Caller(reads, SERVER, ask)], seed)
        assert not outcome.errors
        assert read
        assert all(before <= found <= 6 for before, found in read), read


def test_requests_may_go_to_workers(program: Callable[[str], Program]) -> None:
    work = program("work")
    for seed in SEEDS:
        found: dict[int, list[int]] = {}

        def script(base: int, found: dict[int, list[int]]) -> Callable[[Visit[int, int]], Any]:
            async def ask(visit: Visit[int, int]) -> None:
                for number in range(base, base + 3):
                    await visit.send(number)
                found[base] = sorted([await visit.receive() for _ in range(3)])

            return ask

        door = work.port("serve", "squares")
        callers = [Caller(door, NodeId("Front"), script(base, found)) for base in (1, 5)]
        outcome = work.run("main", callers, seed, {"workers": 2}, ("Front", "Worker"))
        assert not outcome.errors
        assert found == {1: [1, 4, 9], 5: [25, 36, 49]}


def test_a_protocol_with_others_runs_for_each_request(program: Callable[[str], Program]) -> None:
    backed = program("backed")
    for seed in SEEDS:
        heard: list[int | None] = []

        async def write(visit: Visit[Any, Any]) -> None:
            for number in range(3):
                await visit.send(("a", number))
            assert [await visit.receive() for _ in range(3)] == [0, 1, 2]

        async def read(visit: Visit[Any, Any], heard: list[int | None] = heard) -> None:
            for _ in range(3):
                await visit.send(("a", None))
                heard.append(await visit.receive())

        door = backed.port("serve", "store")
        callers = [Caller(door, SERVER, write), Caller(door, SERVER, read)]
        outcome = backed.run("serve", callers, seed, locations=("Server", "Backup"))
        assert not outcome.errors
        assert len(heard) == 3
        known = [-1 if value is None else value for value in heard]
        assert known == sorted(known), heard


def test_replies_come_in_the_order_of_the_body(program: Callable[[str], Program]) -> None:
    stepwise = program("stepwise")
    for seed in SEEDS:

        async def ask(visit: Visit[int, int]) -> None:
            for count in (3, 0):
                await visit.send(count)
            assert [await visit.receive() for _ in range(4)] == [1, 2, 1, -1]

        callers = [Caller(stepwise.port("serve", "steps"), SERVER, ask)] * 2
        outcome = stepwise.run("serve", callers, seed, locations=("Server", "Backup"))
        assert not outcome.errors


def test_sessions_may_reply(program: Callable[[str], Program]) -> None:
    shared = program("shared")
    for seed in SEEDS:

        async def ask(visit: Visit[int, int]) -> None:
            await visit.send(5)
            assert {await visit.receive() for _ in range(3)} == {5, 10, 15}

        callers = [Caller(shared.port("serve", "products"), SERVER, ask)]
        outcome = shared.run("serve", callers, seed, {"workers": 3}, ("Server", "Worker"))
        assert not outcome.errors


def test_a_single_client_is_greeted_before_it_asks(program: Callable[[str], Program]) -> None:
    alone = program("alone")
    for seed in SEEDS:

        async def talk(visit: Visit[str, str]) -> None:
            assert await visit.receive() == "welcome"
            for line in ("one", "three", "bye", "unheard"):
                await visit.send(line)
            assert [await visit.receive() for _ in range(3)] == ["one: 3", "three: 5", "bye"]

        callers = [Caller(alone.port("serve", "lines"), SERVER, talk)]
        outcome = alone.run("serve", callers, seed, locations=("Server", "Backup"))
        assert not outcome.errors
        assert outcome.results["Server"] == "three"


def test_a_port_may_only_send(program: Callable[[str], Program]) -> None:
    news = program("news")

    async def listen(visit: Visit[str, int]) -> None:
        assert [await visit.receive() for _ in range(3)] == [0, 1, 2]

    for seed in SEEDS:
        callers = [Caller(news.port("tell", "news"), SERVER, listen)]
        outcome = news.run("tell", callers, seed, locations=("Server", "Backup"))
        assert not outcome.errors
        assert not outcome.deadlock
