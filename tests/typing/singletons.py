"""Every operator of `Singleton` and `Optional`, accepted and refused; comments hold mypy's findings."""

from __future__ import annotations

from typing import assert_type

from motet import (
    Atomic,
    Bounded,
    ExactlyOnce,
    Monotonic,
    NoOrder,
    Optional,
    Ordered,
    Sampled,
    Singleton,
    Stream,
    Unbounded,
)
from places import SURE, WHY, Helper, Leader, Parser

Final = Singleton[int, Leader, Bounded]
Growing = Singleton[int, Leader, Monotonic]
Changing = Singleton[int, Leader]
Signal = Singleton[bool, Leader, Bounded]
Perhaps = Optional[int, Leader]
FinalPerhaps = Optional[int, Leader, Bounded]
Ends = Stream[int, Leader, Ordered, ExactlyOnce, Bounded]
EndsUnordered = Stream[int, Leader, NoOrder, ExactlyOnce, Bounded]

# Its value.


def singleton_map(final: Final, growing: Growing, changing: Changing) -> None:
    assert_type(growing.map(lambda n: n + 1, order_preserving=SURE), Growing)
    assert_type(growing.map(lambda n: -n), Changing)
    assert_type(final.map(lambda n: -n), Final)
    assert_type(changing.map(lambda n: -n, order_preserving=SURE), Changing)
    growing.map(lambda n: -n).threshold_greater_or_equal(5)  # E: misc
    final.map(len)  # E: arg-type


def singleton_filter(final: Final, growing: Growing) -> None:
    assert_type(final.filter(lambda n: n > 0), FinalPerhaps)
    assert_type(growing.filter(lambda n: n > 0), Perhaps)
    final.filter(str)  # E: arg-type


def singleton_filter_map(final: Final, growing: Growing) -> None:
    assert_type(final.filter_map(lambda n: str(n) if n else None), Optional[str, Leader, Bounded])
    assert_type(growing.filter_map(lambda n: n or None), Perhaps)
    final.filter_map(len)  # E: arg-type


def singleton_flat_map_ordered(final: Final, changing: Changing) -> None:
    assert_type(final.flat_map_ordered(range), Ends)
    changing.flat_map_ordered(range)  # E: misc
    final.flat_map_ordered(lambda n: {n})  # E: arg-type, return-value


def singleton_flat_map_unordered(final: Final, changing: Changing) -> None:
    assert_type(final.flat_map_unordered(lambda n: {n}), EndsUnordered)
    changing.flat_map_unordered(lambda n: {n})  # E: misc


def singleton_flatten_ordered(
    final: Singleton[list[int], Leader, Bounded],
    numbers: Singleton[set[int], Leader, Bounded],
    changing: Singleton[list[int], Leader],
) -> None:
    assert_type(final.flatten_ordered(), Ends)
    changing.flatten_ordered()  # E: misc
    numbers.flatten_ordered()  # E: misc


def singleton_flatten_unordered(
    final: Singleton[set[int], Leader, Bounded], changing: Singleton[set[int], Leader]
) -> None:
    assert_type(final.flatten_unordered(), EndsUnordered)
    changing.flatten_unordered()  # E: misc


def singleton_inspect(growing: Growing) -> None:
    assert_type(growing.inspect(print), Growing)
    growing.inspect(len)  # E: arg-type


def singleton_into_stream(final: Final, changing: Changing) -> None:
    assert_type(final.into_stream(), Ends)
    changing.into_stream()  # E: misc


def singleton_into_optional(
    final: Singleton[int | None, Leader, Bounded],
    changing: Singleton[int | None, Leader],
    word: Singleton[str, Leader],
) -> None:
    assert_type(final.into_optional(), FinalPerhaps)
    assert_type(changing.into_optional(), Perhaps)
    assert_type(word.into_optional(), Optional[str, Leader])
    word.into_optional().collect()  # E: misc, unused-coroutine


# With another.


def singleton_zip(
    final: Final,
    growing: Growing,
    changing: Changing,
    perhaps: Perhaps,
    far: Singleton[int, Helper],
) -> None:
    assert_type(final.zip(final), Singleton[tuple[int, int], Leader, Bounded])
    assert_type(changing.zip(final), Singleton[tuple[int, int], Leader])
    assert_type(growing.zip(growing), Singleton[tuple[int, int], Leader, Monotonic])
    assert_type(final.zip(perhaps), Optional[tuple[int, int], Leader])
    final.zip(far)  # E: arg-type


def singleton_equals(final: Final, changing: Changing) -> None:
    assert_type(final.equals(final), Signal)
    final.equals(changing)  # E: arg-type
    changing.equals(final)  # E: misc


def singleton_and_(signal: Signal, changing: Singleton[bool, Leader], final: Final) -> None:
    assert_type(signal.and_(signal), Signal)
    signal.and_(changing)  # E: arg-type
    changing.and_(signal)  # E: misc
    signal.and_(final)  # E: arg-type


def singleton_or_(signal: Signal, changing: Singleton[bool, Leader], final: Final) -> None:
    assert_type(signal.or_(signal), Signal)
    signal.or_(changing)  # E: arg-type
    changing.or_(signal)  # E: misc
    final.or_(signal)  # E: misc


def singleton_not_(signal: Signal, changing: Singleton[bool, Leader], final: Final) -> None:
    assert_type(signal.not_(), Signal)
    assert_type(changing.not_(), Singleton[bool, Leader])
    final.not_()  # E: misc


def singleton_filter_if(
    final: Final, signal: Signal, changing: Changing, flag: Singleton[bool, Leader]
) -> None:
    assert_type(final.filter_if(signal), FinalPerhaps)
    final.filter_if(flag)  # E: arg-type
    changing.filter_if(signal)  # E: misc


def singleton_threshold_greater_or_equal(
    growing: Growing,
    final: Final,
    changing: Changing,
    parser: Singleton[Parser, Leader, Monotonic],
    low: Parser,
) -> None:
    assert_type(growing.threshold_greater_or_equal(5), Stream[int, Leader])
    assert_type(growing.threshold_greater_or_equal(final), Stream[int, Leader])
    assert_type(final.threshold_greater_or_equal(5), Ends)
    changing.threshold_greater_or_equal(5)  # E: misc
    growing.threshold_greater_or_equal("five")  # E: arg-type
    growing.threshold_greater_or_equal(changing)  # E: arg-type
    parser.threshold_greater_or_equal(low)  # E: misc


# By the clock.


def singleton_sample_every(changing: Changing, inside: Singleton[int, Atomic[Leader]]) -> None:
    assert_type(changing.sample_every(1.0, WHY), Stream[int, Leader, Ordered, Sampled])
    changing.sample_every(1.0)  # E: call-arg
    inside.sample_every(1.0, WHY)  # E: misc


def singleton_sample_eager(changing: Changing, inside: Singleton[int, Atomic[Leader]]) -> None:
    assert_type(changing.sample_eager(WHY), Stream[int, Leader, Ordered, Sampled])
    changing.sample_eager()  # E: call-arg
    inside.sample_eager(WHY)  # E: misc


# Guarantees.


def singleton_atomic(growing: Growing, inside: Singleton[int, Atomic[Leader]]) -> None:
    assert_type(growing.atomic(), Singleton[int, Atomic[Leader], Monotonic])
    inside.atomic()  # E: misc


def singleton_end_atomic(inside: Singleton[int, Atomic[Leader]], changing: Changing) -> None:
    assert_type(inside.end_atomic(), Changing)
    changing.end_atomic()  # E: misc


# Out of the program.


async def singleton_collect(
    final: Final, growing: Growing, inside: Singleton[int, Atomic[Leader], Bounded]
) -> None:
    assert_type(await final.collect(), int)
    await growing.collect()  # E: misc
    await inside.collect()  # E: misc


# A value that may be missing.


def optional_map(perhaps: Perhaps, final: FinalPerhaps) -> None:
    assert_type(perhaps.map(str), Optional[str, Leader])
    assert_type(final.map(lambda n: -n), FinalPerhaps)
    perhaps.map(len)  # E: arg-type


def optional_filter(perhaps: Perhaps) -> None:
    assert_type(perhaps.filter(lambda n: n > 0), Perhaps)
    perhaps.filter(str)  # E: arg-type


def optional_filter_map(perhaps: Perhaps) -> None:
    assert_type(perhaps.filter_map(lambda n: str(n) if n else None), Optional[str, Leader])
    perhaps.filter_map(len)  # E: arg-type


def optional_flat_map_ordered(final: FinalPerhaps, perhaps: Perhaps) -> None:
    assert_type(final.flat_map_ordered(range), Ends)
    perhaps.flat_map_ordered(range)  # E: misc
    final.flat_map_ordered(lambda n: {n})  # E: arg-type, return-value


def optional_flat_map_unordered(final: FinalPerhaps, perhaps: Perhaps) -> None:
    assert_type(final.flat_map_unordered(lambda n: {n}), EndsUnordered)
    perhaps.flat_map_unordered(lambda n: {n})  # E: misc


def optional_flatten_ordered(
    final: Optional[list[int], Leader, Bounded],
    perhaps: Optional[list[int], Leader],
    sets: Optional[set[int], Leader, Bounded],
) -> None:
    assert_type(final.flatten_ordered(), Ends)
    perhaps.flatten_ordered()  # E: misc
    sets.flatten_ordered()  # E: misc


def optional_flatten_unordered(
    final: Optional[set[int], Leader, Bounded], perhaps: Optional[set[int], Leader]
) -> None:
    assert_type(final.flatten_unordered(), EndsUnordered)
    perhaps.flatten_unordered()  # E: misc


def optional_inspect(perhaps: Perhaps) -> None:
    assert_type(perhaps.inspect(print), Perhaps)
    perhaps.inspect(len)  # E: arg-type


def optional_into_stream(final: FinalPerhaps, perhaps: Perhaps) -> None:
    assert_type(final.into_stream(), Ends)
    perhaps.into_stream()  # E: misc


def optional_into_singleton(perhaps: Perhaps, final: FinalPerhaps) -> None:
    assert_type(perhaps.into_singleton(), Singleton[int | None, Leader])
    assert_type(final.into_singleton(), Singleton[int | None, Leader, Bounded])
    perhaps.into_singleton().into_stream()  # E: misc


def optional_is_some(perhaps: Perhaps, final: FinalPerhaps) -> None:
    assert_type(final.is_some(), Signal)
    final.filter_if(perhaps.is_some())  # E: arg-type


def optional_is_none(perhaps: Perhaps, final: FinalPerhaps) -> None:
    assert_type(final.is_none(), Signal)
    final.filter_if(perhaps.is_none())  # E: arg-type


def optional_zip(
    perhaps: Perhaps, final: FinalPerhaps, value: Final, far: Optional[int, Helper]
) -> None:
    assert_type(perhaps.zip(final), Optional[tuple[int, int], Leader])
    assert_type(final.zip(value), Optional[tuple[int, int], Leader, Bounded])
    perhaps.zip(far)  # E: arg-type


def optional_or_(
    perhaps: Perhaps, word: Optional[str, Leader, Bounded], far: Optional[int, Helper]
) -> None:
    assert_type(perhaps.or_(word), Optional[int | str, Leader])
    perhaps.or_(far)  # E: arg-type


def optional_unwrap_or(
    perhaps: Perhaps,
    final: FinalPerhaps,
    value: Final,
    growing: Growing,
    far: Singleton[int, Helper],
) -> None:
    assert_type(perhaps.unwrap_or(value), Changing)
    assert_type(final.unwrap_or(value), Final)
    perhaps.unwrap_or(growing).threshold_greater_or_equal(5)  # E: misc
    perhaps.unwrap_or(far)  # E: arg-type
    perhaps.unwrap_or(0)  # E: arg-type


def optional_filter_if(
    final: FinalPerhaps, perhaps: Perhaps, signal: Signal, flag: Singleton[bool, Leader]
) -> None:
    assert_type(final.filter_if(signal), FinalPerhaps)
    final.filter_if(flag)  # E: arg-type
    perhaps.filter_if(signal)  # E: misc


def optional_sample_every(perhaps: Perhaps, inside: Optional[int, Atomic[Leader]]) -> None:
    assert_type(perhaps.sample_every(1.0, WHY), Stream[int, Leader, Ordered, Sampled])
    perhaps.sample_every(1.0)  # E: call-arg
    inside.sample_every(1.0, WHY)  # E: misc


def optional_sample_eager(perhaps: Perhaps, inside: Optional[int, Atomic[Leader]]) -> None:
    assert_type(perhaps.sample_eager(WHY), Stream[int, Leader, Ordered, Sampled])
    perhaps.sample_eager()  # E: call-arg
    inside.sample_eager(WHY)  # E: misc


def optional_atomic(perhaps: Perhaps, inside: Optional[int, Atomic[Leader]]) -> None:
    assert_type(perhaps.atomic(), Optional[int, Atomic[Leader]])
    inside.atomic()  # E: misc


def optional_end_atomic(inside: Optional[int, Atomic[Leader]], perhaps: Perhaps) -> None:
    assert_type(inside.end_atomic(), Perhaps)
    perhaps.end_atomic()  # E: misc


async def optional_collect(
    final: FinalPerhaps, perhaps: Perhaps, inside: Optional[int, Atomic[Leader], Bounded]
) -> None:
    assert_type(await final.collect(), int | None)
    await perhaps.collect()  # E: misc
    await inside.collect()  # E: misc


def strength(final: Final, growing: Growing, changing: Changing) -> None:
    weak: Singleton[int, Leader, Unbounded] = growing
    weak = final
    grows: Growing = final
    grows = changing  # E: assignment
    ends: Final = growing  # E: assignment
