"""Operators of random pipelines: each extends the text of a stream, and says what it does to what the stream holds."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

from properties.flow_streams import CLUSTERS, Stream, grouped, keys

CLASSES = '''

async def later(n: int) -> int:
    return n


def until(total: int, n: int) -> tuple[int, Yield[int] | Return[int] | Break | Continue]:
    """Running totals up to the first that is large."""
    total += n
    if total > 9:
        return total, Return(total)
    if total < -9:
        return total, Break()
    return total, Yield(total) if n % 2 else Continue()


class Pairs:
    """The sum of every two."""

    def __init__(self) -> None:
        self.first: int | None = None

    def __call__(self, n: int) -> list[int]:
        if self.first is None:
            self.first = n
            return []
        pair, self.first = self.first + n, None
        return [pair]
'''

Operator = Callable[[Stream], Stream]


@dataclass
class Operators:
    """`lines` are the statements so far."""

    random: random.Random
    lines: list[str] = field(default_factory=list)
    count: int = 0

    def fresh(self, hint: str) -> str:
        self.count += 1
        return f"{hint}{self.count}"

    def applied(self, s: Stream, streams: list[Stream]) -> Stream:
        """The stream with an operator that it may have; some take another of `streams` at the same location."""
        choices: list[Operator] = [self.map, self._filter, self._twice, self._atomic, self._sliced]
        if s.keyed:
            choices += [self._values, self._keyed_value]
            choices += [self._each_key] if s.ordered else []
        else:
            choices += [
                self._merge(streams),
                self._key,
                self._sort,
                self._value,
                self._gate(streams),
            ]
            choices += [self._unique, self._rounds, self._parts]
            choices += [self._in_turn, self._in_turn] if s.ordered else []
        return self.random.choice(choices)(s)

    def map(self, s: Stream) -> Stream:
        k = self.random.randint(-3, 3)
        return s.each(f".map(lambda n: n * 2 + {k})", lambda xs: [x * 2 + k for x in xs])

    def _filter(self, s: Stream) -> Stream:
        k = self.random.randint(2, 3)
        return s.each(f".filter(lambda n: n % {k} != 0)", lambda xs: [x for x in xs if x % k])

    def _twice(self, s: Stream) -> Stream:
        text = ".flat_map_ordered(lambda n: [n, -n])"
        return s.each(text, lambda xs: [y for x in xs for y in (x, -x)])

    def _sort(self, s: Stream) -> Stream:
        down = self.random.random() < 0.3
        text = ".sort(reverse=True)" if down else ".sort()"
        return replace(s.each(text, lambda xs: sorted(xs, reverse=down)), ordered=True)

    def _unique(self, s: Stream) -> Stream:
        return s.each(".unique()", lambda xs: list(dict.fromkeys(xs)))

    def _key(self, s: Stream) -> Stream:
        data = tuple(grouped(d, lambda n: n % 3) for d in s.data)
        return replace(s, text=f"{s.text}.map(lambda n: (n % 3, n)).into_keyed()", data=data)

    def _values(self, s: Stream) -> Stream:
        data = tuple([n for key in keys(d) for n in d[key]] for d in s.data)  # type: ignore[index]
        return replace(s, text=f"{s.text}.values()", data=data, ordered=False)

    def _merge(self, streams: list[Stream]) -> Operator:
        def merge(s: Stream) -> Stream:
            other = self._other(s, streams)
            if other is None:
                return self.map(s)
            data = tuple([*a, *b] for a, b in zip(s.data, other.data, strict=True))
            chained = self.random.random() < 0.5
            ordered = chained and s.ordered and other.ordered
            op = "chain" if chained else "merge_unordered"
            text = f"{s.text}.{op}({other.text})"
            origins = s.origins | other.origins
            return replace(s, text=text, data=data, ordered=ordered, origins=origins)

        return merge

    def _other(self, s: Stream, streams: list[Stream]) -> Stream | None:
        others = [o for o in streams if o.at == s.at and not o.keyed]
        return self.random.choice(others) if others else None

    # What may end before its input does, or depends on the order

    def _in_turn(self, s: Stream) -> Stream:
        k = self.random.randint(0, 4)
        found: list[tuple[str, Callable[[list[int]], list[int]]]] = [
            (f".take({k})", lambda xs: xs[:k]),
            (f".take({k})", lambda xs: xs[:k]),
            (f".skip({k})", lambda xs: xs[k:]),
            (".enumerate().map(lambda pair: pair[0] * 3 + pair[1])", _numbered),
            (".scan(0, lambda total, n: (total + n, total + n))", lambda xs: _totals(xs)),
            (_STOPPING, lambda xs: _totals(xs, 7)),
            (".generator(0, until)", _until),
            (".transform(Pairs)", _pairs),
            (".map(later).resolve_futures_ordered()", list),
        ]
        return s.each(*self.random.choice(found))

    def _each_key(self, s: Stream) -> Stream:
        found: list[tuple[str, Callable[[list[int]], list[int]]]] = [
            (".enumerate().map(lambda pair: pair[0] * 3 + pair[1])", _numbered),
            (_STOPPING, lambda xs: _totals(xs, 7)),
            (".generator(0, until)", _until),
            (".transform(Pairs)", _pairs),
            (".first().into_keyed_stream()", lambda xs: xs[:1]),
        ]
        return s.each(*self.random.choice(found))

    # Values that become streams again

    def _value(self, s: Stream) -> Stream:
        found: list[tuple[str, Callable[[list[int]], list[int]]]] = [
            (".count().into_stream()", lambda xs: [len(xs)]),
            (f".fold(0, add, {_ADDED}).into_stream()", lambda xs: [sum(xs)]),
            (".max().into_stream()", lambda xs: [max(xs)] if xs else []),
            (
                f".min().unwrap_or({s.at}.singleton(5)).into_stream()",
                lambda xs: [min(xs, default=5)],
            ),
            (".is_empty().map(int).into_stream()", lambda xs: [int(not xs)]),
        ]
        if s.ordered:
            found += [
                (".last().into_stream()", lambda xs: xs[-1:]),
                (".first().into_stream()", lambda xs: xs[:1]),
                (".collect_list().flatten_ordered()", list),
            ]
        text, f = self.random.choice(found)
        return replace(s.each(text, f), ordered=True)

    def _keyed_value(self, s: Stream) -> Stream:
        found: list[tuple[str, Callable[[list[int]], list[int]]]] = [
            (f".fold(0, add, {_ADDED}).into_keyed_stream()", lambda xs: [sum(xs)] if xs else []),
            (f".reduce(add, {_ADDED}).into_keyed_stream()", lambda xs: [sum(xs)] if xs else []),
            (".value_counts().into_keyed_stream()", lambda xs: [len(xs)] if xs else []),
            (".sort()", sorted),
            (".unique().sort()", lambda xs: sorted(set(xs))),
        ]
        text, f = self.random.choice(found)
        return replace(s.each(text, f), ordered=True)

    # What waits for another stream

    def _gate(self, streams: list[Stream]) -> Operator:
        def gate(s: Stream) -> Stream:
            other = self._other(s, streams)
            if other is None:
                return self._filter(s)
            kinds = [self._summed, self._without, self._if_empty, self._joined]
            made = self.random.choice(kinds)(s, other)
            return replace(made, origins=s.origins | other.origins)

        return gate

    def _summed(self, s: Stream, other: Stream) -> Stream:
        pairs = f".cross_singleton({other.text}.count()).map(lambda pair: pair[0] + pair[1])"
        data = tuple([x + len(o) for x in d] for d, o in zip(s.data, other.data, strict=True))
        return replace(s, text=f"{s.text}{pairs}", data=data)  # type: ignore[arg-type]

    def _without(self, s: Stream, other: Stream) -> Stream:
        data = tuple([x for x in d if x not in o] for d, o in zip(s.data, other.data, strict=True))
        return replace(s, text=f"{s.text}.filter_not_in({other.text})", data=data)  # type: ignore[arg-type]

    def _if_empty(self, s: Stream, other: Stream) -> Stream:
        data = tuple([] if o else d for d, o in zip(s.data, other.data, strict=True))
        return replace(s, text=f"{s.text}.filter_if({other.text}.is_empty())", data=data)

    def _joined(self, s: Stream, other: Stream) -> Stream:
        one, two = (f"{x.text}.map(lambda n: (n % 3, n))" for x in (s, other))
        data = tuple(
            [x + y for x in d for y in o if x % 3 == y % 3]  # type: ignore[operator]
            for d, o in zip(s.data, other.data, strict=True)
        )
        text = f"{one}.join({two}).map(lambda row: row[1][0] + row[1][1])"
        return replace(s, text=text, data=data, ordered=False)  # type: ignore[arg-type]

    # Two ways, sections, slices, cycles

    def _parts(self, s: Stream) -> Stream:
        odd, even = self.fresh("odd"), self.fresh("even")
        self.lines.append(f"{odd}, {even} = {s.text}.partition(lambda n: n % 2 == 1)")
        data = tuple([*filter(_is_odd, d), *filter(_is_even, d)] for d in s.data)
        return replace(s, text=f"{odd}.chain({even})", data=data)  # type: ignore[arg-type]

    def _atomic(self, s: Stream) -> Stream:
        return s.each(".atomic().map(lambda n: n - 1).end_atomic()", lambda xs: [x - 1 for x in xs])

    def _sliced(self, s: Stream) -> Stream:
        tick, batch, out = self.fresh("tick"), self.fresh("batch"), self.fresh("out")
        self.lines += [
            f"with {s.at}.sliced() as {tick}:",
            f'    {batch} = {tick}.batch({s.text}, nondet("each on its own"))',
        ]
        if s.keyed:
            self.lines.append(f"    {out} = {tick}.stream([(k, n + 1) for k, n in {batch}])")
            return replace(s.each("", lambda xs: [x + 1 for x in xs]), text=f"{out}.into_keyed()")
        if self.random.random() < 0.5:
            total, value = self.fresh("total"), self.fresh("value")
            self.lines += [
                f"    {total} = {tick}.state(0)",
                f"    {total} = {total} + sum({batch})",
                f"    {value} = {tick}.latest({total})",
            ]
            made = s.each("", lambda xs: [sum(xs)])
            return replace(made, text=f"{value}.into_stream()", ordered=True)
        self.lines.append(f"    {out} = {tick}.stream([n + 1 for n in {batch}])")
        return replace(s.each("", lambda xs: [x + 1 for x in xs]), text=out)

    def _rounds(self, s: Stream) -> Stream:
        """Every element comes again, one less, until it is zero."""
        if s.at in CLUSTERS:  # whose members have different numbers of them
            return self.map(s)
        found = [y for x in s.data[0] for y in _down(x)]  # type: ignore[arg-type]
        feed, again, tick, out = (self.fresh(hint) for hint in ("feed", "again", "tick", "out"))
        every = f'{again}.assume_ordering(nondet("all come")).take({len(found)})'
        self.lines += [
            f"{feed}, {again} = {s.at}.channel(int)",
            f"{feed}.send({s.text})",
            f"with {s.at}.sliced() as {tick}:",
            f'    {out} = {tick}.stream({tick}.batch({every}, nondet("each on its own")))',
            f"{feed}.send({out}.filter(lambda n: 0 < n < 5).map(lambda n: n - 1))",
        ]
        return replace(s, text=out, data=(found,), ordered=False)


_ADDED = 'commutative=proof("addition")'
_STOPPING = ".scan(0, lambda total, n: (total + n, total + n) if total < 7 else None)"


def _is_odd(n: Hashable) -> bool:
    return n % 2 == 1  # type: ignore[operator]


def _is_even(n: Hashable) -> bool:
    return not _is_odd(n)


def _down(n: int) -> list[int]:
    return [*range(n, -1, -1)] if 0 < n < 5 else [n]


def _numbered(xs: list[int]) -> list[int]:
    return [i * 3 + x for i, x in enumerate(xs)]


def _totals(xs: list[int], least: int | None = None) -> list[int]:
    total, found = 0, []
    for x in xs:
        if least is not None and total >= least:
            break
        total += x
        found.append(total)
    return found


def _until(xs: list[int]) -> list[int]:
    total, found = 0, []
    for x in xs:
        total += x
        if total > 9 or (x % 2 and total >= -9):
            found.append(total)
        if abs(total) > 9:
            break
    return found


def _pairs(xs: list[int]) -> list[int]:
    return [a + b for a, b in zip(xs[::2], xs[1::2], strict=False)]
