"""Random pipelines between locations, each made together with what must come of it.

A stream is generated as text and as data at once: what it holds at each node of its location, per key if it is keyed,
and whether its order is certain. An operator extends both. What is collected at the end goes to its location's `out`
in a form that no order of delivery may change.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

from properties.flow_operators import CLASSES, Operators
from properties.flow_streams import CLUSTERS, Content, Stream, each, flat, keys, put

KINDS = {"ann": "Ann", "ben": "Ben", "crew": "Crew", "hosts": "Host"}

WORLD = (
    '''"""Locations that keep what comes out, and functions of pipelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from motet import Break, Cluster, Continue, Process, Return, Yield

K = TypeVar("K")


def flat(found: Mapping[K, Sequence[int]]) -> list[int]:
    """The values of every key, keys in order."""
    return [n for key in sorted(found, key=repr) for n in found[key]]


def sums(found: Mapping[K, int]) -> list[int]:
    """One value of every key, keys in order."""
    return [found[key] for key in sorted(found, key=repr)]


def add(a: int, b: int) -> int:
    return a + b


class Ann(Process):
    def __init__(self) -> None:
        self.out: list[list[int]] = []


class Ben(Process):
    def __init__(self) -> None:
        self.out: list[list[int]] = []


class Crew(Cluster):
    def __init__(self) -> None:
        self.out: list[list[int]] = []


class Host(Cluster):
    def __init__(self) -> None:
        self.out: list[list[int]] = []
'''
    + CLASSES
)

_HEAD = """from __future__ import annotations

from motet import At, Each, choreography, nondet, proof

from world import Ann, Ben, Crew, Host, Pairs, add, flat, later, sums, until


@choreography
async def main(
    ann: Ann, ben: Ben, crew: Crew, hosts: Host, xs: At[list[int], Ann], ys: At[list[int], Ben]
) -> tuple[
    At[list[list[int]], Ann],
    At[list[list[int]], Ben],
    Each[list[list[int]], Crew],
    Each[list[list[int]], Host],
]:
"""

_TAIL = """    return ann.out, ben.out, crew.out, hosts.out
"""


@dataclass(frozen=True)
class Flows:
    """A program, its arguments, the sizes of its clusters, and what every node's `out` must be."""

    source: str
    arguments: dict[str, list[int]]
    sizes: dict[str, int]
    outs: dict[str, list[list[list[int]]]]


def generate(seed: int) -> Flows:
    """A program; the same seed gives the same one."""
    return _Maker(random.Random(seed)).make()


@dataclass
class _Maker(Operators):
    values: list[tuple[str, str, int]] = field(default_factory=list)  # name, location, value

    def make(self) -> Flows:
        self.sizes = {c: self.random.randint(1, 3) for c in CLUSTERS}
        self.xs = self._numbers()
        self.ys = self._numbers()
        self.outs = {
            at: [[] for _ in range(self.sizes.get(at, 1))] for at in ("ann", "ben", *CLUSTERS)
        }
        for _ in range(self.random.randint(1, 3)):
            self._flow()
        source = _HEAD + "".join(f"    {line}\n" for line in self.lines) + _TAIL
        outs = {KINDS[at]: found for at, found in self.outs.items()}
        return Flows(source, {"xs": self.xs, "ys": self.ys}, self.sizes, outs)

    def _numbers(self) -> list[int]:
        size = self.random.choice((0, 1, 2, 5, 40))
        return [self.random.randint(-9, 9) for _ in range(size)]

    def _nodes(self, at: str) -> int:
        return self.sizes.get(at, 1)

    # One flow: sources, operators, and what is collected

    def _flow(self) -> None:
        streams = [self._named(self._begun(self._source())) for _ in range(self._few())]
        for _ in range(self.random.randint(1, 4)):
            base = self.random.choice(streams)
            made = base
            for _ in range(self.random.randint(1, 4)):
                made = self._operator(made, streams)
            streams.append(self._named(made))
        loop = self._loop(streams) if self.random.random() < 0.5 else None
        results = [self._collect(s) for s in self._leaves(streams)]
        if loop is not None:
            loop()
        for at, name, expected in results:
            self.lines += [f"with {at}:", f"    {at}.out.append({name})"]
            for out, wanted in zip(self.outs[at], expected, strict=True):
                out.append(wanted)

    def _few(self) -> int:
        return self.random.randint(1, 2)

    def _begun(self, stream: Stream) -> Stream:
        self.count += 1
        return replace(stream, origins=frozenset({self.count}))

    def _named(self, stream: Stream) -> Stream:
        name = self.fresh("s")
        self.lines.append(f"{name} = {stream.text}")
        return replace(stream, text=name)

    def _leaves(self, streams: list[Stream]) -> list[Stream]:
        """Every stream is collected: nothing may be left unused."""
        return streams

    def _source(self) -> Stream:
        at = self.random.choice(("ann", "ben", *CLUSTERS))
        if at in CLUSTERS:
            step = self.random.randint(1, 3)
            data = tuple([m * step, m + 1] for m in range(self._nodes(at)))
            return Stream(f"{at}.source([{at}.me.index * {step}, {at}.me.index + 1])", at, data)
        known = [v for v in self.values if v[1] == at]
        if known and self.random.random() < 0.5:
            name, _, value = self.random.choice(known)
            return Stream(f"{at}.source([{name}, {name} + 1])", at, ([value, value + 1],))
        if at == "ann":
            return Stream("ann.source(xs)", at, (self.xs,))
        return Stream("ben.source(ys)", at, (self.ys,))

    # Operators

    def _operator(self, s: Stream, streams: list[Stream]) -> Stream:
        if s.largest > 200:
            return self.map(s)
        if self.random.random() < 0.3:
            return self._hop(s)
        return self.applied(s, streams)

    # Hops

    def _hop(self, s: Stream) -> Stream:
        to = self.random.choice([at for at in KINDS if at != s.at or at in CLUSTERS])
        if to not in CLUSTERS:
            return self._arrived(s, to, "send(to=%s)", lambda d, _: d)
        kinds = ["broadcast", "demux"]
        if not s.keyed and s.ordered:
            kinds.append("round_robin")
        kind = self.random.choice(kinds)
        if kind == "broadcast":
            return self._arrived(s, to, "broadcast(to=%s)", lambda d, _: d)
        if kind == "round_robin":
            text = 'round_robin(to=%s, why=nondet("any member may have any number"))'
            size = self._nodes(to)
            return self._arrived(s, to, text, lambda d, m: d[m::size])  # type: ignore[index]
        return self._demux(s, to)

    def _demux(self, s: Stream, to: str) -> Stream:
        size = self._nodes(to)
        member = f"{to}.members[n % len({to})]"
        if s.keyed:
            routed = replace(s, text=f"{s.text}.prefix_key(lambda k, n: {member})")
        else:
            routed = replace(s, text=f"{s.text}.map(lambda n: ({member}, n))")

        def part(d: Content, m: int) -> Content:
            return each(d, lambda xs: [x for x in xs if x % size == m])

        return self._arrived(routed, to, "demux(to=%s)", part)

    def _arrived(
        self, s: Stream, to: str, op: str, part: Callable[[Content, int], Content]
    ) -> Stream:
        """What each receiver gets of what each sender has; from a cluster, under the sender."""
        found: list[Content] = []
        for member in range(self._nodes(to)):
            if s.at not in CLUSTERS:
                found.append(part(s.data[0], member))
                continue
            keyed: dict[Hashable, list[int]] = {}
            for sender, content in enumerate(s.data):
                put(keyed, sender, part(content, member))
            found.append(keyed)
        return self._begun(Stream(f"{s.text}.{op % to}", to, tuple(found), s.ordered))

    # Results

    def _collect(self, s: Stream) -> tuple[str, str, list[list[int]]]:
        """A statement that awaits a result; the expression of what is kept of it, and what that is at each node."""
        name = self.fresh("r")
        if s.keyed and s.ordered:
            self.lines.append(f"{name} = await {s.text}.collect()")
            return s.at, f"flat({name})", [flat(d) for d in s.data]
        if s.keyed:
            fold = f'{s.text}.fold(0, add, commutative=proof("addition"))'
            self.lines.append(f"{name} = await {fold}.collect()")
            return s.at, f"sums({name})", [[sum(d[k]) for k in keys(d) if d[k]] for d in s.data]  # type: ignore[index]
        if self.random.random() < 0.3:
            self.lines.append(f"{name} = await {s.text}.count().collect()")
            if s.at not in CLUSTERS:
                self.values.append((name, s.at, len(s.data[0])))
            return s.at, f"[{name}]", [[len(d)] for d in s.data]
        if s.ordered:
            self.lines.append(f"{name} = await {s.text}.collect()")
            return s.at, name, [list(d) for d in s.data]
        self.lines.append(f"{name} = await {s.text}.sort().collect()")
        return s.at, name, [sorted(d) for d in s.data]  # type: ignore[type-var]

    # Loops

    def _loop(self, streams: list[Stream]) -> Callable[[], None] | None:
        """An `async for` over one of the streams, shared with others; called when the rest is written."""
        ordered = [s for s in streams if s.at not in CLUSTERS and not s.keyed and s.ordered]
        known = [s for s in ordered if len(s.origins) == 1]
        if not known:
            return None
        stream = self.random.choice(known)
        others = [at for at in KINDS if at != stream.at]
        receivers = self.random.sample(others, self.random.randint(1, 3))
        to = receivers[0] if len(receivers) == 1 else f"({', '.join(receivers)})"
        shared = self.fresh("shared")
        self.lines.append(f"{shared} = {stream.text}.share(to={to})")
        return lambda: self._turns(shared, [stream.at, *receivers], stream)

    def _turns(self, shared: str, roles: list[str], stream: Stream) -> None:
        name, got = self.fresh("n"), self.fresh("got")
        self.lines.append(f"async for {name} in {shared}:")
        numbers = list(stream.data[0])
        if self.random.random() < 0.3:
            self.lines += [f"    if {name} % 2 == 0:", "        continue"]
            numbers = [n for n in numbers if n % 2]
        if self.random.random() < 0.3:
            k = self.random.randint(2, 4)
            self.lines += [f"    if {name} % {k} == 1:", "        break"]
            numbers = numbers[: next((i for i, n in enumerate(numbers) if n % k == 1), None)]
        body = [at for at in roles if self.random.random() < 0.7]
        processes = [at for at in roles if at not in CLUSTERS]
        if len(processes) > 1:
            sender, receiver = self.random.sample(processes, 2)
            self.lines.append(f"    {got} = await {sender}.send({name} * 3, to={receiver})")
            self.lines += [f"    with {receiver}:", f"        {receiver}.out.append([{got}])"]
            for n in numbers:
                self.outs[receiver][0].append([n * 3])
                for at in body:
                    _note(self.outs[at], n)
        else:
            for n in numbers:
                for at in body:
                    _note(self.outs[at], n)
        for at in body:
            self.lines += [f"    with {at}:", f"        {at}.out.append([{name}])"]
        if not body and len(processes) < 2:
            self.lines.append("    pass")


def _note(outs: list[list[list[int]]], n: int) -> None:
    for out in outs:
        out.append([n])
