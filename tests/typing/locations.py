"""Where streams come from and go to: locations, ports, channels and slices; comments hold mypy's findings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import assert_type

from motet import (
    AtLeastOnce,
    Atomic,
    Bounded,
    BoundedValue,
    ClientId,
    Cluster,
    ExactlyOnce,
    Feedback,
    KeyedSingleton,
    KeyedStream,
    MemberId,
    MembershipEvent,
    NoOrder,
    Optional,
    Ordered,
    Port,
    SinglePort,
    Singleton,
    Slice,
    Stream,
    Unbounded,
)
from places import WHY, Client, Helper, Leader, Tally, Worker

Numbers = Stream[int, Leader]
Requests = KeyedStream[ClientId, int, Leader]


async def lines() -> AsyncIterator[str]:
    yield "one"


# Members, as their own methods see them.


class Clerk(Cluster):
    def shares(self) -> dict[MemberId[Clerk], int]:
        return {member: member.index for member in self.members}

    def others(self) -> list[MemberId[Clerk]]:
        return [member for member in sorted(self.members) if member != self.me]

    def first(self, clients: Client) -> MemberId[Clerk]:
        first: MemberId[Clerk] = clients.members[0]  # E: assignment
        return first


# Sources.


def location_source(leader: Leader, workers: Worker) -> None:
    assert_type(leader.source([1, 2]), Stream[int, Leader, Ordered, ExactlyOnce, Bounded])
    assert_type(workers.source(range(5)), Stream[int, Worker, Ordered, ExactlyOnce, Bounded])
    assert_type(leader.source(lines()), Stream[str, Leader, Ordered, ExactlyOnce, Bounded])
    assert_type(leader.source({1, 2}), Stream[int, Leader, NoOrder, ExactlyOnce, Bounded])
    names = frozenset({"a"})
    assert_type(workers.source(names), Stream[str, Worker, NoOrder, ExactlyOnce, Bounded])
    prices = {"tea": 3}
    assert_type(leader.source(prices), Stream[str, Leader, Ordered, ExactlyOnce, Bounded])
    keys = leader.source(prices.keys())
    assert_type(keys, Stream[str, Leader, Ordered, ExactlyOnce, Bounded])
    items = leader.source(prices.items())
    assert_type(items, Stream[tuple[str, int], Leader, Ordered, ExactlyOnce, Bounded])
    leader.source(5)  # E: call-overload


def location_singleton(leader: Leader, helper: Helper) -> None:
    assert_type(leader.singleton("ada"), Singleton[str, Leader, Bounded])
    leader.singleton(1).zip(helper.singleton(2))  # E: arg-type


async def location_every(leader: Leader) -> None:
    assert_type(leader.every(1.0, WHY), Stream[None, Leader])
    leader.every(1.0)  # E: call-arg
    await leader.every(1.0, WHY).collect()  # E: misc


async def location_spin(workers: Worker) -> None:
    assert_type(workers.spin(), Stream[None, Worker])
    await workers.spin().count().collect()  # E: misc


def location_channel(leader: Leader, numbers: Numbers) -> None:
    assert_type(leader.channel(int), tuple[Feedback[int, Leader], Stream[int, Leader, NoOrder]])
    leader.channel(5)  # E: call-overload
    _, received = leader.channel(int)
    maybe, some = leader.channel(int | None)
    assert_type(some, Stream[int | None, Leader, NoOrder])
    first, ordered = leader.channel(tuple[int, str], ordered=True)
    assert_type(ordered, Stream[tuple[int, str], Leader])
    received.first()  # E: misc


def location_membership(leader: Leader, workers: Worker, helper: Helper) -> None:
    assert_type(
        leader.membership(workers, WHY), KeyedStream[MemberId[Worker], MembershipEvent, Leader]
    )
    leader.membership(workers)  # E: call-arg
    leader.membership(helper, WHY)  # E: type-var


def location_port(leader: Leader) -> None:
    assert_type(leader.port(int, str, name="asks"), Port[int, str, Leader])
    assert_type(
        leader.port(int, str | None, name="asks", single=True), SinglePort[int, str | None, Leader]
    )
    leader.port(int, str)  # E: call-overload


def location_sliced(leader: Leader) -> None:
    assert_type(leader.sliced(), Slice[Leader, Bounded])
    assert_type(leader.sliced(every=0.5, why=WHY), Slice[Leader, Unbounded])
    leader.sliced(every=0.5)  # E: call-overload


# Feedback.


def feedback_send(
    leader: Leader, numbers: Numbers, repeated: Stream[int, Leader, Ordered, AtLeastOnce]
) -> None:
    sender, received = leader.channel(int)
    assert_type(sender.send(numbers), None)
    sender.send(received.map(lambda n: n + 1))
    sender.send(numbers.map(lambda n: str(n)))  # E: arg-type, return-value
    sender.send(repeated)  # E: arg-type
    in_order, _ = leader.channel(int, ordered=True)
    in_order.send(numbers)
    in_order.send(received)  # E: arg-type


def feedback_is_local(leader: Leader, far: Stream[int, Helper]) -> None:
    sender, _ = leader.channel(int)
    sender.send(far)  # E: arg-type


# Ports.


def port_requests(port: Port[int, str, Leader]) -> None:
    assert_type(port.requests, Requests)
    port.requests.values().enumerate()  # E: misc


def port_membership(port: Port[int, str, Leader]) -> None:
    assert_type(port.membership, KeyedStream[ClientId, MembershipEvent, Leader])
    port.membership.entries().first()  # E: misc


def port_reply(
    port: Port[int, str, Leader],
    answers: KeyedStream[ClientId, str, Leader, NoOrder],
    numbers: Requests,
    repeated: KeyedStream[ClientId, str, Leader, Ordered, AtLeastOnce],
    theirs: KeyedStream[MemberId[Client], str, Leader],
    inside: KeyedStream[ClientId, str, Atomic[Leader]],
) -> None:
    assert_type(port.reply(answers), None)
    port.reply(numbers)  # E: arg-type
    port.reply(repeated)  # E: arg-type
    port.reply(theirs)  # E: arg-type
    port.reply(inside)  # E: arg-type


async def port_send(port: Port[int, str, Leader], client: ClientId) -> None:
    assert_type(await port.send("five", to=client), None)
    await port.send(5, to=client)  # E: arg-type
    await port.send("five")  # E: call-arg
    await port.send("five", to=5)  # E: arg-type


def single_port_requests(port: SinglePort[int, str, Leader]) -> None:
    assert_type(port.requests, Numbers)
    port.requests.is_empty()  # E: misc


def single_port_reply(port: SinglePort[int, str, Leader], numbers: Numbers) -> None:
    assert_type(port.reply(numbers.map(lambda n: str(n))), None)
    port.reply(numbers)  # E: arg-type


async def single_port_send(port: SinglePort[int, str, Leader], client: ClientId) -> None:
    assert_type(await port.send("five"), None)
    await port.send(5)  # E: arg-type
    await port.send("five", to=client)  # E: call-arg


# Slices.


def slice_batch(
    tick: Slice[Leader],
    numbers: Stream[int, Leader, NoOrder, AtLeastOnce],
    requests: Requests,
    arriving: KeyedSingleton[str, int, Leader, BoundedValue],
    inside: Stream[int, Atomic[Leader]],
    far: Stream[int, Helper],
    total: Singleton[int, Leader],
) -> None:
    assert_type(tick.batch(numbers, WHY), list[int])
    assert_type(tick.batch(requests, WHY), list[tuple[ClientId, int]])
    assert_type(tick.batch(arriving, WHY), list[tuple[str, int]])
    tick.batch(numbers)  # E: call-overload
    tick.batch(inside, WHY)  # E: arg-type
    tick.batch(far, WHY)  # E: arg-type
    tick.batch(total, WHY)  # E: call-overload


def slice_snapshot(
    tick: Slice[Leader],
    total: Singleton[int, Leader],
    perhaps: Optional[int, Leader],
    table: KeyedSingleton[str, int, Leader],
    inside: Singleton[int, Atomic[Leader]],
    numbers: Numbers,
) -> None:
    assert_type(tick.snapshot(total, WHY), int)
    assert_type(tick.snapshot(perhaps, WHY), int | None)
    assert_type(tick.snapshot(table, WHY), dict[str, int])
    tick.snapshot(total)  # E: call-overload
    tick.snapshot(inside, WHY)  # E: arg-type
    tick.snapshot(numbers, WHY)  # E: call-overload


def slice_atomic(
    tick: Slice[Leader],
    total: Singleton[int, Atomic[Leader]],
    perhaps: Optional[int, Atomic[Leader]],
    table: KeyedSingleton[str, int, Atomic[Leader]],
    numbers: Stream[int, Atomic[Leader]],
    pairs: KeyedStream[str, int, Atomic[Leader]],
    outside: Singleton[int, Leader],
    far: Singleton[int, Atomic[Helper]],
) -> None:
    assert_type(tick.atomic(total), int)
    assert_type(tick.atomic(perhaps, WHY), int | None)
    assert_type(tick.atomic(table), dict[str, int])
    assert_type(tick.atomic(numbers), list[int])
    assert_type(tick.atomic(pairs), list[tuple[str, int]])
    tick.atomic(outside)  # E: arg-type
    tick.atomic(far)  # E: arg-type


def slice_state(tick: Slice[Leader]) -> None:
    assert_type(tick.state(0), int)
    assert_type(tick.state(dict[str, int]), dict[str, int])
    assert_type(tick.state(Tally), Tally)
    latest: int | None = tick.state(None)
    latest = 5
    tick.state(0).append(5)  # E: attr-defined


def slice_stream(tick: Slice[Leader]) -> None:
    assert_type(tick.stream([(n, str(n)) for n in range(3)]), Stream[tuple[int, str], Leader])
    tick.stream(5)  # E: arg-type


async def slice_latest(tick: Slice[Leader]) -> None:
    assert_type(tick.latest(5), Singleton[int, Leader])
    await tick.latest(5).collect()  # E: misc
