"""Every operator of `KeyedSingleton`, accepted and refused; comments hold mypy's findings."""

from __future__ import annotations

from typing import assert_type

from motet import (
    AtLeastOnce,
    Atomic,
    Bounded,
    BoundedValue,
    ExactlyOnce,
    KeyedSingleton,
    KeyedStream,
    Monotonic,
    MonotonicKeys,
    MonotonicValue,
    NoOrder,
    Optional,
    Ordered,
    Singleton,
    Stream,
)
from places import Helper, Leader, Parser

Final = KeyedSingleton[str, int, Leader, Bounded]
Arriving = KeyedSingleton[str, int, Leader, BoundedValue]
Growing = KeyedSingleton[str, int, Leader, MonotonicValue]
Keeping = KeyedSingleton[str, int, Leader, MonotonicKeys]
Changing = KeyedSingleton[str, int, Leader]
Names = Stream[str, Leader, Ordered, ExactlyOnce, Bounded]
Inside = KeyedSingleton[str, int, Atomic[Leader]]

# One by one.


def keyed_singleton_map(
    final: Final, arriving: Arriving, growing: Growing, changing: Changing
) -> None:
    assert_type(final.map(lambda n: -n), Final)
    assert_type(arriving.map(lambda n: -n), Arriving)
    assert_type(growing.map(lambda n: -n), Keeping)
    assert_type(changing.map(lambda n: -n), Changing)
    growing.map(lambda n: -n).threshold_greater_or_equal_uniform(5)  # E: misc
    final.map(len)  # E: arg-type


def keyed_singleton_map_with_key(
    final: Final, arriving: Arriving, growing: Growing, changing: Changing
) -> None:
    assert_type(final.map_with_key(lambda name, n: len(name) - n), Final)
    assert_type(arriving.map_with_key(lambda name, n: len(name) - n), Arriving)
    assert_type(growing.map_with_key(lambda name, n: len(name) - n), Keeping)
    assert_type(changing.map_with_key(lambda name, n: name), KeyedSingleton[str, str, Leader])
    final.map_with_key(str)  # E: arg-type


def keyed_singleton_filter(final: Final, arriving: Arriving, growing: Growing) -> None:
    assert_type(arriving.filter(lambda n: n > 0), Arriving)
    assert_type(final.filter(lambda n: n > 0), Final)
    growing.filter(lambda n: n < 5)  # E: misc


def keyed_singleton_filter_map(arriving: Arriving, growing: Growing) -> None:
    assert_type(arriving.filter_map(lambda n: n or None), Arriving)
    growing.filter_map(lambda n: n or None)  # E: misc


def keyed_singleton_inspect(arriving: Arriving, growing: Growing) -> None:
    assert_type(arriving.inspect(print), Arriving)
    growing.inspect(print)  # E: misc


def keyed_singleton_inspect_with_key(arriving: Arriving, growing: Growing) -> None:
    assert_type(arriving.inspect_with_key(print), Arriving)
    growing.inspect_with_key(print)  # E: misc


# All of them.


def keyed_singleton_keys(final: Final, arriving: Arriving, keeping: Keeping) -> None:
    assert_type(final.keys(), Stream[str, Leader, NoOrder, ExactlyOnce, Bounded])
    assert_type(arriving.keys(), Stream[str, Leader, NoOrder])
    keeping.keys()  # E: misc


def keyed_singleton_values(final: Final, arriving: Arriving, growing: Growing) -> None:
    assert_type(final.values(), Stream[int, Leader, NoOrder, ExactlyOnce, Bounded])
    assert_type(arriving.values(), Stream[int, Leader, NoOrder])
    growing.values()  # E: misc


def keyed_singleton_entries(final: Final, arriving: Arriving, growing: Growing) -> None:
    assert_type(final.entries(), Stream[tuple[str, int], Leader, NoOrder, ExactlyOnce, Bounded])
    assert_type(arriving.entries(), Stream[tuple[str, int], Leader, NoOrder])
    growing.entries()  # E: misc


def keyed_singleton_into_keyed_stream(final: Final, arriving: Arriving, growing: Growing) -> None:
    assert_type(
        final.into_keyed_stream(), KeyedStream[str, int, Leader, Ordered, ExactlyOnce, Bounded]
    )
    assert_type(arriving.into_keyed_stream(), KeyedStream[str, int, Leader])
    growing.into_keyed_stream()  # E: misc


def keyed_singleton_key_count(final: Final, keeping: Keeping, changing: Changing) -> None:
    assert_type(final.key_count(), Singleton[int, Leader, Bounded])
    assert_type(keeping.key_count(), Singleton[int, Leader, Monotonic])
    assert_type(changing.key_count(), Singleton[int, Leader])
    changing.key_count().threshold_greater_or_equal(3)  # E: misc


async def keyed_singleton_into_singleton(final: Final, changing: Changing) -> None:
    assert_type(final.into_singleton(), Singleton[dict[str, int], Leader, Bounded])
    assert_type(changing.into_singleton(), Singleton[dict[str, int], Leader])
    await changing.into_singleton().collect()  # E: misc


def keyed_singleton_get(
    final: Final,
    arriving: Arriving,
    name: Singleton[str, Leader, Bounded],
    changing: Singleton[str, Leader],
) -> None:
    assert_type(final.get("ada"), Optional[int, Leader, Bounded])
    assert_type(final.get(name), Optional[int, Leader, Bounded])
    arriving.get("ada")  # E: misc
    final.get(changing)  # E: arg-type
    final.get(7)  # E: arg-type


def keyed_singleton_get_max_key(
    final: Final, arriving: Arriving, parsers: KeyedSingleton[Parser, int, Leader, Bounded]
) -> None:
    assert_type(final.get_max_key(), Optional[tuple[str, int], Leader, Bounded])
    arriving.get_max_key()  # E: misc
    parsers.get_max_key()  # E: misc


# With another collection of the same location.


def keyed_singleton_filter_key_not_in(
    arriving: Arriving, growing: Growing, names: Names, open_names: Stream[str, Leader]
) -> None:
    assert_type(arriving.filter_key_not_in(names), Arriving)
    growing.filter_key_not_in(names)  # E: misc
    arriving.filter_key_not_in(open_names)  # E: arg-type


def keyed_singleton_join_keyed_stream(
    final: Final,
    growing: Growing,
    orders: KeyedStream[str, float, Leader, Ordered, AtLeastOnce, Bounded],
    open_orders: KeyedStream[str, float, Leader],
    far: KeyedStream[str, float, Helper, Ordered, ExactlyOnce, Bounded],
) -> None:
    assert_type(
        final.join_keyed_stream(orders),
        KeyedStream[str, tuple[int, float], Leader, Ordered, AtLeastOnce, Bounded],
    )
    growing.join_keyed_stream(orders)  # E: misc
    final.join_keyed_stream(open_orders)  # E: arg-type
    final.join_keyed_stream(far)  # E: arg-type


def keyed_singleton_join_keyed_singleton(
    final: Final, growing: Growing, prices: KeyedSingleton[str, float, Leader, Bounded]
) -> None:
    assert_type(
        final.join_keyed_singleton(prices), KeyedSingleton[str, tuple[int, float], Leader, Bounded]
    )
    growing.join_keyed_singleton(prices)  # E: misc
    final.join_keyed_singleton(growing)  # E: arg-type


def keyed_singleton_lookup_keyed_singleton(
    final: Final,
    growing: Growing,
    table: KeyedSingleton[int, float, Leader, Bounded],
    changing: KeyedSingleton[int, float, Leader],
) -> None:
    assert_type(
        final.lookup_keyed_singleton(table),
        KeyedSingleton[str, tuple[int, float | None], Leader, Bounded],
    )
    growing.lookup_keyed_singleton(table)  # E: misc
    final.lookup_keyed_singleton(changing)  # E: arg-type


def keyed_singleton_lookup_keyed_stream(
    final: Final,
    growing: Growing,
    table: KeyedStream[int, float, Leader, Ordered, AtLeastOnce, Bounded],
    open_table: KeyedStream[int, float, Leader],
) -> None:
    assert_type(
        final.lookup_keyed_stream(table),
        KeyedStream[str, tuple[int, float | None], Leader, NoOrder, AtLeastOnce, Bounded],
    )
    growing.lookup_keyed_stream(table)  # E: misc
    final.lookup_keyed_stream(open_table)  # E: arg-type


def keyed_singleton_threshold_greater_or_equal(
    final: Final,
    growing: Growing,
    keeping: Keeping,
    limits: KeyedSingleton[str, int, Leader, BoundedValue],
    parsers: KeyedSingleton[str, Parser, Leader, MonotonicValue],
    parser_limits: KeyedSingleton[str, Parser, Leader, Bounded],
) -> None:
    assert_type(growing.threshold_greater_or_equal(limits), KeyedStream[str, int, Leader, NoOrder])
    assert_type(
        final.threshold_greater_or_equal(final),
        KeyedStream[str, int, Leader, NoOrder, ExactlyOnce, Bounded],
    )
    keeping.threshold_greater_or_equal(limits)  # E: misc
    growing.threshold_greater_or_equal(growing)  # E: arg-type
    parsers.threshold_greater_or_equal(parser_limits)  # E: misc


def keyed_singleton_threshold_greater_or_equal_uniform(
    final: Final,
    growing: Growing,
    keeping: Keeping,
    limit: Singleton[int, Leader, Bounded],
    changing: Singleton[int, Leader],
) -> None:
    assert_type(
        growing.threshold_greater_or_equal_uniform(5), KeyedStream[str, int, Leader, NoOrder]
    )
    assert_type(
        final.threshold_greater_or_equal_uniform(limit),
        KeyedStream[str, int, Leader, NoOrder, ExactlyOnce, Bounded],
    )
    keeping.threshold_greater_or_equal_uniform(5)  # E: misc
    growing.threshold_greater_or_equal_uniform(changing)  # E: arg-type
    growing.threshold_greater_or_equal_uniform("five")  # E: arg-type


# Guarantees.


def keyed_singleton_atomic(changing: Changing, inside: Inside) -> None:
    assert_type(changing.atomic(), Inside)
    inside.atomic()  # E: misc


def keyed_singleton_end_atomic(inside: Inside, changing: Changing) -> None:
    assert_type(inside.end_atomic(), Changing)
    changing.end_atomic()  # E: misc


# Out of the program.


async def keyed_singleton_collect(
    final: Final, arriving: Arriving, inside: KeyedSingleton[str, int, Atomic[Leader], Bounded]
) -> None:
    assert_type(await final.collect(), dict[str, int])
    await arriving.collect()  # E: misc
    await inside.collect()  # E: misc


def strength(
    final: Final, arriving: Arriving, growing: Growing, keeping: Keeping, changing: Changing
) -> None:
    step: Arriving = final
    grows: Growing = arriving
    keeps: Keeping = growing
    changes: Changing = keeping
    step = growing  # E: assignment
    grows = keeping  # E: assignment
    keeps = changing  # E: assignment
