"""Random pipelines whose functions change what they are given, keep and give, and what each comes to by itself.

The oracle pushes each element through the graph, depth first and in the order of the source, and copies it where it is
sent: so nothing that is changed later shows in what was sent, however many elements share a batch.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from types import ModuleType
from typing import Any

from properties.world import CHANGED

PLACES = ("ann", "ben", "cat")
STATES = range(6)

_HEAD = f'''"""Locations with lists of their own, and functions that change what they are given."""
{CHANGED}

def grown(xs: list[int]) -> list[int]:
    xs.append(len(xs))
    return xs


def grow(xs: list[int]) -> None:
    xs.append(len(xs))


def filled(bag: Bag) -> Bag:
    bag.put(bag.n)
    return bag


def fill(bag: Bag) -> None:
    bag.put(0)


def adding(rows: list[int], n: int) -> list[int]:
    rows.append(n)
    return rows


def joining(rows: list[int], xs: list[int]) -> list[int]:
    rows.extend(xs)
    return rows


def stepping(rows: list[int], n: int) -> tuple[list[int], list[int]]:
    rows.append(n)
    return rows, rows


def packing(bag: Bag, n: int) -> tuple[Bag, Bag]:
    bag.put(n)
    return bag, bag
'''
_STATE = """        self.rows{k}: list[int] = []
        self.total{k} = 0
        self.bags{k} = [Bag(0, [7]), Bag(1, [5, 6])]
        self.kept{k}: list[object] = []
"""
_METHODS = """
    def add{k}(self, n: int) -> int:
        self.total{k} = (self.total{k} * 3 + n) % 101
        return self.total{k}

    def log{k}(self, n: int) -> list[int]:
        self.rows{k}.append(n % 20)
        del self.rows{k}[:-5]
        return self.rows{k}

    def both{k}(self, n: int) -> tuple[int, list[int]]:
        return n, self.log{k}(n)

    def keep{k}(self, x: object) -> None:
        self.kept{k}.append(x)
"""


def world_source() -> str:
    """The module that all programs import."""
    parts = [_HEAD]
    for place in PLACES:
        parts.append(f"\n\nclass {place.title()}(Process):\n    def __init__(self) -> None:\n")
        parts += [_STATE.format(k=k) for k in STATES] + [_METHODS.format(k=k) for k in STATES]
    return "".join(parts)


_PLAIN = {
    "int": [
        ("map(lambda n: n + 3)", "int"),
        ("map(lambda n: [n, n + 1])", "list"),
        ("flat_map_ordered(lambda n: [n] * (n % 3))", "int"),
        ("scan(list[int], stepping)", "list"),
        ("scan(lambda: Bag(0, []), packing)", "bag"),
        ("map(lambda n: Bag(n, [n]))", "bag"),
    ],
    "list": [
        ("map(grown)", "list"),
        ("inspect(grow)", "list"),
        ("map(lambda xs: [*xs, 1])", "list"),
        ("map(sum)", "int"),
        ("filter(lambda xs: len(xs) < 5)", "list"),
        ("map(lambda xs: (len(xs), xs))", "pair"),
        ("flat_map_ordered(lambda xs: [xs, xs])", "list"),
        ("scan(list[int], lambda rows, xs: (joining(rows, xs[:1]), rows))", "list"),
    ],
    "bag": [
        ("map(filled)", "bag"),
        ("inspect(fill)", "bag"),
        ("map(lambda bag: bag.items)", "list"),
        ("map(lambda bag: bag.put(2))", "int"),
        ("inspect(lambda bag: grow(bag.items))", "bag"),
    ],
    "pair": [
        ("map(lambda pair: pair[1])", "list"),
        ("inspect(lambda pair: grow(pair[1]))", "pair"),
        ("map(lambda pair: (pair[0], grown(pair[1])))", "pair"),
    ],
}
_OWN = {
    "int": [
        ("map({p}.add{k})", "int"),
        ("map({p}.log{k})", "list"),
        ("map({p}.both{k})", "pair"),
        ("map(lambda n: {p}.rows{k})", "list"),
    ],
    "list": [("map(lambda xs: joining({p}.rows{k}, xs[:1]))", "list")],
    "bag": [],
    "pair": [],
}


@dataclass(frozen=True, slots=True)
class _Stream:
    name: str
    type: str
    place: str
    driver: str


@dataclass(slots=True)
class Changing:
    """One program. Each loop has a state of its own at its place, so that no two race."""

    random: Random
    lines: list[str] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    free: dict[str, list[int]] = field(default_factory=lambda: {p: [*STATES] for p in PLACES})
    results: dict[str, list[str]] = field(default_factory=lambda: {p: [] for p in PLACES})

    def make(self) -> str:
        """Its source."""
        place = self.random.choice(PLACES)
        first = _Stream("s0", self.random.choice(["int", "bag"]), place, "s0")
        state = self._state(first)
        given = f"[{', '.join(str(self.random.randrange(9)) for _ in range(5))}]"
        source = given if first.type == "int" else f"{place}.bags{state}"
        self.lines.append(f"s0 = {place}.source({source})")
        streams = [first]
        ends = {"s0"}
        for number in range(1, self.random.randrange(4, 10)):
            base = self.random.choice(streams[-4:])
            ends.discard(base.name)
            streams.append(self._next(base, f"s{number}"))
            ends.add(f"s{number}")
        awaited = [self._end(stream) for stream in streams if stream.name in ends]
        self.lines += filter(None, awaited)
        shown = [self._shown(p) for p in PLACES]
        head = ", ".join(f"{p}: {p.title()}" for p in PLACES)
        gives = ", ".join(f"At[str, {p.title()}]" for p in PLACES)
        body = "".join(f"    {line}\n" for line in [*self.lines, f"return {', '.join(shown)}"])
        names = "Bag, adding, fill, filled, grow, grown, joining, packing, stepping"
        return (
            "from __future__ import annotations\n\nfrom motet import At, choreography\n"
            f"from world import Ann, {names}, Ben, Cat\n\n\n"
            f"@choreography\nasync def main({head}) -> tuple[{gives}]:\n{body}"
        )

    def _state(self, stream: _Stream) -> int | None:
        if stream.driver not in self.states and self.free[stream.place]:
            self.states[stream.driver] = self.free[stream.place].pop(0)
        return self.states.get(stream.driver)

    def _next(self, base: _Stream, name: str) -> _Stream:
        if self.random.random() < 0.35:
            to = self.random.choice([p for p in PLACES if p != base.place])
            self.lines.append(f"{name} = {base.name}.send(to={to})")
            return _Stream(name, base.type, to, name)
        state = self._state(base)
        own = _OWN[base.type] * 2 if state is not None else []
        text, type_ = self.random.choice([*_PLAIN[base.type], *own])
        self.lines.append(
            f"{name} = {base.name}.{text.replace('{p}', base.place).replace('{k}', str(state))}"
        )
        return _Stream(name, type_, base.place, base.driver)

    def _end(self, stream: _Stream) -> str:
        """Let a stream end in a sink, or in the statement that is given."""
        state = self._state(stream)
        if state is not None and self.random.random() < 0.3:
            self.lines.append(f"{stream.name}.for_each({stream.place}.keep{state})")
            return ""
        self.results[stream.place].append(f"{stream.name}_kept")
        return f"{stream.name}_kept = await {stream.name}.collect()"

    def _shown(self, place: str) -> str:
        used = [k for k in STATES if k not in self.free[place]]
        states = [f"{place}.{what}{k}" for k in used for what in ("rows", "total", "bags", "kept")]
        return 'f"' + " ".join(f"{{{text}}}" for text in ["0", *self.results[place], *states]) + '"'

    def expected(self) -> dict[str, str]:
        """What it comes to."""
        world = ModuleType("world_of_changes")
        sys.modules[world.__name__] = world  # where dataclasses look for their annotations
        space: dict[str, Any] = world.__dict__
        space["Process"] = _Place
        code = world_source().replace("from motet import Process", "")
        exec(compile(code, "world.py", "exec", dont_inherit=True), space)
        space |= {place: space[place.title()]() for place in PLACES}
        for line in self.lines:
            exec(line.replace("await ", "").replace(".collect()", ".kept()"), space)
        space["s0"].run()
        shown = [eval(self._shown(place), space) for place in PLACES]
        return dict(zip(map(str.title, PLACES), shown, strict=True))


class _Place:
    """A location, as the oracle has it."""

    def source(self, elements: list[Any]) -> Node:
        return Node(lambda _, give: [give(x) for x in elements])


class Node:
    """One operator: `act` is called with an element, and with what gives an element on."""

    def __init__(self, act: Callable[[Any, Callable[[Any], None]], object]) -> None:
        self.act = act
        self.outs: list[Node] = []

    def run(self, element: Any = None) -> None:
        """Take an element."""
        self.act(element, self._give)

    def _give(self, element: Any) -> None:
        for out in self.outs:
            out.run(element)

    def _then(self, act: Callable[[Any, Callable[[Any], None]], object]) -> Node:
        self.outs.append(Node(act))
        return self.outs[-1]

    def map(self, f: Callable[[Any], Any]) -> Node:
        return self._then(lambda x, give: give(f(x)))

    def filter(self, f: Callable[[Any], bool]) -> Node:
        return self._then(lambda x, give: give(x) if f(x) else None)

    def inspect(self, f: Callable[[Any], object]) -> Node:
        return self._then(lambda x, give: (f(x), give(x)))

    def flat_map_ordered(self, f: Callable[[Any], list[Any]]) -> Node:
        return self._then(lambda x, give: [give(y) for y in f(x)])

    def scan(self, init: Callable[[], Any], f: Callable[[Any, Any], tuple[Any, Any]]) -> Node:
        state = [init()]

        def act(x: Any, give: Callable[[Any], None]) -> None:
            state[0], given = f(state[0], x)
            give(given)

        return self._then(act)

    def send(self, to: object) -> Node:
        return self._then(lambda x, give: give(deepcopy(x)))

    def for_each(self, f: Callable[[Any], object]) -> None:
        self._then(lambda x, _: f(x))

    def kept(self) -> list[Any]:
        """All that comes, once it has."""
        found: list[Any] = []
        self._then(lambda x, _: found.append(x))
        return found
