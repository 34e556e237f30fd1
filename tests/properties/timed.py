"""Random programs with clocks, slices, cycles and early ends, all of which end by themselves.

Which outcome there is depends on time and delivery, so that no value is predicted: every stream and every slice notes
what passes, in the order in which it does, and each is held against the notes of what it is made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

WORLD = """from __future__ import annotations

from motet import Process


class Ann(Process):
    def __init__(self) -> None:
        self.notes: list[tuple[str, list[int]]] = []

    def note(self, name: str, *values: int) -> None:
        type(self.notes).append(self.notes, (name, [*values]))  # unseen: it decides nothing, and needs no reason


class Ben(Process):
    def __init__(self) -> None:
        self.notes: list[tuple[str, list[int]]] = []

    def note(self, name: str, *values: int) -> None:
        type(self.notes).append(self.notes, (name, [*values]))  # unseen: it decides nothing, and needs no reason
"""

HEAD = """from __future__ import annotations

from motet import At, choreography, nondet, proof
from world import Ann, Ben


@choreography
async def main(ann: Ann, ben: Ben) -> tuple[At[list[tuple[str, list[int]]], Ann], At[list[tuple[str, list[int]]], Ben]]:
"""

WHY = 'nondet("any")'
LAP = 10**6
"""What an element that goes round gets smaller by each time; others are smaller than that."""


class Notes:
    """What was noted at a place: rows, each under a name, in one order."""

    def __init__(self, noted: Sequence[tuple[str, list[int]]]) -> None:
        self.rows: dict[str, list[tuple[int, list[int]]]] = {}
        for at, (name, values) in enumerate(noted):
            self.rows.setdefault(name, []).append((at, values))

    def __getitem__(self, name: str) -> list[int]:
        return self.before(name, 1 << 60)

    def before(self, name: str, moment: int) -> list[int]:
        """The elements of a stream that had passed at a moment."""
        return [x for at, values in self.rows.get(name, []) if at < moment for x in values]


World = dict[str, Notes]
Wanted = Callable[[World], list[int]]
Check = Callable[[World], str]


@dataclass(frozen=True)
class Stream:
    """A stream: what may be asked of it, and whether its type says that it ends."""

    name: str
    place: str
    ordered: bool = True
    bounded: bool = True
    alone: bool = True  # an `async for` may loop over it


@dataclass
class Timed:
    """Writes one program. `below` are, by name, the streams that are made of one; `limits` those that want a part."""

    random: Random
    lines: list[str] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    below: dict[str, list[str]] = field(default_factory=dict)
    limits: set[str] = field(default_factory=set)
    count: int = 0

    def fresh(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def add(
        self, text: str, made: Stream, parents: Sequence[Stream], want: Wanted, limit: bool = False
    ) -> Stream:
        """A stream, which comes to what is wanted, or to a part of that where somebody wants no more."""
        name, place = made.name, made.place
        self.lines.append(f'{name} = {text}.inspect(lambda x: {place}.note("{name}", x))')
        for parent in parents:
            self.below.setdefault(parent.name, []).append(name)
        self.limits |= {name} if limit else set()

        def check(world: World) -> str:
            got, wanted = world[place][name], want(world)
            if self.is_limited(name):  # what nobody wants any more may pass, or not
                good = not Counter(got) - Counter(wanted)
            else:
                good = sorted(got) == sorted(wanted) and (got == wanted or not made.ordered)
            return "" if good else f"{name} has {got}, not {wanted}"

        self.checks.append(check)
        self.streams.append(made)
        return made

    def is_limited(self, name: str) -> bool:
        """Whether something that is made of a stream wants a part of it."""
        below = self.below.get(name, [])
        return any(x in self.limits or self.is_limited(x) for x in below)

    def pick(self, place: str = "", bounded: bool = False) -> Stream:
        """A stream, one of the latest."""
        found = [s for s in self.streams if place in ("", s.place) and s.bounded >= bounded]
        return self.random.choice(found[-6:]) if found else self.source(place)

    # Sources

    def source(self, place: str = "") -> Stream:
        """A list, a clock that is stopped, or enough of one that is not, here or at the other place."""
        place = place or self.random.choice(["ann", "ben"])
        name, base, n = self.fresh("s"), 100 * self.count, self.random.randint(0, 8)
        if self.random.random() < 0.4:
            text = f"{place}.source([{base} + i for i in range({n})])"
            wanted = [base + i for i in range(n)]
            return self.add(text, Stream(name, place), (), lambda _: wanted)
        n += 1
        begun = place if self.random.random() < 0.6 else self.other(place)
        clock = self.random.choice([f"every(0.{n}, {WHY})", "spin()"])
        sent = "" if begun == place else f".send(to={place})"
        text = f"{begun}.{clock}.enumerate().map(lambda p: {base} + p[0]){sent}.take({n})"
        return self.add(
            text, Stream(name, place), (), lambda _: [base + i for i in range(n)], limit=True
        )

    @staticmethod
    def other(place: str) -> str:
        return "ben" if place == "ann" else "ann"

    # Streams of streams

    def step(self) -> None:
        """One more stream, or slice, or cycle."""
        self.random.choice(
            [self.simple, self.simple, self.sent, self.gated, self.sampled, self.slice, self.cycle]
        )()

    def simple(self) -> None:
        s, n = self.pick(), self.random.randint(1, 4)
        made = Stream(self.fresh("s"), s.place, s.ordered, s.bounded, s.alone)
        forms: list[tuple[str, Callable[[list[int]], list[int]]]] = [
            (f".map(lambda n: n + {n})", lambda xs: [x + n for x in xs]),
            (".filter(lambda n: n % 2 == 0)", lambda xs: [x for x in xs if x % 2 == 0]),
            (f".take({n})", lambda xs: xs[:n]),
            (f".skip({n})", lambda xs: xs[n:]),
            (
                f".scan(0, lambda a, n: (a + 1, n * a) if a < {n} else None)",
                lambda xs: parts(xs, n),
            ),
        ]
        number = self.random.randrange(len(forms) if s.ordered else 2)
        text, f = forms[number]
        self.add(s.name + text, made, [s], lambda w: f(w[s.place][s.name]), number in (2, 4))

    def sent(self) -> None:
        s = self.pick()
        there = self.other(s.place)
        made = Stream(self.fresh("s"), there, s.ordered, s.bounded)
        self.add(f"{s.name}.send(to={there})", made, [s], lambda w: w[s.place][s.name])

    def gated(self) -> None:
        """Of two streams: the elements of one wait for the other, or meet its elements."""
        s = self.pick()
        o = self.pick(s.place, bounded=True)
        forms: list[tuple[str, bool, Callable[[list[int], list[int]], list[int]]]] = [
            (f"{s.name}.filter_not_in({o.name})", s.ordered, without),
            (f"{o.name}.chain({s.name})", s.ordered and o.ordered, lambda a, b: b + a),
            (f"{s.name}.merge_unordered({o.name})", False, lambda a, b: a + b),
            (
                f"{s.name}.cross_singleton({o.name}.count()).map(lambda p: p[0] + p[1])",
                s.ordered,
                lambda a, b: [x + len(b) for x in a],
            ),
        ]
        text, ordered, f = self.random.choice(forms)
        made = Stream(self.fresh("s"), s.place, ordered, s.bounded, False)
        self.add(text, made, [s, o], lambda w: f(w[s.place][s.name], w[s.place][o.name]))

    def sampled(self) -> None:
        """Every value of a count; a sample of it each time a clock comes round."""
        s = self.pick()
        at, n = s.place, self.random.randint(1, 4)
        made = Stream(self.fresh("s"), at, True, False, False)
        if self.random.random() < 0.5:
            text = f"{s.name}.count().sample_eager({WHY}).assume_retries({WHY})"
            self.add(text, made, [s], lambda w: [*range(len(w[at][s.name]) + 1)])
            return

        def read(world: World) -> list[int]:
            rows = world[at].rows.get(made.name, [])
            return [len(world[at].before(s.name, moment)) for moment, _ in rows]

        text = f"{s.name}.count().sample_every(0.3, {WHY}).assume_retries({WHY}).take({n})"
        self.add(text, made, [], read)

    # Slices

    def slice(self) -> None:
        """One with several batches, the count of one, and a state."""
        first = self.pick()
        at = first.place
        batches = list({s.name: s for s in (first, self.pick(at), self.pick(at))}.values())
        tick, made = self.fresh("t"), Stream(self.fresh("s"), at, True, False, False)
        names = [f"{tick}_{s.name}" for s in batches]
        body = [f"{n} = {tick}.batch({s.name}, {WHY})" for n, s in zip(names, batches, strict=True)]
        body += [
            f"{tick}_all = {tick}.snapshot({tick}_count, {WHY})",
            f"{tick}_seen = {tick}.state(0)",
        ]
        self.random.shuffle(body)
        sizes = ", ".join(f"len({n})" for n in names)
        body += [
            f'{at}.note("{tick}", {tick}_all, {tick}_seen, {sizes})',
            f"{tick}_seen += {' + '.join(f'len({n})' for n in names)}",
            f"{made.name}_out = {tick}.stream([*{', *'.join(names)}])",
        ]
        self.lines += [f"{tick}_count = {first.name}.count()", f"with {at}.sliced() as {tick}:"]
        self.lines += [f"    {line}" for line in body]
        self.checks.append(lambda w: self.ran(w[at], tick, [s.name for s in batches]))
        want = self.given(at, tick, [s.name for s in batches])
        self.add(f"{made.name}_out", made, batches, want)

    def ran(self, notes: Notes, tick: str, names: list[str]) -> str:
        """A slice reads all that has come, each element once; it never runs without any, and its state is kept."""
        seen, taken = 0, [0] * len(names)
        for at, (total, state, *sizes) in notes.rows.get(tick, []):
            taken = [a + b for a, b in zip(taken, sizes, strict=True)]
            come = [len(notes.before(name, at)) for name in names]
            if state != seen or total != come[0] or taken != come or not any(sizes):
                return f"{tick} has {total}, {state}, {taken} of {come}"
            seen += sum(sizes)
        left = [n for n, k in zip(names, taken, strict=True) if k != len(notes[n])]
        return "".join(f"{tick} left some of {n} " for n in left if not self.is_limited(n))

    @staticmethod
    def given(at: str, tick: str, names: list[str]) -> Wanted:
        """What leaves it: the elements of its batches, run after run."""

        def wanted(world: World) -> list[int]:
            taken, found = [0] * len(names), list[int]()
            for _, (_, _, *sizes) in world[at].rows.get(tick, []):
                for index, (name, size) in enumerate(zip(names, sizes, strict=True)):
                    found += world[at][name][taken[index] : taken[index] + size]
                    taken[index] += size
            return found

        return wanted

    def cycle(self) -> None:
        """Elements go round through a slice, smaller each time."""
        s, n = self.pick(), self.random.randint(0, 2)
        at, tick, way = s.place, self.fresh("t"), self.fresh("c")
        again, out = Stream(self.fresh("s"), at, False, False, False), self.fresh("s")
        made = Stream(out, at, False, False, False)
        self.lines += [
            f"{way}, {way}_out = {at}.channel(int)",
            f"with {at}.sliced() as {tick}:",
            f"    {tick}_n = {tick}.batch({s.name}, {WHY})",
            f"    {tick}_a = {tick}.batch({way}_out, {WHY})",
            f"    {again.name}_out = {tick}.stream(",
            f"        [x - {LAP} for x in {tick}_a if x >= {LAP}] + [x + {n * LAP} for x in {tick}_n]",
            "    )",
            f"    {out}_out = {tick}.stream([*{tick}_n, *{tick}_a])",
        ]

        def rounds(world: World) -> list[int]:
            return [y for x in world[at][s.name] for y in range(x + n * LAP, -1, -LAP)]

        self.add(f"{again.name}_out", again, [s], rounds)
        self.lines.append(f"{way}.send({again.name})")
        self.add(f"{out}_out", made, [s], lambda w: w[at][s.name] + rounds(w))

    # The end

    def loop(self) -> list[str]:
        """A protocol for each element of a stream, which may be left."""
        found = [s for s in self.streams if s.ordered and s.alone and s.bounded]
        if not found:
            return []
        s, n = self.random.choice(found), self.random.randint(2, 5)
        at, there = s.place, self.other(s.place)
        self.lines.append(f"shared = {s.name}.share(to={there})")
        self.below.setdefault(s.name, []).append("shared")
        self.limits.add("shared")

        def check(world: World) -> str:
            given, got = world[at][s.name], world[there]["turn"]
            end = next((i + 1 for i, x in enumerate(given) if x % n == 0), len(given))
            return "" if got == [2 * x for x in given[:end]] else f"turns {got} of {given}"

        self.checks.append(check)
        sends = [f"    twice = await {at}.send(2 * n, to={there})", f"    with {there}:"]
        note = [f'        {there}.note("turn", twice)', f"    if n % {n} == 0:", "        break"]
        return ["async for n in shared:", *sends, *note]

    def make(self) -> str:
        """The program."""
        self.source("ann")
        self.source("ben")
        for _ in range(self.random.randint(3, 9)):
            self.step()
        turns = self.loop() if self.random.random() < 0.5 else []
        for s in self.streams:
            if s.name not in self.below:
                proof = "" if s.ordered else ', commutative=proof("a log")'
                self.lines.append(f'{s.name}.for_each(lambda x: {s.place}.note("end", x){proof})')
        return HEAD + "".join(
            f"    {x}\n" for x in [*self.lines, *turns, "return ann.notes, ben.notes"]
        )


def parts(xs: list[int], n: int) -> list[int]:
    """What a scan gives that ends after so many."""
    return [x * i for i, x in enumerate(xs[:n])]


def without(xs: list[int], others: list[int]) -> list[int]:
    """Elements that the others do not have."""
    return [x for x in xs if x not in others]
