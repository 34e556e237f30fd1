"""Every operator of `KeyedStream`, accepted and refused; comments hold mypy's findings."""

from __future__ import annotations

from typing import assert_type

from motet import (
    AtLeastOnce,
    Atomic,
    Bounded,
    BoundedValue,
    Break,
    Continue,
    ExactlyOnce,
    KeyedSingleton,
    KeyedStream,
    MemberId,
    MonotonicKeys,
    MonotonicValue,
    NoOrder,
    Optional,
    Ordered,
    Return,
    Singleton,
    Stream,
    Unbounded,
    Yield,
)
from places import SURE, WHY, Client, Helper, Leader, Parser, Tally, Worker
from typing_extensions import TypeIs

Votes = KeyedStream[str, int, Leader]
Unordered = KeyedStream[str, int, Leader, NoOrder]
Repeated = KeyedStream[str, int, Leader, Ordered, AtLeastOnce]
Finite = KeyedStream[str, int, Leader, Ordered, ExactlyOnce, Bounded]
Inside = KeyedStream[str, int, Atomic[Leader]]
Far = KeyedStream[str, int, Helper]


def is_int(value: int | str) -> TypeIs[int]:
    return isinstance(value, int)


# One by one.


def keyed_stream_map(votes: Votes) -> None:
    assert_type(votes.map(lambda n: str(n)), KeyedStream[str, str, Leader])
    votes.map(len)  # E: arg-type


def keyed_stream_map_with_key(votes: Votes) -> None:
    assert_type(votes.map_with_key(lambda name, n: name * n), KeyedStream[str, str, Leader])
    votes.map_with_key(str)  # E: arg-type


def keyed_stream_filter(votes: Votes, mixed: KeyedStream[str, int | str, Leader]) -> None:
    assert_type(votes.filter(lambda n: n > 0), Votes)
    assert_type(mixed.filter(is_int), Votes)
    votes.filter(str)  # E: arg-type


def keyed_stream_filter_with_key(votes: Votes) -> None:
    assert_type(votes.filter_with_key(lambda name, n: n > len(name)), Votes)
    votes.filter_with_key(lambda name, n: n)  # E: arg-type, return-value


def keyed_stream_filter_map(votes: Votes) -> None:
    assert_type(votes.filter_map(lambda n: str(n) if n else None), KeyedStream[str, str, Leader])
    votes.filter_map(len)  # E: arg-type


def keyed_stream_filter_map_with_key(votes: Votes) -> None:
    assert_type(
        votes.filter_map_with_key(lambda name, n: name if n else None),
        KeyedStream[str, str, Leader],
    )
    votes.filter_map_with_key(str)  # E: arg-type


def keyed_stream_flat_map_ordered(votes: Votes) -> None:
    assert_type(votes.flat_map_ordered(range), Votes)
    votes.flat_map_ordered(lambda n: {n})  # E: arg-type, return-value


def keyed_stream_flat_map_unordered(votes: Votes) -> None:
    assert_type(votes.flat_map_unordered(lambda n: {n}), Unordered)
    votes.flat_map_unordered(abs)  # E: arg-type


def keyed_stream_flatten_ordered(
    lists: KeyedStream[str, list[int], Leader], sets: KeyedStream[str, set[int], Leader]
) -> None:
    assert_type(lists.flatten_ordered(), Votes)
    sets.flatten_ordered()  # E: misc


def keyed_stream_flatten_unordered(sets: KeyedStream[str, set[int], Leader], votes: Votes) -> None:
    assert_type(sets.flatten_unordered(), Unordered)
    votes.flatten_unordered()  # E: misc


def keyed_stream_inspect(votes: Votes) -> None:
    assert_type(votes.inspect(print), Votes)
    votes.inspect(len)  # E: arg-type


def keyed_stream_inspect_with_key(votes: Votes) -> None:
    assert_type(votes.inspect_with_key(print), Votes)
    votes.inspect_with_key(len)  # E: arg-type


def keyed_stream_partition(votes: Votes) -> None:
    assert_type(votes.partition(lambda n: n > 0), tuple[Votes, Votes])
    votes.partition(str)  # E: arg-type


def keyed_stream_cross_singleton(
    votes: Votes,
    final: Singleton[str, Leader, Bounded],
    changing: Singleton[str, Leader],
    far: Optional[str, Helper, Bounded],
) -> None:
    assert_type(votes.cross_singleton(final), KeyedStream[str, tuple[int, str], Leader])
    votes.cross_singleton(changing)  # E: arg-type
    votes.cross_singleton(far)  # E: arg-type


# Out of their keys.


def keyed_stream_keys(repeated: Repeated) -> None:
    assert_type(repeated.keys(), Stream[str, Leader, NoOrder])
    repeated.keys().first()  # E: misc


def keyed_stream_values(votes: Votes, repeated: Repeated) -> None:
    assert_type(votes.values(), Stream[int, Leader, NoOrder])
    assert_type(repeated.values(), Stream[int, Leader, NoOrder, AtLeastOnce])
    votes.values().fold(0, lambda total, n: total + n)  # E: call-overload


def keyed_stream_entries(votes: Votes) -> None:
    assert_type(votes.entries(), Stream[tuple[str, int], Leader, NoOrder])
    votes.entries().enumerate()  # E: misc


def keyed_stream_entries_partially_ordered(votes: Votes, unordered: Unordered) -> None:
    assert_type(votes.entries_partially_ordered(WHY), Stream[tuple[str, int], Leader])
    votes.entries_partially_ordered()  # E: call-arg
    unordered.entries_partially_ordered(WHY)  # E: misc


def keyed_stream_prefix_key(votes: Votes) -> None:
    assert_type(votes.prefix_key(lambda name, n: n % 2), KeyedStream[tuple[int, str], int, Leader])
    votes.prefix_key(str)  # E: arg-type


def keyed_stream_drop_key_prefix(
    prefixed: KeyedStream[tuple[int, str], int, Leader], votes: Votes
) -> None:
    assert_type(prefixed.drop_key_prefix(), Unordered)
    votes.drop_key_prefix()  # E: misc


# In order within each key, with memory.


def keyed_stream_enumerate(votes: Votes, unordered: Unordered, repeated: Repeated) -> None:
    assert_type(votes.enumerate(), KeyedStream[str, tuple[int, int], Leader])
    unordered.enumerate()  # E: misc
    repeated.enumerate()  # E: misc


def keyed_stream_scan(votes: Votes, unordered: Unordered, repeated: Repeated) -> None:
    assert_type(
        votes.scan(0, lambda total, n: (total + n, str(total))), KeyedStream[str, str, Leader]
    )
    unordered.scan(0, lambda total, n: (total + n, total))  # E: misc
    repeated.scan(0, lambda total, n: (total + n, total))  # E: misc


def keyed_stream_generator(votes: Votes, unordered: Unordered, repeated: Repeated) -> None:
    def step(total: int, n: int) -> tuple[int, Yield[str] | Return[str] | Break | Continue]:
        return (total + n, Return(str(total)) if total > 9 else Continue())

    assert_type(votes.generator(0, step), KeyedStream[str, str, Leader])
    unordered.generator(0, step)  # E: misc
    repeated.generator(0, step)  # E: misc


def keyed_stream_transform(votes: Votes, unordered: Unordered, repeated: Repeated) -> None:
    assert_type(votes.transform(Parser), KeyedStream[str, str, Leader])
    assert_type(
        unordered.transform(Parser, commutative=SURE), KeyedStream[str, str, Leader, NoOrder]
    )
    unordered.transform(Parser)  # E: call-overload
    repeated.transform(Parser)  # E: call-overload


def keyed_stream_unique(repeated: Repeated, lists: KeyedStream[str, list[int], Leader]) -> None:
    assert_type(repeated.unique(), Unordered)
    lists.unique()  # E: misc


def keyed_stream_sort(
    finite: KeyedStream[str, int, Leader, NoOrder, ExactlyOnce, Bounded],
    votes: Votes,
    parsers: KeyedStream[str, Parser, Leader, Ordered, ExactlyOnce, Bounded],
) -> None:
    assert_type(finite.sort(), Finite)
    assert_type(finite.sort(reverse=True), Finite)
    assert_type(
        parsers.sort(key=repr),
        KeyedStream[str, Parser, Leader, Ordered, ExactlyOnce, Bounded],
    )
    votes.sort()  # E: misc
    parsers.sort()  # E: call-arg
    finite.sort(key=abs)  # E: arg-type


# Down to one value for each key.


def keyed_stream_fold(
    votes: Votes, finite: Finite, unordered: Unordered, repeated: Repeated
) -> None:
    assert_type(
        votes.fold(0, lambda total, n: total + n), KeyedSingleton[str, int, Leader, MonotonicKeys]
    )
    assert_type(votes.fold(Tally, Tally.plus), KeyedSingleton[str, Tally, Leader, MonotonicKeys])
    assert_type(
        votes.fold(list[int], lambda seen, n: [*seen, n]),
        KeyedSingleton[str, list[int], Leader, MonotonicKeys],
    )
    assert_type(finite.fold(0, max), KeyedSingleton[str, int, Leader, Bounded])
    assert_type(votes.fold(0, max, monotone=SURE), KeyedSingleton[str, int, Leader, MonotonicValue])
    assert_type(finite.fold(0, max, monotone=SURE), KeyedSingleton[str, int, Leader, Bounded])
    assert_type(
        unordered.fold(0, max, commutative=SURE), KeyedSingleton[str, int, Leader, MonotonicKeys]
    )
    unordered.fold(0, lambda total, n: total + n)  # E: call-overload
    repeated.fold(0, lambda total, n: total + n)  # E: call-overload
    unordered.weaken_retries().fold(0, max, idempotent=SURE)  # E: call-overload
    votes.fold([0], lambda seen, n: [*seen, n])  # E: call-overload


def keyed_stream_reduce(
    votes: Votes, finite: Finite, unordered: Unordered, repeated: Repeated
) -> None:
    assert_type(votes.reduce(lambda a, b: a + b), KeyedSingleton[str, int, Leader, MonotonicKeys])
    assert_type(finite.reduce(max), KeyedSingleton[str, int, Leader, Bounded])
    assert_type(
        unordered.reduce(max, commutative=SURE), KeyedSingleton[str, int, Leader, MonotonicKeys]
    )
    unordered.reduce(max)  # E: call-overload
    repeated.reduce(max)  # E: call-overload


def keyed_stream_reduce_watermark(
    slots: KeyedStream[int, str, Leader],
    unordered: KeyedStream[int, str, Leader, NoOrder],
    low: Singleton[int, Leader],
    perhaps: Optional[int, Leader],
    parsers: KeyedStream[Parser, str, Leader],
    parser: Singleton[Parser, Leader],
    far: Singleton[int, Helper],
) -> None:
    assert_type(slots.reduce_watermark(low, max), KeyedSingleton[int, str, Leader])
    assert_type(
        unordered.reduce_watermark(perhaps, max, commutative=SURE), KeyedSingleton[int, str, Leader]
    )
    unordered.reduce_watermark(low, max)  # E: call-overload
    slots.reduce_watermark(far, max)  # E: arg-type
    parsers.reduce_watermark(parser, max)  # E: misc


def keyed_stream_fold_early_stop(
    votes: Votes, finite: Finite, unordered: Unordered, repeated: Repeated
) -> None:
    assert_type(
        votes.fold_early_stop(0, lambda total, n: (total + n, total > 9)),
        KeyedSingleton[str, int, Leader, BoundedValue],
    )
    assert_type(
        finite.fold_early_stop(list[int], lambda seen, n: ([*seen, n], n == 0)),
        KeyedSingleton[str, list[int], Leader, Bounded],
    )
    unordered.fold_early_stop(0, lambda total, n: (total + n, total > 9))  # E: misc
    repeated.fold_early_stop(0, lambda total, n: (total + n, total > 9))  # E: misc


def keyed_stream_first(
    votes: Votes, finite: Finite, unordered: Unordered, repeated: Repeated
) -> None:
    assert_type(votes.first(), KeyedSingleton[str, int, Leader, BoundedValue])
    assert_type(finite.first(), KeyedSingleton[str, int, Leader, Bounded])
    unordered.first()  # E: misc
    repeated.first()  # E: misc


def keyed_stream_value_counts(
    votes: Votes, unordered: Unordered, finite: Finite, repeated: Repeated
) -> None:
    assert_type(unordered.value_counts(), KeyedSingleton[str, int, Leader, MonotonicValue])
    assert_type(finite.value_counts(), KeyedSingleton[str, int, Leader, Bounded])
    repeated.value_counts()  # E: misc


async def keyed_stream_collect(finite: Finite, votes: Votes) -> None:
    assert_type(await finite.collect(), dict[str, list[int]])
    await votes.collect()  # E: misc
    await finite.weaken_ordering().collect()  # E: misc
    await finite.weaken_retries().collect()  # E: misc
    await finite.atomic().collect()  # E: misc


# With another collection of the same location.


def keyed_stream_merge_unordered(votes: Votes, repeated: Repeated, far: Far) -> None:
    assert_type(
        votes.merge_unordered(repeated), KeyedStream[str, int, Leader, NoOrder, AtLeastOnce]
    )
    votes.merge_unordered(far)  # E: arg-type


def keyed_stream_merge_ordered(votes: Votes, unordered: Unordered, far: Far) -> None:
    assert_type(votes.merge_ordered(votes, WHY), Votes)
    votes.merge_ordered(votes)  # E: call-arg
    votes.merge_ordered(unordered, WHY)  # E: arg-type
    unordered.merge_ordered(votes, WHY)  # E: misc
    votes.merge_ordered(far, WHY)  # E: arg-type


def keyed_stream_chain(finite: Finite, votes: Votes) -> None:
    assert_type(finite.chain(finite), Finite)
    finite.chain(votes)  # E: arg-type
    votes.chain(finite)  # E: misc


def keyed_stream_filter_key_not_in(
    votes: Votes,
    names: Stream[str, Leader, Ordered, ExactlyOnce, Bounded],
    open_names: Stream[str, Leader],
    numbers: Stream[int, Leader, Ordered, ExactlyOnce, Bounded],
) -> None:
    assert_type(votes.filter_key_not_in(names), Votes)
    votes.filter_key_not_in(open_names)  # E: arg-type
    votes.filter_key_not_in(numbers)  # E: arg-type


def keyed_stream_join_keyed_stream(
    votes: Votes, names: KeyedStream[str, float, Leader], far: Far
) -> None:
    assert_type(
        votes.join_keyed_stream(names), KeyedStream[str, tuple[int, float], Leader, NoOrder]
    )
    votes.join_keyed_stream(far)  # E: arg-type


def keyed_stream_join_keyed_singleton(
    finite: Finite,
    votes: Votes,
    table: KeyedSingleton[str, float, Leader, Bounded],
    changing: KeyedSingleton[str, float, Leader],
) -> None:
    assert_type(
        finite.join_keyed_singleton(table),
        KeyedStream[str, tuple[int, float], Leader, NoOrder, ExactlyOnce, Bounded],
    )
    finite.join_keyed_singleton(changing)  # E: arg-type
    votes.join_keyed_singleton(table)  # E: misc


def keyed_stream_lookup_keyed_singleton(
    finite: Finite,
    votes: Votes,
    table: KeyedSingleton[int, float, Leader, Bounded],
    changing: KeyedSingleton[int, float, Leader],
) -> None:
    assert_type(
        finite.lookup_keyed_singleton(table),
        KeyedStream[str, tuple[int, float | None], Leader, NoOrder, ExactlyOnce, Bounded],
    )
    finite.lookup_keyed_singleton(changing)  # E: arg-type
    votes.lookup_keyed_singleton(table)  # E: misc


def keyed_stream_lookup_keyed_stream(
    finite: Finite,
    votes: Votes,
    table: KeyedStream[int, float, Leader, Ordered, AtLeastOnce, Bounded],
    open_table: KeyedStream[int, float, Leader],
) -> None:
    assert_type(
        finite.lookup_keyed_stream(table),
        KeyedStream[str, tuple[int, float | None], Leader, NoOrder, AtLeastOnce, Bounded],
    )
    finite.lookup_keyed_stream(open_table)  # E: arg-type
    votes.lookup_keyed_stream(table)  # E: misc


def keyed_stream_get(
    finite: Finite,
    votes: Votes,
    name: Singleton[str, Leader, Bounded],
    changing: Singleton[str, Leader],
) -> None:
    assert_type(finite.get("ada"), Stream[int, Leader, NoOrder, ExactlyOnce, Bounded])
    assert_type(finite.get(name), Stream[int, Leader, NoOrder, ExactlyOnce, Bounded])
    votes.get("ada")  # E: misc
    finite.get(changing)  # E: arg-type
    finite.get(7)  # E: arg-type


# Guarantees.


def keyed_stream_weaken_ordering(votes: Votes) -> None:
    assert_type(votes.weaken_ordering(), Unordered)
    votes.weaken_ordering().first()  # E: misc


def keyed_stream_weaken_retries(votes: Votes) -> None:
    assert_type(votes.weaken_retries(), Repeated)
    votes.weaken_retries().value_counts()  # E: misc


def keyed_stream_assume_ordering(unordered: Unordered) -> None:
    assert_type(unordered.assume_ordering(WHY), Votes)
    unordered.assume_ordering()  # E: call-arg


def keyed_stream_assume_retries(repeated: Repeated) -> None:
    assert_type(repeated.assume_retries(WHY), Votes)
    repeated.assume_retries()  # E: call-arg


def keyed_stream_atomic(votes: Votes, inside: Inside) -> None:
    assert_type(votes.atomic(), Inside)
    inside.atomic()  # E: misc


def keyed_stream_end_atomic(inside: Inside, votes: Votes) -> None:
    assert_type(inside.end_atomic(), Votes)
    votes.end_atomic()  # E: misc


# To another location.


def keyed_stream_send(
    leader: Leader,
    workers: Worker,
    votes: Far,
    theirs: KeyedStream[str, int, Worker],
    inside: Inside,
) -> None:
    assert_type(votes.send(to=leader), Votes)
    assert_type(theirs.send(to=leader), KeyedStream[tuple[MemberId[Worker], str], int, Leader])
    votes.send(to=workers)  # E: type-var
    inside.send(to=leader)  # E: misc


def keyed_stream_broadcast(
    leader: Leader,
    workers: Worker,
    votes: Votes,
    theirs: KeyedStream[str, int, Client],
    inside: Inside,
) -> None:
    assert_type(votes.broadcast(to=workers), KeyedStream[str, int, Worker])
    assert_type(
        theirs.broadcast(to=workers), KeyedStream[tuple[MemberId[Client], str], int, Worker]
    )
    votes.broadcast(to=leader)  # E: type-var
    inside.broadcast(to=workers)  # E: misc


def keyed_stream_demux(
    workers: Worker,
    clients: Client,
    addressed: KeyedStream[MemberId[Worker], int, Leader],
    theirs: KeyedStream[MemberId[Worker], int, Client],
    named: KeyedStream[tuple[MemberId[Worker], str], int, Leader],
    their_named: KeyedStream[tuple[MemberId[Worker], str], int, Client],
    votes: Votes,
    inside: KeyedStream[MemberId[Worker], int, Atomic[Leader]],
) -> None:
    assert_type(addressed.demux(to=workers), Stream[int, Worker])
    assert_type(theirs.demux(to=workers), KeyedStream[MemberId[Client], int, Worker])
    assert_type(named.demux(to=workers), KeyedStream[str, int, Worker])
    assert_type(
        their_named.demux(to=workers), KeyedStream[tuple[MemberId[Client], str], int, Worker]
    )
    addressed.demux(to=clients)  # E: arg-type
    votes.demux(to=workers)  # E: misc, call-overload
    inside.demux(to=workers)  # E: misc, call-overload


def keyed_stream_share(
    leader: Leader,
    workers: Worker,
    votes: Far,
    theirs: KeyedStream[str, int, Worker],
    inside: Inside,
) -> None:
    assert_type(votes.share(to=leader), Votes)
    assert_type(votes.share(to=workers), KeyedStream[str, int, Worker])
    theirs.share(to=leader)  # E: misc
    inside.share(to=workers)  # E: misc


# What is weaker fits nowhere, and what is stronger everywhere.


def strength(
    finite: Finite, unordered: Unordered, members: KeyedStream[MemberId[Worker], int, Leader]
) -> None:
    weak: KeyedStream[str, float, Leader, NoOrder, AtLeastOnce, Unbounded] = finite
    weak = unordered
    strong: Votes = unordered  # E: assignment
    theirs: KeyedStream[MemberId[Client], int, Leader] = members  # E: assignment
