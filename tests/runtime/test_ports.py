"""Ports: clients over TCP and under the scheduler, and what those get that do not keep to the rules."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgpack
import pytest
from motet import schedule
from motet.client import AsyncClient, Client, Disconnected
from motet.clients import ClientId
from motet.codec import decode_int, decode_str
from motet.errors import BadMessage, UnsendableValue
from motet.ports import NodeId
from motet.schedule import Caller, Visit, simulate
from motet.wire import ClientPort, PortChannel, SingleClientPort, StreamInbox, StreamOutbox
from runtime import harness
from runtime.doors import ECHO, JOINED, LEFT, NUMBERS, SIZES, address, door, serve_while
from runtime.harness import Bare, Run, channel, run
from runtime.processes import stage


def test_many_clients_get_their_own_replies() -> None:
    async def visit(net: Bare) -> list[list[str]]:
        async def one(name: str) -> list[str]:
            async with AsyncClient(ECHO, address(net)) as client:
                await client.send(*(f"{name}{number}" for number in range(100)))
                return [await client.receive() for _ in range(100)]

        return await asyncio.gather(*map(one, "abcdefgh"))

    found = serve_while(ECHO, str.upper, visit)
    assert found == [[f"{name}{number}" for number in range(100)] for name in "ABCDEFGH"]


def test_any_messagepack_library_will_do() -> None:
    async def visit(net: Bare) -> list[object]:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", door(net, "numbers").address.port
        )
        data = msgpack.packb([1, 2]) + msgpack.packb([30])
        for index in range(len(data)):  # however it is cut
            writer.write(data[index : index + 1])
            await writer.drain()
        unpacker = msgpack.Unpacker()
        found: list[object] = []
        while len(found) < 2:
            unpacker.feed(await reader.read(100))
            found += unpacker
        writer.close()
        return found

    assert serve_while(NUMBERS, sum, visit) == [3, 30]


def test_who_comes_and_goes_is_told() -> None:
    async def leader(net: Bare) -> list[object]:
        port: ClientPort[Any, str, str] = ClientPort(net.site, ECHO)
        seen: list[object] = []

        async def watch() -> None:
            async for client, events in port.membership:
                seen.append((client, *events))
                if len(seen) == 4:
                    return

        async def visit() -> None:
            async with AsyncClient(ECHO, address(net)), AsyncClient(ECHO, address(net)):
                while len(seen) < 2:
                    await asyncio.sleep(0)

        await net.concurrently(watch(), visit())
        return seen

    seen = run("memory", {"leader": leader}).succeed().of("Leader")
    assert seen[:2] == [(ClientId(0), JOINED), (ClientId(1), JOINED)]
    assert sorted(seen[2:]) == [(ClientId(0), LEFT), (ClientId(1), LEFT)]


@pytest.mark.parametrize(
    ("garbage", "reason"),
    [
        (b"\xc1", "what it sends is not MessagePack (FormatError)"),
        (msgpack.packb(17), "a request that is none: expected"),
        (msgpack.packb(["a"]), "a request that is none: expected"),
        (
            b"\xd4\x07\x00",
            "what it sends is not MessagePack (ValueError: unknown extension type 7)",
        ),
        (b"\xdb\x00\x20\x00\x00" + b"x" * 1_100_000, "a request of more than 1048576 bytes"),
        (b"\xa2\xff\xfe", "what it sends is not MessagePack (UnicodeDecodeError"),
        (b"\x91" * 100_000, "what it sends is not MessagePack (StackError"),
        (b"\xdd\xff\xff\xff\xff" + b"\x90" * 1_100_000, "a request of more than 1048576 bytes"),
        (b"\xda\x00", "its connection ended inside a request"),
    ],
)
def test_garbage_disconnects_its_client_and_nobody_else(
    garbage: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def visit(net: Bare) -> tuple[list[str], bytes]:
        async with AsyncClient(ECHO, address(net)) as good:
            first = await good.ask("before")
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", door(net, "echo").address.port
            )
            writer.write(msgpack.packb("hello"))
            greeting = await reader.readexactly(6)
            writer.write(garbage)
            if "ended inside" in reason:
                writer.write_eof()
            try:
                rest = await reader.read()
            except ConnectionResetError:
                rest = b""
            writer.close()
            assert greeting == msgpack.packb("HELLO")
            return [first, await good.ask("after")], rest

    answers, rest = serve_while(ECHO, str.upper, visit)
    assert (answers, rest) == (["BEFORE", "AFTER"], b"")
    (line,) = [record.getMessage() for record in caplog.records]
    assert re.match(r"Leader: client 1 of port 'echo' \(127\.0\.0\.1:\d+\) is disconnected: ", line)
    assert reason in line


def test_what_was_asked_well_before_garbage_comes_to_the_program(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def visit(net: Bare) -> list[str]:
        seen.clear()
        reader, writer = await asyncio.open_connection("127.0.0.1", door(net, "echo").address.port)
        writer.write(msgpack.packb("one") + msgpack.packb("two") + b"\xc1")
        await reader.read()
        writer.close()
        return list(seen)

    seen: list[str] = []
    assert serve_while(ECHO, lambda request: seen.append(request) or request, visit) == [
        "one",
        "two",
    ]


def test_too_many_clients_are_turned_away(caplog: pytest.LogCaptureFixture) -> None:
    async def visit(net: Bare) -> list[str]:
        async with (
            AsyncClient(ECHO, address(net)) as one,
            AsyncClient(ECHO, address(net)) as two,
        ):
            found = [await one.ask("one"), await two.ask("two")]
            async with AsyncClient(ECHO, address(net)) as three:
                with pytest.raises(Disconnected):
                    await three.ask("three")
            return found

    assert serve_while(ECHO, str.upper, visit, most_clients=2) == ["ONE", "TWO"]
    assert "is turned away: 2 are there, 2 is the most" in caplog.text


def test_replies_to_who_left_are_dropped_and_to_nobody_refused() -> None:
    async def leader(net: Bare) -> None:
        port: ClientPort[Any, str, str] = ClientPort(net.site, ECHO)

        async def visit() -> None:
            async with AsyncClient(ECHO, address(net)) as client:
                await client.send("gone")

        await visit()
        async for client, batch in port.requests:
            assert batch == ["gone"]
            while door(net, "echo")._visitors:
                await asyncio.sleep(0)
            replies = [(client, "late")]
            await port.reply(replies)
            assert replies == []
            break
        with pytest.raises(UnsendableValue, match=r"ClientId\(1\) has never been there"):
            await port.reply([(ClientId(1), "who?")])

    run("memory", {"leader": leader}).succeed()


def test_the_last_replies_are_written_before_a_node_ends() -> None:
    received = []

    async def leader(net: Bare) -> None:
        port: ClientPort[Any, int, bytes] = ClientPort(net.site, SIZES)
        where = address(net, "sizes")

        def visit() -> None:
            with Client(SIZES, where) as client:
                client.send(10_000_000)
                received.append(len(client.receive()))
                with pytest.raises(Disconnected):
                    client.receive()

        thread = threading.Thread(target=visit)
        thread.start()
        threads.append(thread)
        async for client, batch in port.requests:
            await port.reply([(client, bytes(batch[0]))])
            break

    threads: list[threading.Thread] = []
    run("memory", {"leader": leader}, client_replies=30_000_000).succeed()
    threads[0].join()
    assert received == [10_000_000]


# One client alone.


def test_a_single_port_serves_one_client_and_ends_with_it() -> None:
    async def leader(net: Bare) -> tuple[list[str], list[str]]:
        port: SingleClientPort[Any, str, str] = SingleClientPort(net.site, ECHO)
        asked: list[str] = []

        async def serve() -> None:
            await port.reply(["welcome"])
            async for batch in port.requests:
                asked.extend(batch)
                await port.reply(batch)

        async def visit() -> list[str]:
            where = address(net)
            async with AsyncClient(ECHO, where) as client:
                found = [await client.receive(), await client.ask("a"), await client.ask("b")]
                with pytest.raises(ConnectionError):
                    async with AsyncClient(ECHO, where):
                        pass
                return found

        _, found = await net.concurrently(serve(), visit())
        await port.reply(["nobody hears this"])
        return found, asked

    done = run("memory", {"leader": leader}).succeed()
    assert done.of("Leader") == (["welcome", "a", "b"], ["a", "b"])


def test_replies_of_a_single_port_wait_for_a_slow_reader() -> None:
    async def leader(net: Bare) -> tuple[int, int]:
        port: SingleClientPort[Any, int, bytes] = SingleClientPort(net.site, SIZES)
        sent = 0

        async def produce() -> None:
            nonlocal sent
            for _ in range(200):
                await port.reply([bytes(100_000)])
                sent += 1

        async def read() -> int:
            async with AsyncClient(SIZES, address(net, "sizes")) as client:
                most = 0
                for number in range(200):
                    most = max(most, sent - number)
                    assert len(await client.receive()) == 100_000
                return most

        return sent, (await net.concurrently(produce(), read()))[1]

    _, most = run("memory", {"leader": leader}, client_replies=1000).succeed().of("Leader")
    assert most < 150  # what the kernel keeps, and no more


# Typed clients.


def test_a_client_names_what_it_cannot_understand() -> None:
    other: PortChannel[Any, str, int] = PortChannel("echo", str, decode_str, int, decode_int)

    async def visit(net: Bare) -> str:
        async with AsyncClient(other, address(net)) as client:
            with pytest.raises(BadMessage) as problem:
                await client.ask("x")
            return str(problem.value)

    assert "bad message on channel 'echo' from 127.0.0.1:" in serve_while(ECHO, str.upper, visit)


def send_all(connection: socket.socket, garbage: bytes) -> None:
    with suppress(OSError):
        connection.sendall(msgpack.packb("one") + garbage)


@pytest.mark.parametrize(
    ("garbage", "reason"),
    [
        (b"\xc1", "not MessagePack (FormatError"),
        (b"\xd4\x07\x00", "not MessagePack (ValueError('unknown extension type 7'"),
        (msgpack.packb(17) + msgpack.packb("two"), "expected str, got int 17"),
        (b"\xdb\x02\x00\x00\x00" + b"x" * 17_000_000, "a reply of more than 16777216 bytes"),
    ],
)
def test_replies_before_garbage_are_received(garbage: bytes, reason: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        with Client(ECHO, f"{host}:{port}") as client:
            connection, _ = server.accept()
            with connection:
                threading.Thread(target=send_all, args=[connection, garbage]).start()
                assert client.receive() == "one"
                with pytest.raises(BadMessage, match=re.escape(reason)):
                    client.receive()
                if "int 17" in reason:
                    assert client.receive() == "two"


def test_the_plain_client(tmp_path: Path) -> None:
    with stage(tmp_path, Alice=1) as on:
        alice = on.start("Alice", "talk:serve")
        word, name, where = alice.line().split()
        assert (word, name) == ("port", "echo")
        with Client(ECHO, where) as client, Client(ECHO, where.removeprefix("tcp:")) as second:
            assert client.ask("hello") == "hello from ClientId(0)"
            second.send("a", "b")
            assert [second.receive(), second.receive()] == [
                "a from ClientId(1)",
                "b from ClientId(1)",
            ]
            second.send("stop")
            assert list(client) == []
        assert alice.end() == (0, "")


def test_a_port_opens_where_it_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with stage(tmp_path, Alice=1) as on:
        alice = on.start("Alice", "talk:serve", "--port", f"echo=127.0.0.1:{port}")
        assert alice.line() == f"port echo tcp:127.0.0.1:{port}"
        with Client(ECHO, f"127.0.0.1:{port}") as client:
            client.send("stop")
        assert alice.end() == (0, "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--port", "ecco=127.0.0.1:1"], "there is no port 'ecco' here (known: echo)"),
        (["--port", "echo=127.0.0.1"], "write --port NAME=HOST:PORT"),
        (["--port", "echo=h:1", "--port", "echo=h:2"], "--port echo is given twice"),
        (["--setting", "windows=3"], "there is no setting 'windows', but "),
        (["--setting", "window=many"], "'window' takes a whole number above 0"),
        (["--setting", "window"], "write --setting window=NUMBER"),
        (["--setting", "lost_after=-1"], "'lost_after' takes a number above 0"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    options: list[str], message: str, tmp_path: Path
) -> None:
    with stage(tmp_path, Alice=1) as on:
        code, errors = on.start("Alice", "talk:serve", *options).end()
    assert code == 2
    assert message in errors


def test_an_address_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, stage(tmp_path, Alice=1) as on:
        port = taken.getsockname()[1]
        alice = on.start("Alice", "talk:serve", "--port", f"echo=127.0.0.1:{port}")
        code, errors = alice.end()
    assert code == 2
    assert f"port 'echo' cannot open at tcp:127.0.0.1:{port}: " in errors


# Under the scheduler.


def simulated(
    script: Callable[[Visit[Any, Any]], Awaitable[object]], seed: int, clients: int
) -> Any:
    async def leader(net: Bare) -> list[object]:
        port: ClientPort[Any, str, str] = ClientPort(net.site, ECHO)
        visits: list[object] = []
        out = StreamOutbox(net.site, channel("x"), net.helper)
        back = StreamInbox(net.site, channel("y"), net.helper)

        async def ask() -> None:
            async for client, batch in port.requests:
                await out.send([[client.number, request] for request in batch])

        async def answer() -> None:
            async for batch in back:
                await port.reply([(ClientId(number), text) for number, text in batch])

        async def watch() -> None:
            async for client, events in port.membership:
                visits.append((client.number, *events))
                if len(visits) == 2 * clients:
                    raise LookupError

        with pytest.raises(LookupError):
            await net.concurrently(ask(), answer(), watch())
        await out.end()
        back.close()
        return visits

    async def helper(net: Bare) -> None:
        out = StreamOutbox(net.site, channel("y"), net.leader)
        async for batch in StreamInbox(net.site, channel("x"), net.leader):
            await out.send([[number, text.upper()] for number, text in batch])
        await out.end()

    outcome = Run()
    parts = harness.parts_of({"leader": leader, "helper": helper}, outcome)
    callers = [Caller(ECHO, NodeId("Leader"), script) for _ in range(clients)]
    done = simulate({p.entry.role.location: p for p in parts}, seed=seed, clients=callers)
    assert not done.deadlock, done.deadlock
    return done, outcome


@pytest.mark.parametrize("seed", range(20))
def test_clients_under_the_scheduler(seed: int) -> None:
    async def counting(visit: Visit[str, str]) -> None:
        sent = []
        for word in ("a", "b", "c"):
            sent.append(f"{visit.number}{word}")
            await visit.send(sent[-1])
            await visit.sleep(0.1)
        assert [await visit.receive() for _ in range(3)] == [text.upper() for text in sent]

    done, outcome = simulated(counting, seed, clients=3)
    assert not done.errors, done.errors
    visits = outcome.of("Leader")
    assert set(visits) == {(number, event) for number in range(3) for event in (JOINED, LEFT)}
    assert len(visits) == 6


def test_garbage_under_the_scheduler() -> None:
    async def script(visit: Visit[Any, str]) -> None:
        await visit.send_bytes(b"\xc1")
        with pytest.raises(schedule.Disconnected):
            await visit.receive()

    done, _ = simulated(script, seed=1, clients=2)
    assert not done.errors, done.errors
