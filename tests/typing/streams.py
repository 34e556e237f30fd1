"""Every operator of `Stream`, accepted and refused; comments hold mypy's findings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import assert_type

from motet import (
    AtLeastOnce,
    Atomic,
    Bounded,
    Break,
    Continue,
    ExactlyOnce,
    KeyedSingleton,
    KeyedStream,
    MemberId,
    Monotonic,
    NoOrder,
    Optional,
    Ordered,
    Return,
    Sampled,
    Singleton,
    Stream,
    Unbounded,
    Yield,
)
from motet.live.streams import SharedStream
from places import SURE, WHY, Client, Helper, Leader, Parser, Tally, Worker
from typing_extensions import TypeIs

Pairs = Stream[tuple[str, int], Leader]
Unordered = Stream[int, Leader, NoOrder]
Repeated = Stream[int, Leader, Ordered, AtLeastOnce]
Finite = Stream[int, Leader, Ordered, ExactlyOnce, Bounded]
Inside = Stream[int, Atomic[Leader]]


def is_int(value: int | str) -> TypeIs[int]:
    return isinstance(value, int)


# One by one.


def stream_map(numbers: Stream[int, Leader], unordered: Unordered) -> None:
    assert_type(numbers.map(lambda n: str(n)), Stream[str, Leader])
    assert_type(unordered.map(float), Stream[float, Leader, NoOrder])
    numbers.map(len)  # E: arg-type


def stream_filter(numbers: Stream[int, Leader], mixed: Stream[int | str, Leader]) -> None:
    assert_type(numbers.filter(lambda n: n > 0), Stream[int, Leader])
    assert_type(mixed.filter(is_int), Stream[int, Leader])
    numbers.filter(str)  # E: arg-type


def stream_filter_map(numbers: Stream[int, Leader]) -> None:
    assert_type(numbers.filter_map(lambda n: str(n) if n > 0 else None), Stream[str, Leader])
    numbers.filter_map(len)  # E: arg-type


def stream_flat_map_ordered(numbers: Stream[int, Leader]) -> None:
    assert_type(numbers.flat_map_ordered(lambda n: [n, n]), Stream[int, Leader])
    assert_type(numbers.flat_map_ordered(digits), Stream[str, Leader])
    assert_type(numbers.flat_map_ordered(range), Stream[int, Leader])
    numbers.flat_map_ordered(lambda n: {n})  # E: arg-type, return-value


def digits(n: int) -> Iterator[str]:
    yield from str(n)


def stream_flat_map_unordered(numbers: Stream[int, Leader]) -> None:
    assert_type(numbers.flat_map_unordered(lambda n: {n}), Stream[int, Leader, NoOrder])
    numbers.flat_map_unordered(abs)  # E: arg-type


def stream_flatten_ordered(
    lists: Stream[list[int], Leader],
    sets: Stream[set[int], Leader],
    tables: Stream[dict[str, int], Leader],
) -> None:
    assert_type(lists.flatten_ordered(), Stream[int, Leader])
    assert_type(tables.flatten_ordered(), Stream[str, Leader])
    sets.flatten_ordered()  # E: misc


def stream_flatten_unordered(sets: Stream[set[int], Leader], numbers: Stream[int, Leader]) -> None:
    assert_type(sets.flatten_unordered(), Stream[int, Leader, NoOrder])
    numbers.flatten_unordered()  # E: misc


def stream_inspect(numbers: Stream[int, Leader]) -> None:
    assert_type(numbers.inspect(print), Stream[int, Leader])
    numbers.inspect(len)  # E: arg-type


def stream_partition(numbers: Stream[int, Leader]) -> None:
    assert_type(numbers.partition(lambda n: n > 0), tuple[Stream[int, Leader], Stream[int, Leader]])
    numbers.partition(str)  # E: arg-type


def stream_resolve_futures(
    waiting: Stream[Awaitable[int], Leader], numbers: Stream[int, Leader]
) -> None:
    assert_type(waiting.resolve_futures(), Stream[int, Leader, NoOrder])
    numbers.resolve_futures()  # E: misc


def stream_resolve_futures_ordered(
    waiting: Stream[Awaitable[int], Leader], numbers: Stream[int, Leader]
) -> None:
    assert_type(waiting.resolve_futures_ordered(), Stream[int, Leader])
    numbers.resolve_futures_ordered()  # E: misc


def stream_resolve_futures_blocking(
    waiting: Stream[Awaitable[int], Leader], numbers: Stream[int, Leader]
) -> None:
    assert_type(waiting.resolve_futures_blocking(), Stream[int, Leader, NoOrder])
    numbers.resolve_futures_blocking()  # E: misc


# In order, with memory.


def stream_enumerate(
    numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated
) -> None:
    assert_type(numbers.enumerate(), Stream[tuple[int, int], Leader])
    unordered.enumerate()  # E: misc
    repeated.enumerate()  # E: misc


def stream_scan(numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated) -> None:
    assert_type(numbers.scan(0, lambda total, n: (total + n, str(total))), Stream[str, Leader])
    assert_type(
        numbers.scan(list[int], lambda seen, n: ([*seen, n], n) if n else None), Stream[int, Leader]
    )
    unordered.scan(0, lambda total, n: (total + n, total))  # E: misc
    repeated.scan(0, lambda total, n: (total + n, total))  # E: misc
    numbers.scan(0, lambda total, n: total + n)  # E: arg-type, return-value


def stream_generator(
    numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated
) -> None:
    def step(total: int, n: int) -> tuple[int, Yield[str] | Return[str] | Break | Continue]:
        return (total + n, Yield(str(total)) if total < 10 else Break())

    assert_type(numbers.generator(0, step), Stream[str, Leader])
    unordered.generator(0, step)  # E: misc
    repeated.generator(0, step)  # E: misc


def stream_transform(
    numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated
) -> None:
    assert_type(numbers.transform(Parser), Stream[str, Leader])
    assert_type(unordered.transform(Parser, commutative=SURE), Stream[str, Leader, NoOrder])
    assert_type(repeated.transform(Parser, idempotent=SURE), Stream[str, Leader])
    unordered.transform(Parser)  # E: call-overload
    repeated.transform(Parser)  # E: call-overload


def stream_take(numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated) -> None:
    assert_type(numbers.take(3), Finite)
    unordered.take(3)  # E: misc
    repeated.take(3)  # E: misc


def stream_skip(numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated) -> None:
    assert_type(numbers.skip(3), Stream[int, Leader])
    unordered.skip(3)  # E: misc
    repeated.skip(3)  # E: misc


def stream_unique(repeated: Repeated, lists: Stream[list[int], Leader]) -> None:
    assert_type(repeated.unique(), Stream[int, Leader])
    lists.unique()  # E: misc


def stream_sort(
    finite: Stream[int, Leader, NoOrder, ExactlyOnce, Bounded],
    numbers: Stream[int, Leader],
    parsers: Stream[Parser, Leader, Ordered, ExactlyOnce, Bounded],
) -> None:
    assert_type(finite.sort(), Finite)
    assert_type(finite.sort(reverse=True), Finite)
    assert_type(parsers.sort(key=repr), Stream[Parser, Leader, Ordered, ExactlyOnce, Bounded])
    numbers.sort()  # E: misc
    parsers.sort()  # E: call-arg
    finite.sort(key=abs)  # E: arg-type


# Down to one value.


def stream_fold(
    numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated, finite: Finite
) -> None:
    assert_type(numbers.fold(0, lambda total, n: total + n), Singleton[int, Leader])
    assert_type(numbers.fold(list[int], lambda seen, n: [*seen, n]), Singleton[list[int], Leader])
    assert_type(
        numbers.fold(lambda: {0: ""}, lambda seen, n: seen | {n: ""}),
        Singleton[dict[int, str], Leader],
    )
    assert_type(numbers.fold(Tally, Tally.plus), Singleton[Tally, Leader])
    assert_type(numbers.fold(Tally(1), lambda tally, n: tally.plus(n)), Singleton[Tally, Leader])
    assert_type(finite.fold(0, max), Singleton[int, Leader, Bounded])
    assert_type(unordered.fold(0, max, commutative=SURE), Singleton[int, Leader])
    assert_type(repeated.fold(0, max, idempotent=SURE), Singleton[int, Leader])
    assert_type(numbers.fold(0, max, monotone=SURE), Singleton[int, Leader, Monotonic])
    assert_type(finite.fold(0, max, monotone=SURE), Singleton[int, Leader, Bounded])
    assert_type(
        unordered.fold(0, max, commutative=SURE, monotone=SURE), Singleton[int, Leader, Monotonic]
    )
    unordered.fold(0, lambda total, n: total + n)  # E: call-overload
    repeated.fold(0, lambda total, n: total + n)  # E: call-overload
    unordered.weaken_retries().fold(0, max, commutative=SURE)  # E: call-overload
    numbers.fold([0], lambda seen, n: [*seen, n])  # E: call-overload
    numbers.fold(0, lambda total, n: total / n)  # E: arg-type, return-value
    unordered.fold(0, max, commutative="it is")  # E: call-overload


def stream_reduce(numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated) -> None:
    assert_type(numbers.reduce(lambda a, b: a + b), Optional[int, Leader])
    assert_type(unordered.reduce(max, commutative=SURE), Optional[int, Leader])
    assert_type(repeated.reduce(max, idempotent=SURE), Optional[int, Leader])
    unordered.reduce(max)  # E: call-overload
    repeated.reduce(max)  # E: call-overload
    unordered.weaken_retries().reduce(max, idempotent=SURE)  # E: call-arg


def stream_count(numbers: Stream[int, Leader], finite: Finite, repeated: Repeated) -> None:
    assert_type(numbers.count(), Singleton[int, Leader, Monotonic])
    assert_type(finite.count(), Singleton[int, Leader, Bounded])
    repeated.count()  # E: misc
    numbers.map(str).sample_every(1.0, WHY).count()  # E: misc


def stream_max(
    unordered: Unordered, numbers: Stream[int, Leader], parsers: Stream[Parser, Leader]
) -> None:
    assert_type(unordered.max(), Optional[int, Leader])
    assert_type(numbers.max(key=lambda n: -n), Optional[int, Leader])
    parsers.max()  # E: call-arg
    unordered.max(key=abs)  # E: arg-type


def stream_min(
    unordered: Unordered, numbers: Stream[int, Leader], parsers: Stream[Parser, Leader]
) -> None:
    assert_type(unordered.min(), Optional[int, Leader])
    assert_type(numbers.min(key=lambda n: -n), Optional[int, Leader])
    parsers.min()  # E: call-arg
    unordered.min(key=abs)  # E: arg-type


def stream_first(numbers: Stream[int, Leader], repeated: Repeated, unordered: Unordered) -> None:
    assert_type(numbers.first(), Optional[int, Leader])
    assert_type(repeated.first(), Optional[int, Leader])
    unordered.first()  # E: misc


def stream_last(numbers: Stream[int, Leader], repeated: Repeated, unordered: Unordered) -> None:
    assert_type(numbers.last(), Optional[int, Leader])
    assert_type(repeated.last(), Optional[int, Leader])
    unordered.last()  # E: misc


def stream_collect_list(
    numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated
) -> None:
    assert_type(numbers.collect_list(), Singleton[list[int], Leader])
    unordered.collect_list()  # E: misc
    repeated.collect_list()  # E: misc


def stream_is_empty(finite: Finite, numbers: Stream[int, Leader]) -> None:
    assert_type(finite.is_empty(), Singleton[bool, Leader, Bounded])
    numbers.is_empty()  # E: misc


async def stream_collect(
    finite: Finite,
    numbers: Stream[int, Leader],
    unordered: Unordered,
    inside: Inside,
    repeated: Repeated,
) -> None:
    assert_type(await finite.collect(), list[int])
    await numbers.collect()  # E: misc
    await finite.weaken_ordering().collect()  # E: misc
    await finite.weaken_retries().collect()  # E: misc
    await finite.atomic().collect()  # E: misc


# With another collection of the same location.


def stream_chain(
    finite: Finite,
    numbers: Stream[int, Leader],
    words: Stream[str, Leader, NoOrder],
    far: Stream[int, Helper],
) -> None:
    assert_type(finite.chain(numbers), Stream[int, Leader])
    assert_type(finite.chain(words), Stream[int | str, Leader, NoOrder])
    numbers.chain(finite)  # E: misc
    finite.chain(far)  # E: arg-type


def stream_merge_unordered(
    numbers: Stream[int, Leader], repeated: Repeated, far: Stream[int, Helper], inside: Inside
) -> None:
    assert_type(numbers.merge_unordered(numbers), Unordered)
    assert_type(numbers.merge_unordered(repeated), Stream[int, Leader, NoOrder, AtLeastOnce])
    numbers.merge_unordered(far)  # E: arg-type
    numbers.merge_unordered(inside)  # E: arg-type


def stream_merge_ordered(
    numbers: Stream[int, Leader], unordered: Unordered, far: Stream[int, Helper]
) -> None:
    assert_type(numbers.merge_ordered(numbers, WHY), Stream[int, Leader])
    numbers.merge_ordered(numbers)  # E: call-arg
    numbers.merge_ordered(unordered, WHY)  # E: arg-type
    unordered.merge_ordered(numbers, WHY)  # E: misc
    numbers.merge_ordered(far, WHY)  # E: arg-type


def stream_cross_singleton(
    numbers: Stream[int, Leader],
    final: Singleton[str, Leader, Bounded],
    perhaps: Optional[str, Leader, Bounded],
    changing: Singleton[str, Leader],
    far: Singleton[str, Helper, Bounded],
) -> None:
    assert_type(numbers.cross_singleton(final), Stream[tuple[int, str], Leader])
    assert_type(numbers.cross_singleton(perhaps), Stream[tuple[int, str], Leader])
    numbers.cross_singleton(changing)  # E: arg-type
    numbers.cross_singleton(far)  # E: arg-type


def stream_cross_product(
    numbers: Stream[int, Leader], words: Stream[str, Leader], far: Stream[int, Helper]
) -> None:
    assert_type(numbers.cross_product(words), Stream[tuple[int, str], Leader, NoOrder])
    numbers.cross_product(far)  # E: arg-type


def stream_cross_product_nested_loop(finite: Finite, numbers: Stream[int, Leader]) -> None:
    assert_type(
        finite.cross_product_nested_loop(finite.map(str)),
        Stream[tuple[int, str], Leader, Ordered, ExactlyOnce, Bounded],
    )
    finite.cross_product_nested_loop(numbers)  # E: arg-type
    numbers.cross_product_nested_loop(finite)  # E: misc


def stream_filter_if(
    numbers: Stream[int, Leader],
    final: Singleton[bool, Leader, Bounded],
    changing: Singleton[bool, Leader],
) -> None:
    assert_type(numbers.filter_if(final), Stream[int, Leader])
    numbers.filter_if(changing)  # E: arg-type


def stream_filter_not_in(
    numbers: Stream[int, Leader], finite: Finite, lists: Stream[list[int], Leader]
) -> None:
    assert_type(numbers.filter_not_in(finite), Stream[int, Leader])
    numbers.filter_not_in(numbers)  # E: arg-type
    lists.filter_not_in(lists.take(3))  # E: misc


def stream_join(
    pairs: Pairs, prices: Stream[tuple[str, float], Leader], numbers: Stream[int, Leader]
) -> None:
    assert_type(pairs.join(prices), Stream[tuple[str, tuple[int, float]], Leader, NoOrder])
    numbers.join(pairs)  # E: misc, arg-type
    pairs.join(numbers)  # E: arg-type


def stream_anti_join(
    pairs: Pairs,
    words: Stream[str, Leader],
    finite: Stream[str, Leader, NoOrder, ExactlyOnce, Bounded],
) -> None:
    assert_type(pairs.anti_join(finite), Pairs)
    pairs.anti_join(words)  # E: arg-type


# Keyed.


def stream_into_keyed(pairs: Pairs, numbers: Stream[int, Leader]) -> None:
    assert_type(pairs.into_keyed(), KeyedStream[str, int, Leader])
    numbers.into_keyed()  # E: misc


def stream_keys(
    pairs: Stream[tuple[str, int], Leader, Ordered, AtLeastOnce, Bounded], open_pairs: Pairs
) -> None:
    assert_type(pairs.keys(), Stream[str, Leader, NoOrder, ExactlyOnce, Bounded])
    open_pairs.keys()  # E: misc


def stream_repeat_with_keys(
    finite: Finite,
    numbers: Stream[int, Leader],
    table: KeyedSingleton[str, float, Leader, Bounded],
    changing: KeyedSingleton[str, float, Leader],
) -> None:
    assert_type(
        finite.repeat_with_keys(table), KeyedStream[str, int, Leader, Ordered, ExactlyOnce, Bounded]
    )
    numbers.repeat_with_keys(table)  # E: misc
    finite.repeat_with_keys(changing)  # E: arg-type


# By the clock.


def stream_sample_every(numbers: Stream[int, Leader], inside: Inside) -> None:
    assert_type(numbers.sample_every(1.0, WHY), Stream[int, Leader, Ordered, Sampled])
    numbers.sample_every(1.0)  # E: call-arg
    numbers.sample_every(1.0, "any will do")  # E: arg-type
    inside.sample_every(1.0, WHY)  # E: misc


def stream_timeout(numbers: Stream[int, Leader], inside: Inside) -> None:
    assert_type(numbers.timeout(1.0, WHY), Optional[bool, Leader])
    numbers.timeout(1.0)  # E: call-arg
    inside.timeout(1.0, WHY)  # E: misc


# Guarantees.


def stream_weaken_ordering(numbers: Stream[int, Leader]) -> None:
    assert_type(numbers.weaken_ordering(), Unordered)
    numbers.weaken_ordering().first()  # E: misc


def stream_weaken_retries(numbers: Stream[int, Leader]) -> None:
    assert_type(numbers.weaken_retries(), Repeated)
    numbers.weaken_retries().count()  # E: misc


def stream_assume_ordering(unordered: Unordered) -> None:
    assert_type(unordered.assume_ordering(WHY), Stream[int, Leader])
    unordered.assume_ordering()  # E: call-arg


def stream_assume_retries(repeated: Repeated) -> None:
    assert_type(repeated.assume_retries(WHY), Stream[int, Leader])
    repeated.assume_retries()  # E: call-arg


def stream_atomic(numbers: Stream[int, Leader], inside: Inside) -> None:
    assert_type(numbers.atomic(), Inside)
    inside.atomic()  # E: misc


def stream_end_atomic(numbers: Stream[int, Leader], inside: Inside) -> None:
    assert_type(inside.end_atomic(), Stream[int, Leader])
    numbers.end_atomic()  # E: misc


# To another location.


def stream_send(
    leader: Leader,
    workers: Worker,
    numbers: Stream[int, Helper],
    theirs: Stream[int, Worker, NoOrder],
    inside: Inside,
) -> None:
    assert_type(numbers.send(to=leader), Stream[int, Leader])
    assert_type(theirs.send(to=leader), KeyedStream[MemberId[Worker], int, Leader, NoOrder])
    numbers.send(to=workers)  # E: type-var
    inside.send(to=leader)  # E: misc
    numbers.send(leader)  # E: call-arg


def stream_broadcast(
    leader: Leader,
    workers: Worker,
    clients: Client,
    numbers: Stream[int, Leader],
    theirs: Stream[int, Client],
    inside: Inside,
) -> None:
    assert_type(numbers.broadcast(to=workers), Stream[int, Worker])
    assert_type(theirs.broadcast(to=workers), KeyedStream[MemberId[Client], int, Worker])
    assert_type(theirs.broadcast(to=clients), KeyedStream[MemberId[Client], int, Client])
    numbers.broadcast(to=leader)  # E: type-var
    inside.broadcast(to=workers)  # E: misc


def stream_demux(
    workers: Worker,
    clients: Client,
    addressed: Stream[tuple[MemberId[Worker], int], Leader],
    theirs: Stream[tuple[MemberId[Worker], int], Client],
    pairs: Pairs,
    inside: Stream[tuple[MemberId[Worker], int], Atomic[Leader]],
) -> None:
    assert_type(addressed.demux(to=workers), Stream[int, Worker])
    assert_type(theirs.demux(to=workers), KeyedStream[MemberId[Client], int, Worker])
    addressed.demux(to=clients)  # E: arg-type
    pairs.demux(to=workers)  # E: misc, call-overload
    inside.demux(to=workers)  # E: misc, call-overload


def stream_round_robin(
    leader: Leader,
    workers: Worker,
    numbers: Stream[int, Leader],
    theirs: Stream[int, Client],
    unordered: Unordered,
    repeated: Repeated,
    inside: Inside,
) -> None:
    assert_type(numbers.round_robin(to=workers, why=WHY), Stream[int, Worker])
    assert_type(theirs.round_robin(to=workers, why=WHY), KeyedStream[MemberId[Client], int, Worker])
    numbers.round_robin(to=workers)  # E: call-arg
    unordered.round_robin(to=workers, why=WHY)  # E: misc
    repeated.round_robin(to=workers, why=WHY)  # E: misc
    inside.round_robin(to=workers, why=WHY)  # E: misc
    numbers.round_robin(to=leader, why=WHY)  # E: type-var


def stream_share(
    leader: Leader,
    workers: Worker,
    numbers: Stream[int, Helper],
    theirs: Stream[int, Worker],
    inside: Inside,
) -> None:
    assert_type(numbers.share(to=leader), Stream[int, Leader])
    assert_type(numbers.share(to=workers), Stream[int, Worker])
    assert_type(numbers.share(to=(leader, workers)), SharedStream[int])
    theirs.share(to=leader)  # E: misc
    inside.share(to=workers)  # E: misc
    numbers.weaken_ordering().share(to=(leader, workers))  # E: type-var


async def shared_stream_aiter(shared: SharedStream[int]) -> None:
    assert_type(aiter(shared), AsyncIterator[int])
    shared.map(str)  # E: attr-defined


# Out of the program.


def stream_for_each(
    numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated, inside: Inside
) -> None:
    assert_type(numbers.for_each(print), None)
    numbers.sample_every(1.0, WHY).map(str).for_each(print)
    unordered.for_each(print, commutative=SURE)
    repeated.for_each(print, idempotent=SURE)
    unordered.for_each(print)  # E: call-overload
    repeated.for_each(print)  # E: call-overload
    unordered.weaken_retries().for_each(print, commutative=SURE)  # E: call-arg
    inside.for_each(print)  # E: misc
    numbers.for_each(len)  # E: arg-type


def stream_dest_sink(
    numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated, inside: Inside
) -> None:
    async def store(n: int) -> None: ...

    assert_type(numbers.dest_sink(store), None)
    unordered.dest_sink(store, commutative=SURE)
    repeated.dest_sink(store, idempotent=SURE)
    unordered.dest_sink(store)  # E: call-overload
    repeated.dest_sink(store)  # E: call-overload
    inside.dest_sink(store)  # E: misc
    numbers.dest_sink(print)  # E: arg-type


async def stream_aiter(
    numbers: Stream[int, Leader], unordered: Unordered, repeated: Repeated, inside: Inside
) -> None:
    assert_type(aiter(numbers), AsyncIterator[int])
    async for n in numbers:
        assert_type(n, int)
    async for n in unordered:  # E: misc
        pass
    async for n in repeated:  # E: misc
        pass
    async for n in inside:  # E: misc
        pass


# What is weaker fits nowhere, and what is stronger everywhere.


def subtyping(
    numbers: Stream[int, Leader],
    finite: Finite,
    unordered: Unordered,
    repeated: Repeated,
    far: Stream[int, Helper],
) -> None:
    weaker: Stream[float, Leader, NoOrder, AtLeastOnce, Unbounded] = finite
    weaker = numbers
    strong: Stream[int, Leader] = finite
    strong = unordered  # E: assignment
    strong = repeated  # E: assignment
    strong = far  # E: assignment
    ends: Finite = numbers  # E: assignment
    nonsense: Stream[int, Leader, Bounded]  # E: type-var
    nowhere: Stream[int, Ordered]  # E: type-var


def not_a_value(numbers: Stream[int, Leader], total: Singleton[int, Leader]) -> None:
    print(total + 1)  # E: operator
    print(len(numbers))  # E: arg-type
    for n in numbers:  # E: attr-defined
        print(n)
