"""The locations, types and pure functions that every generated program imports, and how they are told apart."""

from __future__ import annotations

PROCESSES = ("Ann", "Ben", "Cat", "Dan")
CLUSTER = "Crew"

CHANGED = """
from __future__ import annotations

from dataclasses import dataclass

from motet import Process


@dataclass
class Bag:
    n: int
    items: list[int]

    def put(self, n: int) -> int:
        self.items.append(n)
        self.n += 1
        return self.n
"""
"""How modules begin whose programs change what they have: a value that can be changed."""

_HEAD = '''"""Locations with a little state, and what travels between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from motet import Cluster, Process, pure

Colour = Literal["red", "green", "blue"]


@dataclass(frozen=True)
class Dot:
    size: int


@dataclass(frozen=True)
class Word:
    text: str


@dataclass(frozen=True)
class Line:
    start: int
    points: tuple[int, ...]


Shape = Dot | Word | Line


@pure
def colour_of(number: int) -> Colour:
    if number % 3 == 0:
        return "red"
    return "green" if number % 3 == 1 else "blue"


@pure
def shape_of(number: int) -> Shape:
    if number % 3 == 0:
        return Dot(number)
    return Word(str(number)) if number % 3 == 1 else Line(number, (number, 1))


@pure
def some(number: int) -> int | None:
    return None if number % 3 == 0 else number


@pure
def row(first: int, *others: int) -> tuple[int, ...]:
    return (first, *others)


@pure
def weigh(value: int | str | tuple[int, ...] | Shape | None) -> int:
    match value:
        case None:
            return 5
        case int(number):
            return number % 997
        case str(text):
            return sum(text.encode()) % 997
        case Dot(size):
            return size % 997 + 1
        case Word(text):
            return sum(text.encode()) % 997 + 2
        case Line(start, points):
            return (start + sum(points)) % 997 + 3
        case numbers:
            return sum(numbers) % 997 + 4


@pure
def mix(left: int, right: int) -> int:
    return (3 * left + right) % 997
'''

_LOCATION = '''

class {name}({base}):
    def __init__(self) -> None:
        self.total = {seed}
        self.ticks = 0
        self.log: list[int] = []

    def peek(self, x: int) -> int:
        return (x * {factor} + {seed}{rank}) % 97

    def bump(self, x: int) -> int:
        """Whatever the order, the total is the same, and nobody learns it."""
        self.total = (self.total + x) % 9973
        return (x + {seed}{rank}) % 97

    def tick(self, x: int) -> int:
        self.ticks = (self.ticks * 3 + x + 1) % 997
        return self.ticks

    def risky(self, x: int) -> int:
        if x % 2:
            raise ValueError(f"{{x}} is odd")
        return x // 2
'''


def world_source() -> str:
    """The module `world.py` of a batch."""
    parts = [_HEAD]
    for number, name in enumerate((*PROCESSES, CLUSTER)):
        cluster = name == CLUSTER
        parts.append(
            _LOCATION.format(
                name=name,
                base="Cluster" if cluster else "Process",
                seed=3 + 4 * number,
                factor=2 + number,
                rank=" + 11 * self.me.index" if cluster else "",
            )
        )
    return "".join(parts)
