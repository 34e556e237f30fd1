"""Random choreographies whose names move from location to location, and what each comes to by plain Python.

A name is bound again where somebody else had it, in arms, loops and patterns, behind early exits, by walruses, unpacked
or captured by local functions. No two locations have a part in one value that can be changed: so the source may run as
it stands, in one process, where a message is a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from properties.keeping import run
from properties.keeping_world import plain
from properties.moving_body import Body, Part
from properties.moving_world import world_source

PLACES = ("ann", "ben", "cat")
_HEAD = '''"""A random program."""

from __future__ import annotations

from typing import TypeVar

from motet import At, Failure, Process, choreography, concurrently

from world import Ann, Ben, Cat, mix, pair

P = TypeVar("P", bound=Process)
Q = TypeVar("Q", bound=Process)
'''


@dataclass(frozen=True, slots=True)
class Moving:
    """One program, made of a number."""

    seed: int

    @property
    def roles(self) -> tuple[str, ...]:
        """Who takes part."""
        return PLACES[: 2 + (self.seed % 3 > 0)]

    def make(self) -> str:
        """Its source."""
        random = Random(self.seed)
        parts: list[Part] = []
        texts = [_HEAD]
        for number in range(random.choice((0, 1, 2, 3))):
            generic = random.random() < 0.4
            roles = ("p", "q") if generic else tuple(random.sample(self.roles, 2))
            body = Body(random, roles, not generic, [p for p in parts if p.fits(roles)])
            part = body.part(f"part{number}")
            parts.append(part)
            texts.append(_text_of(part, body))
        body = Body(random, self.roles, True, parts)
        texts.append(_text_of(body.main(), body))
        return "".join(texts)

    def expected(self) -> dict[str, str]:
        """What it comes to."""
        space = plain(world_source(), self.make())
        found = run(space["main"](*(space[role.title()]() for role in self.roles)))
        return dict(zip(map(str.title, self.roles), found, strict=True))


def _text_of(part: Part, body: Body) -> str:
    params = [f"{role}: {role.title()}" for role in part.roles]
    params += [f"{p.name}: At[{p.said}, {_at(p.place)}]{p.default}" for p in part.params]
    gives = [f"At[{said}, {_at({place})}]" for said, place in part.results]
    result = gives[0] if len(gives) == 1 else f"tuple[{', '.join(gives)}]"
    head = f"\n\n@choreography\nasync def {part.name}({', '.join(params)}) -> {result}:\n"
    return head + "".join(f"{line}\n" for line in body.lines)


def _at(place: set[str] | frozenset[str]) -> str:
    return " | ".join(map(str.title, sorted(place)))
