"""What is put into frames, runs and pieces comes out as it was, in order."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from motet.packing import new_packer, new_unpacker, pack_apart
from motet.wire import Inbox, Outbox
from runtime.harness import Bare, channel, run

LARGE = 64
FIELDS = st.one_of(
    st.integers(), st.text(max_size=80), st.binary(max_size=200), st.lists(st.binary(max_size=99))
)


@given(st.integers(1, 1 << 20), st.one_of(st.binary(max_size=200), st.lists(FIELDS, max_size=20)))
def test_pieces_are_the_whole(number: int, record: object) -> None:
    pack = new_packer()
    pieces = pack_apart(pack, number, record, LARGE)
    fields = record if isinstance(record, list) else [record]
    large = [field for field in fields if isinstance(field, bytes) and len(field) >= LARGE]
    assert (pieces is None) == (not large or len(fields) > 15)
    if pieces is not None:
        assert [piece for piece in pieces if any(piece is field for field in large)] == large
        unpacker = new_unpacker()
        unpacker.feed(b"".join(pieces))
        assert list(unpacker) == [[number, record]]


SIZES = st.sampled_from([0, 0, 0, 1, 100, 1500, 16_000, 17_000, 40_000])
STEPS = st.lists(st.tuples(st.integers(0, 2), SIZES, st.booleans(), st.booleans()), max_size=60)


@settings(max_examples=150)
@given(STEPS)
def test_every_channel_keeps_its_order_however_large_its_messages(
    steps: list[tuple[int, int, bool, bool]],
) -> None:
    """A step is a channel, a size, whether the message is a record or bytes, and whether others may run then."""

    def message(number: int) -> object:
        _, size, record, _ = steps[number]
        return [number, "x" * (size // 3), b"y" * size] if record else b"z" * (number + size)

    def numbers(name: int) -> list[int]:
        return [number for number, step in enumerate(steps) if step[0] == name]

    async def leader(net: Bare) -> None:
        outs = [Outbox(net.site, channel(str(name)), net.helper) for name in range(3)]
        for number, (name, _, _, pauses) in enumerate(steps):
            await outs[name].send(message(number))
            if pauses:
                await asyncio.sleep(0)

    async def helper(net: Bare) -> list[list[object]]:
        inboxes = [Inbox(net.site, channel(str(name)), net.leader) for name in range(3)]
        return [[await inboxes[name].recv() for _ in numbers(name)] for name in range(3)]

    done = run("memory", {"leader": leader, "helper": helper}).succeed()
    assert done.of("Helper") == [list(map(message, numbers(name))) for name in range(3)]
