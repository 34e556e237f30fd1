"""Programs that the runtime's tests run as real processes: `python programs.py LOCATION …`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1])]

from motet import Cluster, Process
from motet.entries import Entry, Role
from motet.node import main
from motet.wire import (
    Channel,
    ClientPort,
    Gather,
    Group,
    Inbox,
    Net,
    Outbox,
    Peer,
    PortChannel,
    Site,
    StreamGather,
    StreamMesh,
    StreamOutbox,
)
from runtime import bookshop

TALK: Channel[Any, Any, Any] = Channel("talk", lambda value: value, lambda data: data)
REPLY: Channel[Any, Any, Any] = Channel("reply", lambda value: value, lambda data: data)


class Alice(Process):
    pass


class Bob(Process):
    pass


class Worker(Cluster):
    pass


class Pair(Net):
    def __init__(
        self, site: Site[Any], alice: Peer[Alice] | None = None, bob: Peer[Bob] | None = None
    ) -> None:
        super().__init__(site)
        peer: Any = alice or bob
        self.talk_out: Outbox[Any, Any, Any] = Outbox(site, TALK, peer)
        self.talk_in: Inbox[Any, Any, Any] = Inbox(site, TALK, peer)


async def stream(me: object, net: Pair, count: int) -> int:
    """Both say `count` records; each checks that it hears all of them, once and in order."""

    async def speak() -> None:
        for number in range(count):
            await net.talk_out.send([number, "somebody@example.com", 0.5 * number, "in order"])

    async def listen() -> None:
        for number in range(count):
            heard = await net.talk_in.recv()
            assert heard == [number, "somebody@example.com", 0.5 * number, "in order"], heard

    await net.concurrently(speak(), listen())
    return count


async def ping(me: Alice, net: Pair, count: int) -> int:
    """Say something and hear the answer."""
    for number in range(count):
        await net.talk_out.send(number)
        assert await net.talk_in.recv() == -number
    return count


async def pong(me: Bob, net: Pair, count: int) -> None:
    for _ in range(count):
        await net.talk_out.send(-await net.talk_in.recv())


async def listen_forever(me: object, net: Pair) -> None:
    print("listening", flush=True)
    await net.talk_in.recv()


class Star(Net):
    def __init__(
        self,
        site: Site[Any],
        alice: Peer[Alice] | None = None,
        workers: Group[Worker] | None = None,
    ) -> None:
        super().__init__(site)
        self.tell: Any = Outbox(site, TALK, workers) if workers else None
        self.hear: Any = Gather(site, REPLY, workers) if workers else None
        self.told: Any = Inbox(site, TALK, alice) if alice else None
        self.reply: Any = Outbox(site, REPLY, alice) if alice else None


async def crowd_at_alice(me: Alice, net: Star, word: str) -> list[str]:
    await net.tell.send(word)
    return list((await net.hear.gather()).values())


async def crowd_at_worker(me: Worker, net: Star) -> int | None:
    word = await net.told.recv()
    if word == "fail" and me.me.index == 1:
        raise ValueError("worker 1 was told to")
    if word == "exit" and me.me.index == 1:
        sys.exit(3)
    if word == "wait" and me.me.index == 1:
        print("waiting", flush=True)
        await asyncio.sleep(3600)
    await net.reply.send(f"{word} {me.me.index}/{len(me.members)}")
    return None


class Census(Net):
    """Workers speak to Alice and to each other, until one of them is gone."""

    def __init__(
        self,
        site: Site[Any],
        alice: Peer[Alice] | None = None,
        workers: Group[Worker] | None = None,
    ) -> None:
        super().__init__(site)
        self.workers: Any = workers
        self.heard: Any = StreamGather(site, TALK, workers) if workers else None
        self.said: Any = StreamOutbox(site, TALK, alice) if alice else None
        self.among: Any = StreamMesh(site, REPLY) if alice else None


async def census_at_alice(me: Alice, net: Census) -> list[list[object]]:
    seen: list[list[object]] = []
    speaking = set()

    async def watch() -> None:
        async for member, events in net.membership(net.workers):
            seen.extend([member.index, event.value] for event in events)
            if len(seen) > 3:
                net.heard.close()
                return

    async def hear() -> None:
        async for member, _ in net.heard:
            speaking.add(member.index)
            if len(speaking) == 3:
                print("all speak", flush=True)
                speaking.add(None)

    await net.concurrently(watch(), hear())
    return seen


async def census_at_worker(me: Worker, net: Census) -> list[int]:
    heard: dict[int, int] = {}

    async def speak() -> None:
        async for _ in net.every(0.01):
            await net.among.send([1])
            if not await net.said.send([1]):
                break
        await net.said.end()
        await net.among.send([2])
        await net.among.end()

    async def hear() -> None:
        async for member, batch in net.among:
            heard[member.index] = batch[-1]

    await net.concurrently(speak(), hear())
    return [index for index, latest in heard.items() if latest == 2]


ECHO: PortChannel[Any, str, str] = PortChannel("echo", str, str, str, str)


class Service(Net):
    def __init__(self, site: Site[Any]) -> None:
        super().__init__(site)
        self.echo: ClientPort[Any, str, str] = ClientPort(site, ECHO)


async def serve_at_alice(me: Alice, net: Service) -> None:
    """Say back what clients say, and from whom it came."""
    async for client, batch in net.echo.requests:
        if "stop" in batch:
            return
        await net.echo.reply(
            [
                (client, "x" * 1_000_000 if text == "much" else f"{text} from {client}")
                for text in batch
            ]
        )


PAIR = {"alice": Role("Alice"), "bob": Role("Bob")}
STAR = {"alice": Role("Alice"), "workers": Role("Worker", cluster=True)}
ENTRIES: dict[str, tuple[type, dict[str, Entry]]] = {
    "Alice": (
        Alice,
        {
            "talk:stream": Entry(stream, Pair, "alice", PAIR),
            "talk:ping": Entry(ping, Pair, "alice", PAIR),
            "talk:wait": Entry(listen_forever, Pair, "alice", PAIR),
            "talk:crowd": Entry(crowd_at_alice, Star, "alice", STAR),
            "talk:serve": Entry(
                serve_at_alice, Service, "alice", {"alice": Role("Alice")}, ports=["echo"]
            ),
            "talk:census": Entry(census_at_alice, Census, "alice", STAR, ["workers"]),
        },
    ),
    "Bob": (
        Bob,
        {
            "talk:stream": Entry(stream, Pair, "bob", PAIR),
            "talk:ping": Entry(pong, Pair, "bob", PAIR),
            "talk:wait": Entry(listen_forever, Pair, "bob", PAIR),
        },
    ),
    "Worker": (
        Worker,
        {
            "talk:crowd": Entry(crowd_at_worker, Star, "workers", STAR),
            "talk:census": Entry(census_at_worker, Census, "workers", STAR, ["workers"]),
        },
    ),
    "Buyer": (bookshop.Buyer, {"shop:buy": bookshop.PARTS["Buyer"].entry}),
    "Seller": (bookshop.Seller, {"shop:buy": bookshop.PARTS["Seller"].entry}),
}


def export_spans(file: str) -> None:
    """Have OpenTelemetry write spans there, one a line; all nodes may write to one file."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

    def line(span: ReadableSpan) -> str:
        assert span.context is not None
        said = {
            "name": span.name,
            "trace": span.context.trace_id,
            "id": span.context.span_id,
            "parent": span.parent and span.parent.span_id,
            "about": dict(span.attributes or {}),
            "failed": not span.status.is_unset,
        }
        return json.dumps(said) + "\n"

    provider = TracerProvider()
    exporter = ConsoleSpanExporter(out=open(file, "a"), formatter=line)  # noqa: SIM115
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


if __name__ == "__main__":
    if spans := os.environ.get("SPANS"):
        export_spans(spans)
    main(*ENTRIES[sys.argv[1]], sys.argv[2:])
