"""Strangers on a node's port: each is turned away by name, and the node lives on."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest
from motet.packing import new_packer
from motet.ports import NodeId
from motet.transport import strangers
from motet.transport.addresses import Address
from motet.transport.carriers import Carrier, SocketCarrier
from motet.transport.connection import Connection
from motet.transport.hub import Hub, Identity
from motet.transport.link import Link
from motet.transport.memory import MemoryCarrier
from motet.transport.protocol import Fingerprint, Hello
from motet.transport.settings import Settings
from motet.wire import Inbox, Outbox
from runtime.harness import Bare, channel, run

X = channel("x")


async def hear(net: Bare) -> object:
    """What the leader does meanwhile: wait for the helper."""
    return await Inbox(net.site, X, net.helper).recv()


def hello(
    program: str = "", node: tuple[str, int | None] = ("Helper", None), run_id: str = ""
) -> bytes:
    said = Hello(Fingerprint(program), NodeId(*node), run_id, "another", 0).pack()
    return bytes(msgpack.packb(said))


def bomb() -> bytes:
    """A megabyte of empty arrays would be 60 megabytes of objects."""
    return b"\xdd\x00\x0f\xff\xff" + b"\x90" * 0xFFFFF


HOSTILE = {
    "garbage": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GarbageError"),
    "noise": (random.Random(1).randbytes(100_000), "Garbage|Oversized"),
    "not a hello": (msgpack.packb(["hello", 1]), "GarbageError: the first frame is not a hello"),
    "a bad hello": (msgpack.packb(["motet", 1, 2, 3, 4, 5, 6, 7]), "GarbageError"),
    "unknown extension": (msgpack.packb([msgpack.ExtType(9, b"")]), "unknown extension type 9"),
    "oversized": (
        b"\xc6\x00\xff\xff\xff" + b"x" * 2_000_000,
        r"OversizedFrame: a frame is larger than allowed \(BufferFull\)",
    ),
    "an array bomb": (bomb(), "OversizedFrame"),
    "deeply nested": (
        b"\x91" * 100_000,
        r"GarbageError: not Motet's protocol \(StackError\)",
    ),
    "truncated": (hello()[:-3], "TruncatedFrame: the connection ended inside its first frame"),
    "another program": (hello(program="abc"), "HelloRefused: Helper was built from another"),
    "another run": (hello(run_id="old"), "HelloRefused: Helper is of run 'old'"),
    "a stranger": (hello(node=("Thief", None)), "HelloRefused: Thief has no part in this run"),
    "another version": (msgpack.packb(["motet", 99]), "OtherVersion: protocol version 99"),
    "nothing": (b"\xc0", "GarbageError: the first frame is not a hello"),
    "lines of a log": (
        hello(node=("Thief\nmotet: all is well\x1b[2J", None)),
        r"HelloRefused: Thief\\nmotet: all is well\\x1b\[2J has no part in this run of Leader\n",
    ),
    "a long name": (hello(node=("E" * 900_000, None)), "HelloRefused: E{300}…\n"),
    "a long run": (hello(run_id="r" * 900_000), "HelloRefused: Helper is of run 'r{250,300}…\n"),
    "a refusal of many lines": (
        msgpack.packb(["refused", True, "no\nmotet: all is well"]),
        r"HelloRefused: no\\nmotet: all is well\n",
    ),
}


@pytest.fixture
def _warnings(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.WARNING, "motet"):
        yield


async def attack(folder: Path, data: bytes) -> bytes:
    """Say something on the leader's port; what it answers before it closes."""
    reader, writer = await asyncio.open_unix_connection(str(folder / "0.sock"))
    try:
        writer.write(data)
        writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.usefixtures("_warnings")
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_stranger_is_turned_away_by_name(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data, name = HOSTILE[kind]

    async def leader(net: Bare) -> object:
        return [await Inbox(net.site, X, net.helper).recv() for _ in range(2)]

    async def helper(net: Bare) -> None:
        out = Outbox(net.site, X, net.leader)
        await out.send("before")
        await attack(tmp_path, data)
        await out.send("after")

    done = run("sockets", {"leader": leader, "helper": helper}, folder=tmp_path).succeed()
    assert done.of("Leader") == ["before", "after"]

    assert re.search(name, caplog.text), caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.usefixtures("_warnings")
def test_one_who_says_nothing_is_turned_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def helper(net: Bare) -> None:
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "0.sock"))
        assert await reader.read() == b""
        writer.close()
        await Outbox(net.site, X, net.leader).send("after")

    codes = {"leader": hear, "helper": helper}
    done = run("sockets", codes, folder=tmp_path, hello_within=0.2).succeed()
    assert done.of("Leader") == "after"
    assert "HelloTimeout: no hello within 0.2 s" in caplog.text


@pytest.mark.usefixtures("_warnings")
def test_strangers_have_no_place_for_a_crowd(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Who has come first goes, however many follow; a peer says who it is before that."""

    async def helper(net: Bare) -> None:
        path = str(tmp_path / "0.sock")
        crowd = [await asyncio.open_unix_connection(path) for _ in range(strangers.MOST + 20)]
        for reader, _ in crowd[:20]:
            assert await reader.read() == b""
        await Outbox(net.site, X, net.leader).send("after")
        for _, writer in crowd:
            writer.close()

    codes = {"leader": hear, "helper": helper}
    done = run("sockets", codes, folder=tmp_path, hello_within=60).succeed()
    assert done.of("Leader") == "after"
    assert caplog.text.count("Crowded: 128 others have come since and said no hello") == 20


@pytest.mark.usefixtures("_warnings")
def test_what_strangers_say_is_kept_within_bounds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def helper(net: Bare) -> None:
        path = str(tmp_path / "0.sock")
        crowd = [await asyncio.open_unix_connection(path) for _ in range(6)]
        for _, writer in crowd:  # the beginning of a hello of a megabyte
            writer.write(b"\xc6\x00\x0f\xff\x00" + b"x" * 1_000_000)
        ends = [asyncio.create_task(reader.read()) for reader, _ in crowd]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        await Outbox(net.site, X, net.leader).send("after")
        for _, writer in crowd:
            writer.close()
        await asyncio.gather(*ends, return_exceptions=True)

    codes = {"leader": hear, "helper": helper}
    done = run("sockets", codes, folder=tmp_path, hello_within=60).succeed()
    assert done.of("Leader") == "after"
    assert re.search(r"Crowded: \d+ bytes and no hello, more than from any other", caplog.text)


def test_who_is_sent_away_leaves_nothing_behind() -> None:
    """What has been heard is gone at once, not when Python comes to collect the connection."""

    async def hear() -> object:
        carrier = MemoryCarrier()
        hub = Hub(Identity(NodeId("Leader")), (), carrier)
        made: list[Connection] = []
        await carrier.listen(
            Address("memory", "x"), lambda: made.append(Connection(hub)) or made[0]
        )
        stranger = await carrier.dial(Address("memory", "x"), lambda: Connection(hub, object()))
        stranger.write(b"\xc6\x00\x0f\xff\x00" + b"x" * 1_000_000)
        stranger.drop()
        await made[0].ended.wait()
        return made[0]._unpacker

    assert asyncio.run(hear()) is None


@pytest.mark.parametrize("length", [0x4000, 0xFFFFFFFF])
def test_nothing_is_made_of_what_a_stranger_only_announces(length: int) -> None:
    """An array in an array in an array, each of so many items that never come."""

    async def hear() -> int:
        carrier = MemoryCarrier()
        hub = Hub(Identity(NodeId("Leader")), (), carrier)
        connection = Connection(hub)
        await carrier.listen(Address("memory", "x"), lambda: connection)
        await carrier.dial(Address("memory", "x"), lambda: Connection(hub, object()))
        tracemalloc.start()
        connection.receive((b"\xdd" + length.to_bytes(4, "big")) * 500)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    assert asyncio.run(hear()) < 100_000


@pytest.mark.parametrize("received", [-1, 2**40, 2**1000])
def test_a_hello_that_cannot_be_true_changes_nothing(received: int, tmp_path: Path) -> None:
    """Who says to have received what was never sent is refused, and the peer is met all the same."""
    said = Hello(Fingerprint(), NodeId("Helper"), "", "another", received)

    async def meet() -> None:
        nodes = NodeId("Leader"), NodeId("Helper")
        hubs = [Hub(Identity(node), nodes, SocketCarrier()) for node in nodes]
        addresses = [Address("unix", f"{tmp_path}/{number}.sock") for number in range(2)]
        deployment = {str(node): (at,) for node, at in zip(nodes, addresses, strict=True)}
        leader = asyncio.create_task(hubs[0].open(addresses[0], deployment))
        while not Path(addresses[0].name).exists():
            await asyncio.sleep(0)
        assert b"refused" in await attack(tmp_path, new_packer()(said.pack()))
        await hubs[1].open(addresses[1], deployment)
        await leader
        for hub in hubs:
            await hub.close()

    asyncio.run(meet())


@pytest.mark.usefixtures("_warnings")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xc1", "GarbageError"),
        (b"\x92\x07\x01", "GarbageError: channel 7 was never opened"),
        (b"\x92\x00\x91\x63", "GarbageError: unknown control frame"),
        (b"\x92\x00\x92\x04\xce\x00\xff\xff\xff", "GarbageError: 16777215 bytes acknowledged"),
        (b"\xc6\x7f\xff\xff\xff" + b"x" * 1_000_000, "OversizedFrame"),
    ],
    ids=["invalid byte", "unknown channel", "unknown control", "wrong ack", "oversized"],
)
def test_a_peer_that_breaks_the_protocol_is_lost_by_name(
    data: bytes, reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def leader(net: Bare) -> None:
        await Inbox(net.site, X, net.helper).recv()

    async def helper(net: Bare) -> None:
        (link,) = net.site.fabric.links.values()  # type: ignore[attr-defined]
        link.connection.write(data)
        await Inbox(net.site, X, net.leader).recv()

    codes = {"leader": leader, "helper": helper}
    done = run("sockets", codes, folder=tmp_path, lost_after=0.5, largest_frame=100_000)
    errors = {str(node): str(error) for node, error in done.errors.items()}
    assert errors["Leader"].startswith(f"Helper is lost: {reason}")
    assert errors["Helper"].startswith(f"Leader aborted: Helper broke the protocol: {reason}")
    assert f"Helper broke the protocol: {reason}" in caplog.text


def test_two_builds_name_the_message_that_differs() -> None:
    old = Fingerprint("a", (("quote of buy", "Quote"), ("wanted of buy", "str")))
    new = Fingerprint("b", (("quote of buy", "Quote | None"), ("wanted of buy", "str")))
    assert old.difference(new) == "message 'quote of buy' differs"
    assert old.difference(old) is None
    assert old.difference(Fingerprint("c", old.parts)) == "the builds differ"


async def opened(hubs: dict[NodeId, Hub], swapped: bool = False) -> list[str]:
    """Why these nodes do not come together; `swapped`: the first has mistaken the other two for each other."""
    addresses = {str(n): (Address("memory", str(n)),) for n in hubs}
    first, *others = map(str, hubs)
    mistaken = dict(
        zip([first, *others], (addresses[n] for n in [first, *others[::-1]]), strict=True)
    )
    opening = (
        hub.open(addresses[str(node)][0], mistaken if swapped and str(node) == first else addresses)
        for node, hub in hubs.items()
    )
    errors = await asyncio.gather(*opening, return_exceptions=True)
    for hub in hubs.values():
        await hub.close()
    return [str(error) for error in errors]


class Later(Hub):
    """A node of a later version of the protocol."""

    def _hello(self, link: Link) -> Hello:
        said = super()._hello(link)

        class Other(Hello):
            def pack(self) -> list[object]:
                name, _, *rest = super().pack()
                return [name, 7, *rest, "and more"]

        return Other(said.fingerprint, said.node, said.run, said.incarnation, said.received)


SOON = Settings(lost_after=0.1)


def test_two_versions_of_the_protocol_both_say_so() -> None:
    here, there = NodeId("Leader"), NodeId("Helper")  # who dials

    async def meet() -> list[str]:
        carrier, nodes = MemoryCarrier(), (here, there)
        hubs = {
            here: Hub(Identity(here), nodes, carrier, SOON),
            there: Later(Identity(there), nodes, carrier),
        }
        return await opened(hubs)

    at_leader, at_helper = asyncio.run(meet())
    assert at_leader.startswith(
        "Helper is lost: it speaks protocol version 7, this is 1; no other came"
    )
    assert at_helper == "Leader is lost: it refuses to talk: protocol version 7, this is 1"


HERE, THERE = NodeId("Leader"), NodeId("Helper")  # the latter dials


def of_build(node: NodeId, digest: str, carrier: Carrier, lost_after: float) -> Hub:
    who = Identity(node, fingerprint=Fingerprint(digest, (("Leader.quote", digest),)))
    return Hub(who, (HERE, THERE), carrier, Settings(lost_after=lost_after))


def test_two_builds_that_do_not_agree_both_say_so() -> None:
    """Nobody waits until the other, who has gone, would have had to start."""

    async def meet() -> list[str]:
        carrier = MemoryCarrier()
        return await opened({n: of_build(n, str(n), carrier, 0.1) for n in (HERE, THERE)})

    at_leader, at_helper = asyncio.run(meet())
    differs = "built from another program: message 'Leader.quote' differs"
    assert at_leader.startswith("Helper is lost: ")
    assert differs in at_leader
    assert at_helper.startswith("Leader is lost: ")
    assert differs in at_helper


def test_who_has_heard_an_earlier_process_does_not_go_on_with_another() -> None:
    async def meet() -> list[str]:
        carrier = MemoryCarrier()
        hubs = {node: of_build(node, "1", carrier, 0.1) for node in (HERE, THERE)}
        hubs[THERE].links[HERE]._apart = 97  # bytes that came from what the leader was before
        return await opened(hubs)

    at_leader, at_helper = asyncio.run(meet())
    restarted = "Leader was restarted and has lost its state"
    assert at_helper == f"Leader is lost: it refuses to talk: {restarted}"
    assert at_leader.startswith(f"Helper is lost: it has met another process: {restarted}; no")


@pytest.mark.usefixtures("_warnings")
def test_who_has_refused_another_build_waits_for_the_right_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def meet() -> list[BaseException | None]:
        carrier = MemoryCarrier()
        hubs = [
            of_build(HERE, "1", carrier, 10),
            of_build(THERE, "2", carrier, 10),
            of_build(THERE, "1", carrier, 10),
        ]
        addresses = {str(n): (Address("memory", str(n)),) for n in (HERE, THERE)}
        leader, old, new = (hub.open(addresses[str(hub.me)][0], addresses) for hub in hubs)
        waiting = asyncio.create_task(leader)
        (refused,) = await asyncio.gather(old, return_exceptions=True)
        await hubs[1].close()
        met = await asyncio.gather(waiting, new, return_exceptions=True)
        for hub in (hubs[0], hubs[2]):
            await hub.close()
        return [refused, *met]

    refused, *met = asyncio.run(meet())
    assert met == [None, None]
    assert "Leader is lost: it refuses to talk: Helper was built from another" in str(refused)
    assert "HelloRefused: Helper was built from another program" in caplog.text


@pytest.mark.usefixtures("_warnings")
def test_who_is_somebody_else_than_was_dialed_says_so_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Addresses that a deployment has mixed up."""
    nodes = [NodeId("Ann"), NodeId("Ben"), NodeId("Cleo")]

    async def meet() -> list[str]:
        carrier = MemoryCarrier()
        hubs = {node: Hub(Identity(node), nodes, carrier) for node in nodes}
        return await asyncio.wait_for(opened(hubs, swapped=True), 10)

    ann, *_ = asyncio.run(meet())
    assert ann == "Ben is lost: it is refused: Ann dialed Ben, and this is Cleo"
    assert "Ann is lost: it refuses to talk: Ann dialed Cleo, and this is Ben" in caplog.text
    assert "Ann is lost: it refuses to talk: Ann dialed Ben, and this is Cleo" in caplog.text
