"""Random choreographies whose values are changed, and have several names, and what each comes to by plain Python.

Every name is at one location, so that the source may run as it stands, in one process: only what is sent is copied.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from random import Random
from typing import Any

from properties.keeping_body import ROLES, Body, Part, Var
from properties.keeping_world import TYPES, plain, world_source

PLACES = ("ann", "ben", "cat")
_HEAD = f'''"""A random program."""

from __future__ import annotations

from typing import TypeVar

from motet import At, Failure, Process, choreography, concurrently, nondet

from world import {", ".join(["Ann", "Bag", "Ben", "Cat", "Two", "grown", "joined", "pushed"])}

P = TypeVar("P", bound=Process)
Q = TypeVar("Q", bound=Process)
'''


@dataclass(frozen=True, slots=True)
class Keeping:
    """One program, made of a number."""

    seed: int

    def make(self) -> str:
        """Its source."""
        random = Random(self.seed)
        parts: list[Part] = []
        texts = []
        for number in range(random.choice((0, 1, 2, 3))):
            part, text = _part(random, f"part{number}", [*parts])
            parts.append(part)
            texts.append(text)
        body = Body(
            random, self.roles, True, [p for p in parts if set(p.roles) <= {*self.roles, *ROLES}]
        )
        body.results = tuple(("str", role) for role in self.roles)
        body.begin()
        if body.block(random.choice((4, 7, 10))):
            body.returns()
        return "".join([_HEAD, *texts, _text_of("main", body, ())])

    @property
    def roles(self) -> tuple[str, ...]:
        """Who takes part."""
        return PLACES[: 2 + (self.seed % 3 > 0)]

    def expected(self) -> dict[str, str]:
        """What it comes to."""
        space = plain(world_source(), self.make())
        found = run(space["main"](*(space[role.title()]() for role in self.roles)))
        return dict(zip(map(str.title, self.roles), found, strict=True))


def _part(random: Random, name: str, parts: list[Part]) -> tuple[Part, str]:
    stateful = random.random() < 0.4
    roles = tuple(random.sample(PLACES, random.choice((2, 3)))) if stateful else ROLES
    places = [random.choice(roles) for _ in range(random.randrange(1, 4))]
    params = tuple(
        Var(f"x{number}", random.choice(("list", "list", "bag", "table", "int")), place)
        for number, place in enumerate(places)
    )
    made = random.choice((1, 1, 2, 3))
    results = tuple(
        (random.choice(("list", "list", "bag", "int")), random.choice(roles)) for _ in range(made)
    )
    body = Body(random, roles, stateful, [p for p in parts if set(p.roles) <= {*roles, *ROLES}])
    body.results = results
    body.vars += params
    body.begin()
    deeper = random.random() < 0.3
    if deeper:
        body.write("if fuel <= 0:")
        with body.inner():
            body.returns()
    alive = body.block(random.choice((2, 4)))
    part = Part(name, roles, params, results, deeper)
    if alive and deeper:
        other = roles if stateful else tuple(random.sample(roles, 2))
        call, names = body.invoked(part, other, "fuel - 1")
        body.write(f"{', '.join(names)} = await {call}")
        body.called(part, other, names)
    if alive:
        body.returns()
    fuel = (f"fuel: At[int, {' | '.join(map(str.title, roles))}]",) if deeper else ()
    return part, _text_of(name, body, params, fuel)


def _text_of(name: str, body: Body, params: tuple[Var, ...], more: tuple[str, ...] = ()) -> str:
    parts = [f"{role}: {role.title()}" for role in body.roles]
    parts += [f"{v.name}: At[{TYPES[v.type]}, {v.place.title()}]" for v in params]
    gives = [f"At[{TYPES[type_]}, {place.title()}]" for type_, place in body.results]
    result = gives[0] if len(gives) == 1 else f"tuple[{', '.join(gives)}]"
    head = f"\n\n@choreography\nasync def {name}({', '.join((*parts, *more))}) -> {result}:\n"
    return head + "".join(f"{line}\n" for line in body.lines)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("something waits")
