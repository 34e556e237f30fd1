"""What clients of ports hold in memory, and that nobody holds more than is allowed."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import threading
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgpack
import pytest
from motet.client import AsyncClient, Client
from motet.clients import ClientId
from motet.codec import decode_int
from motet.packing import LARGEST_FRAME, new_packer
from motet.transport.ledger import Ledger
from motet.transport.visitors import LITTLE, PIECE, READER
from motet.wire import ClientPort, PortChannel
from runtime.doors import ECHO, SIZES, address, door, serve_while
from runtime.harness import Bare, run
from runtime.processes import stage


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


def test_what_is_counted_for_a_slow_client_is_what_is_kept() -> None:
    """Many little replies are no objects of their own, and of a large one nothing is kept that has been taken."""

    async def leader(net: Bare) -> None:
        port: ClientPort[Any, int, bytes] = ClientPort(net.site, SIZES)
        ledger = net.site.fabric._ledger  # type: ignore[attr-defined]
        where = ("127.0.0.1", door(net, "sizes").address.port)
        client = ClientId(0)

        async def serve() -> None:
            async for _, batch in port.requests:
                await port.reply([(client, bytes(size)) for size in batch])

        async def visit() -> None:
            slow = socket.create_connection(where)
            slow.setblocking(False)
            slow.send(msgpack.packb(30_000_000))
            while not ledger.held:
                await asyncio.sleep(0)
            (visitor,) = door(net, "sizes")._visitors.values()
            for _ in range(3000):
                await port.reply([(client, b"")])
            assert len(visitor._backlog) < 30_000_000 // PIECE + 2
            while (left := ledger.held) > 500_000:
                assert left == sum(map(len, visitor._backlog))
                with suppress(BlockingIOError):
                    slow.recv(100_000)
                await asyncio.sleep(0)
            slow.close()
            while door(net, "sizes")._visitors:
                await asyncio.sleep(0)
            assert ledger.held == 0
            raise LookupError

        with pytest.raises(LookupError):
            await net.concurrently(serve(), visit())

    run("memory", {"leader": leader}, client_memory=60_000_000).succeed()


def test_little_requests_that_wait_are_no_objects_of_their_own() -> None:
    async def leader(net: Bare) -> int:
        port: ClientPort[Any, int, bytes] = ClientPort(net.site, SIZES)
        where = ("127.0.0.1", door(net, "sizes").address.port)
        _, writer = await asyncio.open_connection(*where)
        wanted = [*range(100), 10**30]
        for byte in b"".join(map(new_packer(), wanted)):
            seen = door(net, "sizes").ledger
            before = seen.asked + seen.held
            writer.write(bytes([byte]))
            while seen.asked + seen.held == before:
                await asyncio.sleep(0)
        pieces = len(door(net, "sizes")._asked[0])
        _, found = await anext(port.requests)
        writer.close()
        assert found == wanted
        return pieces

    assert run("memory", {"leader": leader}).succeed().of("Leader") == 2


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
        while (ledger.asked, ledger.held) != (len(whole), READER + 2 * len(part)):
            await asyncio.sleep(0)
        writer.close()
        return len(gc.get_objects()) - before

    assert run("memory", {"leader": leader}).succeed().of("Leader") < 5_000


@pytest.mark.parametrize(("size", "most"), [(1_000, 5_000), (2 * LITTLE, READER + 50_000)])
def test_what_is_counted_of_begun_requests_is_what_they_take(size: int, most: int) -> None:
    """A reader for each would be forty times as much as the beginning of a little one."""
    begun = msgpack.packb(b"x" * size)[:-1]
    clients = 30

    async def leader(net: Bare) -> tuple[int, int]:
        ClientPort(net.site, FLOOD)
        opened = door(net, "flood")
        where = ("127.0.0.1", opened.address.port)
        callers = [socket.create_connection(where) for _ in range(clients)]
        while len(opened._visitors) < clients:
            await asyncio.sleep(0)
        tracemalloc.start()
        for caller in callers:
            caller.sendall(begun)
        while opened.ledger.held < clients * len(begun):
            await asyncio.sleep(0)
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        counted = opened.ledger.held
        for caller in callers:
            caller.close()
        while opened._visitors:
            await asyncio.sleep(0)
        assert opened.ledger.held == 0
        return taken, counted

    taken, counted = run("memory", {"leader": leader}).succeed().of("Leader")
    assert taken < clients * most
    assert counted > taken / 2


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


class Slow:
    """One of very many clients, each of whom holds little."""

    asked_for = 0

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._size = ledger, 0
        ledger.holders[self] = None

    @property
    def held(self) -> int:
        Slow.asked_for += 1
        return self._size

    def grow(self, size: int) -> None:
        self._size += size
        self._ledger.hold(size)

    def resume(self) -> None:
        """Nothing comes from it."""

    def evict(self, reason: str) -> None:
        self._ledger.held -= self._size
        self._ledger.forget(self)


def test_very_many_slow_clients_are_not_compared_for_each_that_goes():
    ledger = Ledger(1_000_000)
    crowd = [Slow(ledger) for _ in range(5000)]
    for _ in range(3):
        for client in crowd:
            if client in ledger.holders:
                client.grow(100)
                assert ledger.held < 1_000_000
    assert 3000 < len(ledger.holders) < 3500
    assert Slow.asked_for < 40 * len(crowd)
