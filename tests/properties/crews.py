"""Random choreographies of a cluster whose members change what they have, made together with what comes of each.

Every statement is written and done at once, on what each node has: what is sent is copied, nothing else is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from random import Random
from typing import Any

from properties.keeping_world import copied

_HEAD = '''"""A random program."""

from __future__ import annotations

from motet import At, Each, choreography, nondet

from world import Back, Crew, Lead, joined, stepped


@choreography
async def handed(
    lead: Lead, crew: Crew, given: At[list[int], Lead], own: Each[list[int], Crew]
) -> tuple[At[list[int], Lead], Each[list[int], Crew]]:
    got = await lead.scatter({m: given for m in crew.members}, to=crew)
    own.extend(got[:2])
    told = await crew.reduce(own, joined, to=lead)
    given.append(len(told))
    return given, own


@choreography
async def main(
    lead: Lead, back: Back, crew: Crew
) -> tuple[At[str, Lead], At[str, Back], Each[str, Crew]]:
'''
WORLD = '''"""Locations with a list each, and functions that change lists."""

from __future__ import annotations

from motet import Cluster, Process


def joined(xs: list[int], others: list[int]) -> list[int]:
    xs.extend(others[:3])
    return xs


def stepped(xs: list[int], n: int) -> list[int]:
    xs.append(n)
    return xs


class Lead(Process):
    def __init__(self) -> None:
        self.rows = [1]


class Back(Process):
    def __init__(self) -> None:
        self.rows = [2]


class Crew(Cluster):
    def __init__(self) -> None:
        self.rows = [3]
'''


def _joined(xs: list[int], others: list[int]) -> list[int]:
    xs.extend(others[:3])
    return xs


@dataclass(slots=True)
class Crews:
    """One program. What a process has is by name; what members have is a list, one for each."""

    random: Random
    lines: list[str] = field(default_factory=list)
    at: dict[str, dict[str, Any]] = field(default_factory=dict)
    own: dict[str, list[Any]] = field(default_factory=dict)
    size: int = 1
    count: int = 0

    def make(self) -> str:
        """Its source."""
        if not self.lines:
            self.size = self.random.choice((1, 2, 3, 3))
            self.at = {"lead": {"lead.rows": [1]}, "back": {"back.rows": [2]}}
            self.own = {"crew.rows": [[3] for _ in range(self.size)]}
            for _ in range(self.random.choice((5, 9, 14))):
                self.random.choice(_STEPS)(self)
            self.lines.append(
                f"return {', '.join(self._shown(place) for place in ('lead', 'back', 'crew'))}"
            )
        return _HEAD + "".join(f"    {line}\n" for line in self.lines)

    def _shown(self, place: str) -> str:
        names = self.own if place == "crew" else self.at[place]
        return 'f"' + " ".join(f"{{{name}}}" for name in names) + '"'

    def expected(self) -> dict[str, Any]:
        """What it comes to."""
        self.make()
        ones = {place.title(): " ".join(map(str, have.values())) for place, have in self.at.items()}
        members = [" ".join(str(v[i]) for v in self.own.values()) for i in range(self.size)]
        return {**ones, "Crew": members}

    # Parts

    def write(self, *lines: str) -> None:
        self.lines += lines

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def digit(self) -> int:
        return self.random.randrange(10)

    def process(self) -> str:
        return self.random.choice(("lead", "back"))

    def one(self, place: str) -> tuple[str, list[int]]:
        """A list of a process."""
        return self.random.choice([*self.at[place].items()])

    def each(self) -> tuple[str, list[list[int]]]:
        """A list of each member."""
        return self.random.choice([*self.own.items()])

    def index(self) -> tuple[str, int]:
        """A member."""
        number = self.random.randrange(-self.size, self.size)
        return self.random.choice(
            (f"crew[{number}]", f"crew[{number} + len(crew) - len(crew)]")
        ), number


def _new(p: Crews) -> None:
    name, k = p.fresh(), p.digit()
    p.write(f"{name} = [crew.me.index, {k}]")
    p.own[name] = [[i, k] for i in range(p.size)]


def _alias(p: Crews) -> None:
    name, (other, have) = p.fresh(), p.each()
    p.write(f"{name} = {other}")
    p.own[name] = [*have]


def _append(p: Crews) -> None:
    (name, have), k = p.each(), p.digit()
    if p.random.random() < 0.5:
        p.write(f"{name}.append({k})")
        for xs in have:
            xs.append(k)
    else:
        p.write("if crew.me.index % 2 == 0:", f"    {name}.insert(0, {k})")
        for xs in have[::2]:
            xs.insert(0, k)


def _block(p: Crews) -> None:
    (name, have), (other, others) = p.each(), p.each()
    p.write("with crew:", f"    {name}.extend({other}[:2])", f"    {other}.append(len({name}))")
    for xs, ys in zip(have, others, strict=True):
        xs.extend(ys[:2])
        ys.append(len(xs))


def _member(p: Crews) -> None:
    (name, have), (seat, i), k = p.each(), p.index(), p.digit()
    if p.random.random() < 0.6 or name == "crew.rows":
        p.write(f"with {seat}:", f"    {name}.append({k})")
        have[i].append(k)
    else:
        p.write(f"with {seat}:", f"    {name} = [{k}]")
        have[i] = [k]


def _gather(p: Crews) -> None:
    (name, have), to, k = p.each(), p.process(), p.digit()
    got, one = p.fresh(), p.fresh()
    p.write(f"{got} = await crew.gather({name}, to={to})")
    p.write(f"with {to}:", f"    for x in {got}.values():", f"        x.append({k})")
    p.write(f"{one} = [*{got}.values()][-1]")
    found = [copied(xs) for xs in have]
    for xs in found:
        xs.append(k)
    p.at[to][one] = found[-1]
    whole = p.fresh()
    p.write(f"{whole} = [len(x) for x in {got}.values()]")
    p.at[to][whole] = [len(xs) for xs in found]


def _scatter(p: Crews) -> None:
    sender = p.process()
    (name, have), got, k = p.one(sender), p.fresh(), p.digit()
    if p.random.random() < 0.6:
        p.write(f"{got} = await {sender}.scatter({{m: {name} for m in crew.members}}, to=crew)")
        p.own[got] = [copied(have) for _ in range(p.size)]
    else:
        p.write(
            f"{got} = await {sender}.scatter("
            f"{{m: stepped({name}, m.index) for m in crew.members}}, to=crew)"
        )
        for i in range(p.size):
            have.append(i)
        p.own[got] = [copied(have) for _ in range(p.size)]
    p.write(f"{name}.append({k})")
    have.append(k)


def _shift(p: Crews) -> None:
    (name, have), got, by = p.each(), p.fresh(), p.random.choice((0, 1, 2, -1))
    p.write(f"{got} = await crew.shift({name}, {by})")
    p.own[got] = [copied(have[(i - by) % p.size]) for i in range(p.size)]


def _exchange(p: Crews) -> None:
    (name, have), got = p.each(), p.fresh()
    p.write(f"{got} = await crew.exchange({name}, len(crew) - 1 - crew.me.index)")
    p.own[got] = [copied(have[p.size - 1 - i]) for i in range(p.size)]


def _all_to_all(p: Crews) -> None:
    (name, have), got, mine = p.each(), p.fresh(), p.fresh()
    p.write(f"{got} = await crew.all_to_all({{m: {name} for m in crew.members}})")
    p.write("with crew:", f"    {mine} = {got}[crew.me]", f"    {mine}.append(len({name}))")
    p.own[mine] = [[*copied(xs), len(xs)] for xs in have]
    first = p.fresh()
    p.write(f"{first} = {got}[crew.members[0]]")
    p.own[first] = [p.own[mine][0] if i == 0 else copied(have[0]) for i in range(p.size)]


def _reduce(p: Crews) -> None:
    (name, have), to, got = p.each(), p.process(), p.fresh()
    p.write(f"{got} = await crew.reduce({name}, joined, to={to})")
    p.at[to][got] = reduce(_joined, map(copied, have))


def _to_member(p: Crews) -> None:
    sender, (seat, i) = p.process(), p.index()
    (name, have), (own, mine), got = p.one(sender), p.each(), p.fresh()
    p.write(f"{got} = await {sender}.send({name}, to={seat})")
    p.write(f"with {seat}:", f"    {got}.append(len({own}))", f"    {own}.extend({got}[:3])")
    arrived = copied(have)
    arrived.append(len(mine[i]))
    mine[i].extend(arrived[:3])
    p.write(f"{name}.reverse()")
    have.reverse()


def _from_member(p: Crews) -> None:
    to, (seat, i), (own, mine), got, k = p.process(), p.index(), p.each(), p.fresh(), p.digit()
    p.write(f"{got} = await {seat}.send({own}, to={to})", f"{own}.append({k})")
    p.at[to][got] = copied(mine[i])
    for xs in mine:
        xs.append(k)


def _to_a_member_of_all(p: Crews) -> None:
    (seat, i), (own, mine), got, k = p.index(), p.each(), p.fresh(), p.digit()
    p.write(f"{got} = await crew.gather({own}, to={seat})")
    p.write(f"with {seat}:", f"    for x in {got}.values():", f"        x.append({k})")
    p.write(f"    {own}.append(sum(map(len, {got}.values())))")
    mine[i].append(sum(len(xs) + 1 for xs in mine))


def _sessions(p: Crews) -> None:
    to, (own, mine), k = p.process(), p.each(), p.digit()
    got, back = p.fresh(), p.fresh()
    p.write(
        'for m in crew.each(nondet("each has its own")):',
        f"    {got} = await m.send({own}, to={to})"
        if own != "crew.rows"
        else f"    {got} = await m.send(m.rows, to={to})",
        "    with m:",
        f"        {own.replace('crew.', 'm.')}.append({k})",
        f"    with {to}:",
        f"        {got}.append({k})",
        f"    {back} = await {to}.send({got}, to=m)",
        "    with m:",
        f"        {own.replace('crew.', 'm.')}.extend({back}[-2:])",
    )
    for xs in mine:
        sent = [*xs, k]
        xs.append(k)
        xs.extend(sent[-2:])


def _send(p: Crews) -> None:
    sender = p.process()
    to = "back" if sender == "lead" else "lead"
    (name, have), got, k = p.one(sender), p.fresh(), p.digit()
    p.write(f"{got} = await {sender}.send(stepped({name}, {k}), to={to})", f"{name}.append({k})")
    have.append(k)
    p.at[to][got] = copied(have)
    have.append(k)


def _call(p: Crews) -> None:
    (name, have), (own, mine) = p.one("lead"), p.each()
    given, changed = p.fresh(), p.fresh()
    p.write(f"{given}, {changed} = await handed(lead, crew, {name}, {own})")
    arrived = [copied(have) for _ in mine]
    for xs, ys in zip(mine, arrived, strict=True):
        xs.extend(ys[:2])
    have.append(len(reduce(_joined, map(copied, mine))))
    p.at["lead"][given] = have
    p.own[changed] = [*mine]


_STEPS: list[Callable[[Crews], None]] = [
    _new,
    _alias,
    _append,
    _append,
    _block,
    _member,
    _gather,
    _scatter,
    _shift,
    _exchange,
    _all_to_all,
    _reduce,
    _to_member,
    _from_member,
    _to_a_member_of_all,
    _sessions,
    _send,
    _call,
]
