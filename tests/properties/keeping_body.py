"""Writes random statements of a choreography whose values are changed, and have several names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from properties.keeping_values import (
    FROM_A_LIST,
    LEAVES,
    NEW,
    OWN_LEAVES,
    OWN_TREES,
    TREES,
    TYPES_MADE,
)
from properties.keeping_world import TYPES

ROLES = ("p", "q")


@dataclass(frozen=True, slots=True)
class Var:
    name: str
    type: str
    place: str


@dataclass(frozen=True, slots=True)
class Part:
    """A choreography that others call: its roles, the types and places of its parameters, and its results."""

    name: str
    roles: tuple[str, ...]
    params: tuple[Var, ...]
    results: tuple[tuple[str, str], ...]
    fuel: bool = False

    @property
    def generic(self) -> bool:
        return self.roles == ROLES


@dataclass(slots=True)
class Body:
    """Writes the body of one choreography. `stateful`: its roles are locations that have something."""

    random: Random
    roles: tuple[str, ...]
    stateful: bool
    parts: list[Part] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    vars: list[Var] = field(default_factory=list)
    results: tuple[tuple[str, str], ...] = ()
    indent: int = 1
    count: int = 0
    loops: int = 0

    def write(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def fresh(self, stem: str = "v") -> str:
        self.count += 1
        return f"{stem}{self.count}"

    @contextmanager
    def inner(self) -> Iterator[None]:
        """What is bound in here ends with it."""
        known = [*self.vars]
        self.indent += 1
        yield
        self.indent -= 1
        self.vars[:] = known

    def known(self, type_: str, place: str) -> list[str]:
        return [v.name for v in self.vars if v.type == type_ and v.place == place]

    def begin(self) -> None:
        """Each location has a list under some name."""
        for role in self.roles:
            value = f"{role}.rows" if self.stateful else f"[{self._digit()}]"
            self.write(f"{role}_rows: At[list[int], {role.title()}] = {value}")
            self.vars.append(Var(f"{role}_rows", "list", role))

    # Expressions

    def make(self, type_: str, at: str, depth: int = 2, sends: bool = True) -> str:
        """An expression at a location. `sends`: it may be received."""
        known = self.known(type_, at)
        if known and (depth <= 0 or self.chance(0.35)):
            return self.random.choice(known)
        if sends and depth > 0 and self.chance(0.22):
            sender = self.random.choice([r for r in self.roles if r != at])
            return f"(await {sender}.send({self.make(type_, sender, depth - 1)}, to={at}))"

        def part(kind: str, calm: bool = False) -> str:
            return self.make(kind, at, depth - 1, sends and not calm)

        options = [*LEAVES[type_], *(OWN_LEAVES[type_] if self.stateful else [])]
        if depth > 0:
            options += TREES[type_] * 2 + (OWN_TREES[type_] * 2 if self.stateful else [])
        return (
            self.random.choice(options)(at, part).replace("{p}", at).replace("{n}", self._digit())
        )

    def placed(self, type_: str, at: str, depth: int = 2, sends: bool = True) -> str:
        """As `make`, with something in it that is at the location and nowhere else."""
        names = [v.name for v in self.vars if v.place == at and v.name[0] not in "in"]
        own = re.compile(rf"\b({'|'.join(names)}|{at}\.(?!send|share)|to={at})\b")
        for _ in range(20):
            found = self.make(type_, at, depth, sends)
            if own.search(found):
                return found
        return FROM_A_LIST[type_].format(self.random.choice(self.known("list", at)))

    def _digit(self) -> str:
        return str(self.random.randrange(10))

    def changeable(self, at: str) -> str:
        """A list with a name, or what is in something that has one."""
        names = [*self.known("list", at)]
        names += [f"{n}.items" for n in self.known("bag", at)]
        names += [f"{n}.{part}" for n in self.known("two", at) for part in ("one", "other")]
        names += [f'{n}["a"]' for n in self.known("table", at)]
        names += [f"{n}[-1]" for n in self.known("rows", at)]
        if self.stateful:
            names += [f"{at}.rows", f'{at}.table["a"]', f"{at}.bag.items"]
        return self.random.choice(names)

    # Statements

    def block(self, budget: int) -> bool:
        """Some statements; whether what follows is reached."""
        for _ in range(self.random.randrange(1, budget + 1)):
            at = self.random.choice(self.roles)
            options: list[tuple[Callable[[str], bool | None], int]] = [
                (self._bind, 6),
                (self._change, 6),
                (self._assign, 3),
                (self._send, 2),
                (self._with, 1),
                (self._function, 1),
                (self._try, 1),
            ]
            if self.indent < 4:
                options += [(self._if, 2), (self._for, 2), (self._while, 1), (self._match, 1)]
            if self.parts:
                options += [(self._call, 5), (self._together, 1)]
            if self.stateful:
                options += [(self._attempt, 1), (self._own, 2)]
            chosen = self.random.choices([o for o, _ in options], [w for _, w in options])[0]
            if chosen(at) is False:
                return False
        return True

    def _bind(self, at: str) -> None:
        type_ = self.random.choice(TYPES_MADE)
        old = [name for name in self.known(type_, at) if name[0] not in "in"]  # what loops count
        if old and self.chance(0.3):
            self.write(f"{self.random.choice(old)} = {self.placed(type_, at)}")
            return
        value = self.make(type_, at)
        name = self.fresh()
        self.write(f"{name}: At[{TYPES[type_]}, {at.title()}] = {value}")
        self.vars.append(Var(name, type_, at))

    def _change(self, at: str) -> None:
        xs = self.changeable(at)
        n = self.placed("int", at)
        local = self.placed("int", at, sends=False)
        form = self.random.choice(
            (
                f"{xs}.append({n})",
                f"{xs}.extend({self.make('list', at)}[:3])",
                f"{xs}.insert({n} % 2, {self.make('int', at)})",
                f"{xs}.reverse()",
                f"del {xs}[: {local} % 2]",
                f"{xs}[: {n} % 2] = {self.make('list', at)}[:2]",
                f"{xs}.sort(key=lambda x: -x)",
            )
        )
        self.write(form)

    def _assign(self, at: str) -> None:
        """To what is in something, or more than one at once."""
        xs = self.changeable(at)
        tables, bags = self.known("table", at), self.known("bag", at)
        if self.stateful:
            tables, bags = [*tables, f"{at}.table"], [*bags, f"{at}.bag"]
        fixed = xs.endswith((".one", ".other"))
        forms = [f"{xs}.clear()"] if fixed else [f"{xs} += {self._simple('list', at)}[:2]"]
        if tables:
            table = self.random.choice(tables)
            forms += [
                f'{table}["b"] = {self.make("list", at)}',
                f'{table}["a"] += {self._simple("list", at)}[:2]',
            ]
        if bags:
            bag = self.random.choice(bags)
            forms += [
                f"{bag}.n += {self._simple('int', at)}",
                f"{bag}.items, {bag}.n = {self.make('list', at)}, {self.make('int', at)}",
                f"{bag}.items = {self.make('list', at)}",
            ]
        self.write(self.random.choice(forms))

    def _simple(self, type_: str, at: str) -> str:
        """A value that does nothing at its location but be received: `+=` receives before it reads its target."""
        if self.chance(0.5):
            sender = self.random.choice([r for r in self.roles if r != at])
            return f"(await {sender}.send({self.make(type_, sender, 2, sends=False)}, to={at}))"
        return self.make(type_, at, 2, sends=False)

    def _send(self, at: str) -> None:
        to = self.random.choice([r for r in self.roles if r != at])
        type_ = self.random.choice(TYPES_MADE)
        name = self.fresh()
        self.write(f"{name} = await {at}.send({self.placed(type_, at)}, to={to})")
        self.vars.append(Var(name, type_, to))

    def _own(self, at: str) -> None:
        self.write(
            self.random.choice(
                (
                    f"{at}.rows = {self.make('list', at)}",
                    f"{at}.keep({self.make('list', at)})",
                    f"{at}.bag = {self.make('bag', at)}",
                    f"{at}.grow({self.make('int', at)})",
                    f"{at}.rows, {at}.bag.items = {at}.bag.items, {at}.rows",
                )
            )
        )

    def _with(self, at: str) -> None:
        self.write(f"with {at}:")
        name = self.fresh()
        self.indent += 1
        self.write(f"{name} = {self.make('list', at, sends=False)}")
        self.write(f"for x in {self.make('list', at, sends=False)}[:3]:")
        self.write(f"    {self.changeable(at)}.append(x)")
        self.indent -= 1
        self.vars.append(Var(name, "list", at))

    def _function(self, at: str) -> None:
        """A lambda that changes what it captures."""
        name, xs = self.fresh("f"), self.fresh()
        self.write(f"{xs}: At[list[int], {at.title()}] = {self.make('list', at)}")
        self.vars.append(Var(xs, "list", at))
        self.write(f"{name} = lambda n: grown({xs}, n)")
        self.write(f"{name}({self.make('int', at, sends=False)})")
        if self.chance(0.5):
            self.write(f"{xs} = {self.make('list', at)}")
            self.write(f"{name}({self.make('int', at, sends=False)})")

    def _try(self, at: str) -> None:
        xs = self.changeable(at)
        self.write("try:")
        self.write(f"    {xs}.pop({self.make('int', at, 1, sends=False)} % 3)")
        self.write("except IndexError:")
        self.write(f"    {xs}.append({self.make('int', at, 1, sends=False)})")
        if self.chance(0.5):
            self.write("finally:")
            self.write(f"    {self.changeable(at)}.reverse()")

    def _attempt(self, at: str) -> None:
        result, name = self.fresh("r"), self.fresh()
        self.write(f"{result} = await {at}.attempt({at}.take, {self.make('list', at)})")
        self.write(f"{name} = len({result}.message) if isinstance({result}, Failure) else {result}")
        self.vars.append(Var(name, "int", at))

    def _told(self, at: str) -> str:
        """Something that all know then."""
        others = [r for r in self.roles if r != at]
        to = others[0] if len(others) == 1 else f"({', '.join(others)})"
        return (
            f"await {at}.share({self.placed('int', at)} % {self.random.choice('23')} == 0, to={to})"
        )

    def _if(self, at: str) -> bool | None:
        if self.chance(0.3):  # one of them alone
            self.write(f"if {self.placed('int', at)} % 2:")
            self.write(f"    {self.changeable(at)}.append({self.make('int', at, sends=False)})")
            if self.chance(0.5):
                self.write("else:")
                self.write(f"    {self.changeable(at)}.clear()")
            return None
        self.write(f"if {self._told(at)}:")
        leaves = self.chance(0.3)
        both = self.fresh()
        role = self.random.choice(self.roles)
        with self.inner():
            alive = self.block(2)
            if alive and leaves:
                self._leave()
                alive = False
            elif alive:
                self.write(f"{both}: At[list[int], {role.title()}] = {self.make('list', role)}")
        if not alive:
            return None
        self.write("else:")
        with self.inner():
            other = self.block(2)
            if other:
                self.write(f"{both} = {self.make('list', role)}")
        if other:
            self.vars.append(Var(both, "list", role))
        return None

    def _leave(self) -> None:
        if self.loops and self.chance(0.6):
            self.write(self.random.choice(("break", "continue")))
        else:
            self.returns()

    def _for(self, at: str) -> None:
        name = self.fresh("i")
        if self.chance(0.4):
            self.write(f"for {name} in {self.placed('list', at)}[:3]:")
            self.write(f"    {self.changeable(at)}.append({name})")
            return
        others = [r for r in self.roles if r != at]
        to = others[0] if len(others) == 1 else f"({', '.join(others)})"
        self.write(
            f"for {name} in await {at}.share(tuple({self.placed('list', at)}[:2]), to={to}):"
        )
        self._rounds(name)

    def _while(self, at: str) -> None:
        name = self.fresh("n")
        self.write(f"{name} = 0")
        self.write(f"while {name} < 2:")
        self.write(f"    {name} += 1")
        self._rounds(name)

    def _rounds(self, name: str) -> None:
        self.loops += 1
        with self.inner():
            self.vars += [Var(name, "int", role) for role in self.roles]
            before = len(self.lines)
            self.block(2)
            if len(self.lines) == before:
                self.write("pass")
        self.loops -= 1
        if self.chance(0.2):
            self.write("else:")
            with self.inner():
                self._bind(self.random.choice(self.roles))

    def _match(self, at: str) -> None:
        first, rest = self.fresh("m"), self.fresh("m")
        self.write(f"match {self.placed('list', at)}:")
        self.write(f"    case [{first}, *{rest}]:")
        self.write(f"        {rest}.append({first})")
        self.write(f"        {self.changeable(at)}.extend({rest}[:2])")
        self.write("    case _:")
        self.write(f"        {self.changeable(at)}.append(1)")

    # Calls

    def invoked(self, part: Part, roles: tuple[str, ...], fuel: str = "2") -> tuple[str, list[str]]:
        """A call, and names for its results."""
        played = dict(zip(part.roles, roles, strict=True))
        args = [self.placed(v.type, played[v.place]) for v in part.params]
        names = [self.fresh() for _ in part.results]
        return f"{part.name}({', '.join([*roles, *args, *([fuel] if part.fuel else [])])})", names

    def called(self, part: Part, roles: tuple[str, ...], names: list[str]) -> None:
        """Its results are there."""
        played = dict(zip(part.roles, roles, strict=True))
        self.vars += [
            Var(name, type_, played[place])
            for name, (type_, place) in zip(names, part.results, strict=True)
        ]

    def _call(self, _: str) -> None:
        part = self.random.choice(self.parts)
        roles = part.roles
        if part.generic:
            first, second, *_ = self.random.sample(self.roles, len(self.roles))
            roles = (first, second)
        if not set(roles) <= set(self.roles):
            return
        call, names = self.invoked(part, roles)
        self.write(f"{', '.join(names)} = await {call}")
        self.called(part, roles, names)

    def _together(self, _: str) -> None:
        """Two calls at once, each with what nobody else has."""
        usable = [p for p in self.parts if p.generic]
        if not usable:
            return
        calls, targets, bound = [], [], []
        for part in (self.random.choice(usable), self.random.choice(usable)):
            first, second, *_ = self.random.sample(self.roles, len(self.roles))
            played = dict(zip(part.roles, (first, second), strict=True))
            args = [NEW[v.type].replace("{n}", self._digit()) for v in part.params]
            names = [self.fresh() for _ in part.results]
            more = ["1"] if part.fuel else []
            calls.append(f"{part.name}({', '.join([first, second, *args, *more])})")
            targets.append(names[0] if len(names) == 1 else f"({', '.join(names)})")
            bound += [Var(n, t, played[p]) for n, (t, p) in zip(names, part.results, strict=True)]
        self.write(f"{', '.join(targets)} = await concurrently({', '.join(calls)})")
        self.vars += bound

    def returns(self) -> None:
        """Give the results, or show all that there is."""
        self.write(f"return {', '.join(self._result(t, p) for t, p in self.results)}")

    def _result(self, type_: str, place: str) -> str:
        if type_ != "str":
            return self.make(type_, place, 1)
        shown = [f"{{{place}.show()}}", *(f"{{{v.name}}}" for v in self.vars if v.place == place)]
        return f'f"{" ".join(shown)}"'
