"""Ports: clients over TCP and under the scheduler, and what those get that do not keep to the rules."""

from __future__ import annotations

import asyncio
import gc
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
from motet.codec import decode_int, decode_list, decode_str
from motet.errors import BadMessage, UnsendableValue
from motet.live.markers import MembershipEvent
from motet.packing import LARGEST_FRAME
from motet.ports import NodeId
from motet.schedule import Caller, Visit, simulate
from motet.wire import ClientPort, PortChannel, SingleClientPort, StreamInbox, StreamOutbox
from runtime import harness
from runtime.harness import Bare, Run, channel, run
from runtime.processes import stage

ECHO: PortChannel[Any, str, str] = PortChannel("echo", str, decode_str, str, decode_str)
SIZES: PortChannel[Any, int, bytes] = PortChannel("sizes", int, decode_int, bytes, bytes)
NUMBERS: PortChannel[Any, list[int], int] = PortChannel(
    "numbers", list, lambda data: decode_list(data, decode_int), int, decode_int
)
JOINED, LEFT = MembershipEvent.JOINED, MembershipEvent.LEFT


def door(net: Bare, name: str) -> Any:
    return net.site.fabric.doors[name]  # type: ignore[attr-defined]


def address(net: Bare, name: str = "echo") -> str:
    return str(door(net, name).address)


def serve_while(
    port: Any,
    handle: Callable[[Any], Any],
    visit: Callable[[Bare], Awaitable[object]],
    **settings: Any,
) -> Any:
    """Run a node that answers requests until the visit is over; what the visit gives."""

    async def leader(net: Bare) -> object:
        ending = asyncio.Event()
        made: ClientPort[Any, Any, Any] = ClientPort(net.site, port)

        async def serve() -> None:
            async for client, batch in made.requests:
                await made.reply([(client, handle(request)) for request in batch])

        async def come() -> object:
            try:
                return await visit(net)
            finally:
                ending.set()

        async def stop() -> None:
            await ending.wait()
            raise LookupError

        coming = asyncio.ensure_future(come())
        with pytest.raises(LookupError):
            await net.concurrently(serve(), stop())
        return await coming

    return run("memory", {"leader": leader}, **settings).succeed().of("Leader")


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
        (b"\xc1", "what it sends is not MessagePack (FormatError"),
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


def test_what_was_asked_well_before_garbage_is_answered(caplog: pytest.LogCaptureFixture) -> None:
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


def test_a_client_that_reads_nothing_is_disconnected(caplog: pytest.LogCaptureFixture) -> None:
    async def leader(net: Bare) -> int:
        port: ClientPort[Any, int, bytes] = ClientPort(net.site, SIZES)
        ledger = net.site.fabric._ledger  # type: ignore[attr-defined]
        there: set[ClientId] = set()
        most = 0

        async def serve() -> None:
            nonlocal most
            async for client, batch in port.requests:
                there.add(client)
                await port.reply([(each, bytes(size)) for each in there for size in batch])
                most = max(most, ledger.held)

        async def visit() -> None:
            silent = socket.create_connection(("127.0.0.1", door(net, "sizes").address.port))
            silent.sendall(msgpack.packb(1))
            async with AsyncClient(SIZES, address(net, "sizes")) as good:
                while len(there) < 1 or door(net, "sizes")._visitors.keys() != {1}:
                    assert len(await good.ask(50_000)) == 50_000
                assert ledger.held == 0
            silent.close()
            raise LookupError

        with pytest.raises(LookupError):
            await net.concurrently(serve(), visit())
        return most

    limits = {"client_replies": 300_000, "client_stalls": 1e-6}
    done = run("memory", {"leader": leader}, **limits).succeed()
    assert 200_000 < done.of("Leader") <= 350_000
    assert "client 0 of port 'sizes'" in caplog.text
    assert "it does not read its replies: " in caplog.text


@pytest.mark.parametrize("sizes", [[LARGEST_FRAME - 5], [1_000_000] * 30], ids=["one", "many"])
def test_a_client_that_reads_may_have_more_replies_than_fit(
    sizes: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    """All of them are there before it can have read any."""

    async def visit(net: Bare) -> list[int]:
        async with AsyncClient(SIZES, address(net, "sizes")) as client:
            await client.send(*sizes)
            return [len(await client.receive()) for _ in sizes]

    assert serve_while(SIZES, bytes, visit, client_replies=1000) == sizes
    assert caplog.text == ""


def test_a_client_that_floods_is_read_no_faster_than_it_is_served() -> None:
    async def leader(net: Bare) -> int:
        port: ClientPort[Any, bytes, int] = ClientPort(net.site, FLOOD)
        ledger = net.site.fabric._ledger  # type: ignore[attr-defined]

        def flood() -> None:
            with socket.create_connection(("127.0.0.1", door(net, "flood").address.port)) as sock:
                piece = msgpack.packb(b"x" * 1000) * 100
                for _ in range(300):
                    sock.sendall(piece)

        thread = threading.Thread(target=flood)
        thread.start()
        most = served = 0
        async for _, batch in port.requests:
            most = max(most, ledger.asked + sum(map(len, batch)))
            served += len(batch)
            if served == 30_000:
                break
            await asyncio.sleep(0)
        thread.join()
        return most

    most = run("memory", {"leader": leader}, client_requests=50_000).succeed().of("Leader")
    assert most <= 150_000


FLOOD: PortChannel[Any, bytes, int] = PortChannel("flood", bytes, bytes, int, decode_int)


def test_requests_are_no_objects_before_the_program_takes_them() -> None:
    """A list of a million empty lists is a megabyte on the wire, and more than sixty in memory."""
    whole = msgpack.packb([[]] * 20_000)
    part = b"\xdd\x00\x0f\xff\xff" + b"\x90" * 500_000

    async def leader(net: Bare) -> int:
        ClientPort(net.site, FLOOD)
        ledger = net.site.fabric._ledger  # type: ignore[attr-defined]
        before = len(gc.get_objects())
        where = ("127.0.0.1", door(net, "flood").address.port)
        _, writer = await asyncio.open_connection(*where)
        writer.write(whole + part)
        while (ledger.asked, ledger.held) != (len(whole), len(part)):
            await asyncio.sleep(0)
        writer.close()
        return len(gc.get_objects()) - before

    assert run("memory", {"leader": leader}).succeed().of("Leader") < 5_000


@pytest.mark.parametrize("how", ["partial", "unread"])
def test_all_clients_together_are_bounded(how: str, caplog: pytest.LogCaptureFixture) -> None:
    limit = 2_000_000

    async def visit(net: Bare) -> tuple[int, int]:
        ledger = net.site.fabric._ledger  # type: ignore[attr-defined]
        most = 0
        writers = []
        for _ in range(60):
            where = ("127.0.0.1", door(net, "sizes").address.port)
            _, writer = await asyncio.open_connection(*where)
            writers.append(writer)
            for _ in range(40):
                if how == "partial":  # a part of a request that never comes whole
                    writer.write(b"\xdb\x00\x0f\xff\xff" + b"x" * 10_000)
                else:
                    writer.write(msgpack.packb(200_000))
                await asyncio.sleep(0.0005)
                most = max(most, ledger.held + ledger.asked)
        async with AsyncClient(SIZES, address(net, "sizes")) as good:
            answer = len(await good.ask(1000))
        for writer in writers:
            writer.transport.abort()  # type: ignore[attr-defined]
        return most, answer

    most, answer = serve_while(
        SIZES, bytes, visit, client_memory=limit, client_replies=limit, most_clients=1000
    )
    assert answer == 1000
    assert most <= limit + 300_000
    assert "more than for any other" in caplog.text


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
        (["--setting", "windows=3"], "there is no setting 'windows'"),
        (["--setting", "window=many"], "'window' takes a whole number above 0"),
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


def test_slow_clients_never_grow_the_memory_beyond_its_bounds(tmp_path: Path) -> None:
    """2000 clients ask for a megabyte each and read nothing."""
    with stage(tmp_path, Alice=1) as on:
        limits = ("--setting", "client_memory=8000000", "--log-level", "error")
        alice = on.start("Alice", "talk:serve", *limits)
        where = alice.line().split()[2]
        with Client(ECHO, where) as good:
            good.ask("warm up")
            before = resident(alice.process.pid)
            slow = []
            for number in range(2000):
                slow.append(Client(ECHO, where))
                slow[-1].send("much")
                if number % 100 == 99:
                    assert good.ask("still there?") == "still there? from ClientId(0)"
                if len(slow) > 300:
                    slow.pop(0).close()
            grown = resident(alice.process.pid) - before
            good.send("stop")
            for client in slow:
                client.close()
        alice.end()
    assert grown < 40_000_000


def resident(pid: int) -> int:
    """Bytes of memory that a process has had at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


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
        visit.send_bytes(b"\xc1")
        with pytest.raises(schedule.Disconnected):
            await visit.receive()

    done, _ = simulated(script, seed=1, clients=2)
    assert not done.errors, done.errors
