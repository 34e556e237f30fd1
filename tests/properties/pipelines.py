"""Random pipelines over finite inputs, each step with its text and with what it comes to by direct evaluation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

Kind = Literal["ints", "pairs", "keyed", "single", "optional", "flag", "table"]
LONGEST = 60

TYPES: dict[Kind, str] = {
    "ints": "list[int]",
    "pairs": "list[tuple[int, int]]",
    "keyed": "list[tuple[int, int]]",
    "single": "int",
    "optional": "int | None",
    "flag": "bool",
    "table": "dict[int, int]",
}
ENDINGS: dict[tuple[Kind, bool], str] = {
    ("ints", False): ".sort()",
    ("pairs", False): ".sort()",
    ("keyed", False): ".entries().sort()",
    ("keyed", True): ".entries().sort()",
}


@dataclass(frozen=True)
class Node:
    """A collection: its name, what it holds, where, and whether that is in order (of a keyed one, under each key)."""

    name: str
    kind: Kind
    value: Any
    place: str
    ordered: bool = True

    def like(self, value: Any, ordered: bool | None = None) -> Node:
        """The same kind of collection with something else in it."""
        return replace(self, value=value, ordered=self.ordered if ordered is None else ordered)

    def to(self, kind: Kind, value: Any, ordered: bool = True) -> Node:
        """Another kind of collection at the same place."""
        return replace(self, kind=kind, value=value, ordered=ordered)


@dataclass(frozen=True)
class Program:
    """A choreography and what its results are."""

    source: str
    expected: dict[str, tuple[Any, ...]]


Rule = Callable[["Pipelines", Node], tuple[str, Node] | None]
RULES: dict[Kind, list[Rule]] = {k: [] for k in TYPES}


def rule(*kinds: Kind) -> Callable[[Rule], Rule]:
    """A step that collections of some kinds can take: its text after the collection's name, and the result."""

    def add(made: Rule) -> Rule:
        for kind in kinds:
            RULES[kind].append(made)
        return made

    return add


@dataclass
class Pipelines:
    """Writes one program."""

    random: Random
    nodes: list[Node] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def number(self, low: int, high: int) -> int:
        """A number in an expression."""
        return self.random.randint(low, high)

    def other(self, node: Node, *kinds: Kind) -> Node | None:
        """Another collection (or the same) at the same place."""
        found = [x for x in self.nodes if x.place == node.place and x.kind in kinds]
        return self.random.choice(found) if found else None

    def source(self) -> None:
        """A new collection from a list."""
        place = self.random.choice(["client", "server"])
        name, length = self._name(), self.number(0, 9)
        if self.random.random() < 0.6:
            ints = [self.number(0, 9) for _ in range(length)]
            text = str(ints) if ints else "list[int]()"
            made = self.random.choice([text, f"iter({text})", f"later({text})"])
            self._add(f"{name} = {place}.source({made})", Node(name, "ints", ints, place))
        else:
            pairs = [(self.number(0, 3), self.number(0, 9)) for _ in range(length)]
            text = str(pairs) if pairs else "list[tuple[int, int]]()"
            self._add(f"{name} = {place}.source({text})", Node(name, "pairs", pairs, place))

    def step(self) -> None:
        """One more operator somewhere."""
        node = self.random.choice(self.nodes[-6:])
        made = self.random.choice(RULES[node.kind])(self, node)
        if made is None or (isinstance(made[1].value, list) and len(made[1].value) > LONGEST):
            return
        text, result = made
        name = self._name()
        target = name
        if text.endswith(("[0]", "[1]")):
            target = f"{name}, _" if text.endswith("[0]") else f"_, {name}"
            text = text[:-3]
        self._add(f"{target} = {node.name}{text}", replace(result, name=name))

    def _name(self) -> str:
        return f"v{len(self.nodes)}"

    def _add(self, line: str, node: Node) -> None:
        self.lines.append(line)
        self.nodes.append(node)

    def results(self, place: str) -> list[Node]:
        """What is awaited at a place: what nothing else uses, and something that is used."""
        here = [n for n in self.nodes if n.place == place]
        text = "\n".join(line.partition(" = ")[2] for line in self.lines)
        last = [n for n in here if not re.search(rf"\b{n.name}\b", text)]
        chosen = {n.name: n for n in [*last, *self.random.sample(here, min(1, len(here)))]}
        return list(chosen.values())


def generate(seed: int) -> Program:
    """The program of a seed."""
    made = Pipelines(Random(seed))
    made.source()
    for _ in range(made.number(4, 14)):
        if made.random.random() < 0.15:
            made.source()
        else:
            made.step()
    chosen = {place: made.results(place) for place in ("client", "server")}
    awaits = [f"await {n.name}{_ending(n)}.collect()" for ns in chosen.values() for n in ns]
    types = [f"At[{TYPES[n.kind]}, {p.title()}]" for p, ns in chosen.items() for n in ns]
    lines = [*made.lines, *(f"r{i} = {text}" for i, text in enumerate(awaits))]
    lines.append(f"return {', '.join(f'r{i}' for i in range(len(awaits)))}")
    body = "\n    ".join(lines)
    given = f"tuple[{', '.join(types)}]" if len(types) > 1 else types[0]
    head = f"async def main(client: Client, server: Server) -> {given}:"
    source = f"{PRELUDE}\n\n@choreography\n{head}\n    {body}\n"
    return Program(source, {p.title(): tuple(map(_final, ns)) for p, ns in chosen.items()})


def _ending(node: Node) -> str:
    return ENDINGS.get((node.kind, node.ordered), "")


def _final(node: Node) -> Any:
    if node.kind == "keyed":
        return sorted(entries(node.value))
    return sorted(node.value) if _ending(node) else node.value


def entries(table: dict[int, list[int]]) -> list[tuple[int, int]]:
    """The entries of a keyed stream."""
    return [(key, value) for key, values in table.items() for value in values]


def grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Pairs by their first item."""
    found: dict[int, list[int]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


PRELUDE = """from __future__ import annotations

from motet import At, choreography, nondet, proof
from world import Client, Server, half, later
"""

WORLD = '''from __future__ import annotations

from collections.abc import AsyncIterator

from motet import Process


class Client(Process):
    """Has some."""


class Server(Process):
    """Has more."""


async def later(numbers: list[int]) -> AsyncIterator[int]:
    for number in numbers:
        yield number


def half(n: int) -> int | None:
    return n // 2 if n % 2 == 0 else None
'''
