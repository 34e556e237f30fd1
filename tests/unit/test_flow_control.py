"""Who waits for room is served first, and who has asked what is consumed hears of it in time."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from motet.transport.inlets import LinkInlet
from motet.wire import Channel, Peer
from motet.wire.streams import StreamOutbox


class Narrow:
    """An outlet without room, until it is given some."""

    wanted = True
    largest = 1 << 20
    run = None

    def __init__(self) -> None:
        self.credit = 0
        self.sent: list[bytes] = []
        self.given = asyncio.Event()

    def pack(self, data: object) -> bytes:
        return repr(data).encode()

    def put_packed(self, frame: bytes) -> None:
        self.sent.append(frame)
        self.credit -= 1

    async def room(self) -> None:
        await self.given.wait()


class Waker:
    def __init__(self) -> None:
        self.event = asyncio.Event()

    def wake(self) -> None:
        self.event.set()

    async def awaited(self) -> None:
        await self.event.wait()


def test_who_comes_when_there_is_room_again_does_not_overtake_who_waits_for_it() -> None:
    assert asyncio.run(_sent_after_room()) == [b"['first']", b"['second']"]


async def _sent_after_room() -> list[bytes]:
    outlet = Narrow()
    fabric = SimpleNamespace(signal=Waker, outlets=lambda *_: [outlet])
    site: Any = SimpleNamespace(fabric=fabric, path="")
    peer: Any = Peer("Helper")
    words: Channel[Any, Any, list[str]] = Channel("words", lambda x: x, lambda x: x)  # type: ignore
    box = StreamOutbox(site, words, peer)
    first = asyncio.ensure_future(box.send(["first"]))
    await asyncio.sleep(0)
    outlet.credit = 2
    outlet.given.set()  # who waits goes on in the next turn of the loop
    await box.send(["second"])
    await first
    return outlet.sent


def test_a_grant_is_given_as_soon_as_what_was_asked_for_is_consumed() -> None:
    link: Any = SimpleNamespace(loop=None, owing={})
    inlet = LinkInlet(link)
    inlet.items.extend("abcd")
    granted: list[int] = []
    inlet.report_consumed(4, 2, granted.append)
    inlet.items.popleft()
    inlet.settle()
    assert (granted, [*link.owing]) == ([], [inlet])
    inlet.items.popleft()
    inlet.settle()
    assert (granted, [*link.owing]) == ([2], [])
    inlet.report_consumed(4, 2, granted.append)
    inlet.items.clear()
    inlet.settle()
    assert (granted, [*link.owing]) == ([2, 2], [])
