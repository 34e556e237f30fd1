"""Writes the body of a choreography whose names move from location to location: choices, loops and calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from properties.moving_statements import Statements
from properties.moving_values import Part, Place, Var

__all__ = ["Body", "Part"]


@dataclass(slots=True)
class Body(Statements):
    """The body of one choreography. `everyone`: all who act in it at all."""

    everyone: Place = frozenset()
    results: tuple[tuple[str, str], ...] = ()

    # The whole

    def main(self) -> Part:
        """The body of a program: each location shows what it has."""
        self._begin()
        if self.block(self.random.choice((4, 7, 10))):
            self._shows()
        return Part("main", self.roles, (), tuple(("str", role) for role in self.roles))

    def part(self, name: str) -> Part:
        """The body of a choreography that others call."""
        params = tuple(self._parameters())
        self.vars |= {p.name: p for p in params}
        made = self.random.choice((1, 1, 1, 2))
        self.results = tuple(("int", self.random.choice(self.roles)) for _ in range(made))
        self.fixed |= {"fuel"}
        self._begin()
        deeper = self.chance(0.3)
        if deeper:
            self.write("if fuel <= 0:")
            self._inner(self._returns)
        part = Part(name, self.roles, params, self.results)
        alive = self.block(self.random.choice((2, 4)))
        if alive and deeper:
            played = self.cast(part)
            call = self.invoked(part, played)
            self._bind_results(part, played, f"await {call[:-1]}, fuel=fuel - 1)")
        if alive:
            self._returns()
        fuel = (Var("fuel", "int", frozenset(self.roles), " = 2"),) if deeper else ()
        return Part(name, self.roles, (*params, *fuel), self.results)

    def _parameters(self) -> Iterator[Var]:
        for number in range(self.random.randrange(1, 4)):
            many = self.random.choice((1, 1, 2))
            place = frozenset(self.random.sample(self.roles, many))
            type_ = self.random.choice(("int", "int", "pair"))
            default = {"int": " = 4", "pair": " = (1, 2)"}[type_] if number == 2 else ""
            yield Var(f"x{number}", type_, place, default)

    def _begin(self) -> None:
        self.actors = self.everyone = frozenset(self.roles)
        for role in self.roles:
            if self.stateful:
                value = f"{role}.note({self.digit()})"
            else:
                value = self.calm(frozenset({role}))[0]
            self.write(f"{role}_own: At[int, {role.title()}] = {value}")
            self.vars[f"{role}_own"] = Var(f"{role}_own", "int", frozenset({role}))

    def _returns(self) -> None:
        given = [self.lively(place, 2) for _, place in self.results]
        self.write(f"return {', '.join(given)}")

    def _shows(self) -> None:
        texts = []
        for role in self.roles:
            names = sorted(v.name for v in self.vars.values() if role in v.place)
            texts.append(f'f"{{{role}.show()}} {" ".join(f"{{{n}}}" for n in names)}"')
        self.write(f"return {', '.join(texts)}")

    def _leave(self) -> None:
        if self.looping is not None and self.chance(0.6):
            self.write(self.random.choice(("break", "continue")))
        elif self.results:
            self._returns()
        else:
            self._shows()

    # Statements

    def block(self, budget: int) -> bool:
        """Some statements; whether what follows is reached."""
        before = len(self.lines)
        for _ in range(self.random.randrange(1, budget + 1)):
            if self._statement() is False:
                return False
        if len(self.lines) == before:
            self.write("pass")
        return True

    def _statement(self) -> bool | None:
        at = self.random.choice(sorted(self.actors))
        options: list[tuple[Callable[[str], bool | None], int]] = [
            (self._bind, 5),
            (self._move, 5),
            (self._unpack, 3),
            (self._increase, 3),
            (self._with, 2),
            (self._both, 1),
            (self._function, 2),
            (self._walrus, 2),
        ]
        if self.stateful:
            options += [
                (self._effect, 4),
                (self._try, 2),
                (self._attempt, 2),
                (self._local_loop, 2),
            ]
        if self.indent < 4:
            options += [(self._if, 4), (self._for, 3), (self._while, 2), (self._match, 3)]
        if self.parts:
            options += [(self._call, 4), (self._together, 1)]
        chosen = self.random.choices([o for o, _ in options], [w for _, w in options])[0]
        return chosen(at)

    # Choices

    @contextmanager
    def inner(self, actors: Place) -> Iterator[None]:
        outer = self.actors
        self.actors, self.indent = actors, self.indent + 1
        yield
        self.actors, self.indent = outer, self.indent - 1

    def _inner(self, act: Callable[[], None]) -> None:
        with self.inner(self.actors):
            act()

    def _arm(self, actors: Place, may_leave: bool) -> dict[str, Var] | None:
        """The names behind an arm; None if nothing is reached there."""
        before = dict(self.vars), dict(self.functions)
        with self.inner(actors):
            alive = self.block(2)
            if alive and may_leave and self.chance(0.35):
                self._leave()
                alive = False
        after = self.vars
        self.vars, self.functions = before
        return after if alive else None

    def _join(self, arms: list[dict[str, Var] | None], decided: Place) -> bool | None:
        """What is known behind a choice, by whoever knows the condition."""
        alive = [arm for arm in arms if arm is not None]
        if not alive:
            return False
        before = self.vars
        names = set.intersection(*(set(arm) for arm in alive))
        if len(alive) < len(arms):  # mypy takes what is bound in the others alone for unbound
            names &= set(before)
        self.vars = {}
        for name in sorted(names):
            found = [arm[name] for arm in alive]
            untouched = all(v is before.get(name) for v in found)
            place = frozenset.intersection(*(v.place for v in found))
            place = place if untouched else place & decided
            if place and len({v.type for v in found}) == 1:
                self.vars[name] = found[0] if untouched else Var(name, found[0].type, place)
        return None

    def _decided(self, at: str) -> tuple[str, Place]:
        """A condition, and who acts under it."""
        if len(self.actors) > 2 and self.chance(0.4):
            some = frozenset({at, self.random.choice(self.others(at))})
            outer, self.actors = self.actors, some
            found = self.told()
            self.actors = outer
            return found, some
        return self.told(), self.actors

    def _may_leave(self, actors: Place) -> bool:
        return (
            actors == self.everyone
            if self.looping is None
            else actors == self.looping == self.everyone
        )

    def _if(self, at: str) -> bool | None:
        test, actors = self._decided(at)
        leaves = self._may_leave(actors)
        self.write(f"if {test}:")
        arms = [self._arm(actors, leaves)]
        if self.chance(0.3) and actors == self.actors:
            self.write(f"elif {self.told()}:")
            arms.append(self._arm(actors, leaves))
        if self.chance(0.6):
            self.write("else:")
            arms.append(self._arm(actors, leaves))
        else:
            arms.append(dict(self.vars))
        return self._join(arms, actors)

    def _match(self, at: str) -> bool | None:
        if self.looping is not None:
            return None
        actors, leaves = self.actors, self._may_leave(self.actors)
        subject = self.shared(at, actors) if len(actors) > 1 else self.lively(at)
        first, last = self.name(actors), self.random.choice((self.name(actors), "_"))
        guard = f"{first} % 2 and {self.calm(actors)[0]} > 2"
        self.write(f"match {subject}:")
        cases = [("0 | 5 | 11", ""), (f"{first} if {guard}", first), (last, last)]
        arms = []
        self.indent += 1
        for pattern, bound in cases:
            before = dict(self.vars)
            if bound == last:
                self.vars.pop(first, None)  # a guard that failed has bound it
            if bound not in ("", "_"):
                self.keep(bound, "int", actors)
            self.write(f"case {pattern}:")
            arms.append(self._arm(actors, leaves))
            self.vars = before
        self.indent -= 1
        result = self._join(arms, actors)
        for name in (first, last):
            self.vars.pop(name, None)  # mypy takes it for unbound there
        return result

    def _rounds(self, counts: str = "") -> None:
        """The body of a loop: what it binds ends with it, and what was there stays where it was."""
        outer, self.looping = self.looping, self.actors
        before, functions = dict(self.vars), dict(self.functions)
        with self.inner(self.actors):
            alive = self.block(3)
            if alive and self.chance(0.3) and self._may_leave(self.actors):
                self.write(f"if {self.told()}:")
                self._inner(self._leave)
                self._statement()
        self.looping = outer
        self.vars, self.functions = before, functions
        self.vars.pop(counts, None)
        if self.chance(0.3):
            self.write("else:")
            with self.inner(self.actors):
                self._effect(sorted(self.actors)[0]) if self.stateful else self.write("pass")

    def _for(self, at: str) -> bool | None:
        name = self.fresh("i")
        number = self.calm(self.actors)[0] if self.chance(0.4) else self.digit()
        over = f"range({number} % 3 + 1)"
        if self.chance(0.5) and len(self.actors) > 1 and self.stateful:
            over = f"range({self.shared(at, self.actors)} % 3)"
        self.write(f"for {name} in {over}:")
        self.keep(name, "int", self.actors)
        self.fixed.add(name)
        self._rounds(name)
        return None

    def _while(self, at: str) -> bool | None:
        name = self.fresh("n")
        self.write(f"{name} = 0")
        self.keep(name, "int", frozenset(self.roles))
        if not frozenset(self.roles) <= self.actors:
            self.lines.pop()
            del self.vars[name]
            return None
        self.fixed.add(name)
        more = f" and {self.told()}" if self.chance(0.5) else ""
        self.write(f"while {name} < {self.random.choice('23')}{more}:", f"    {name} += 1")
        self._rounds()
        return None

    # Calls

    def _bind_results(self, part: Part, played: dict[str, str], call: str) -> None:
        places = [frozenset({played[place]}) for _, place in part.results]
        names = [self.name(place) for place in places]
        if len(set(names)) < len(names) or any(map(self._moves, names, places)):
            names = [self.fresh("v") for _ in names]
        self.write(f"{', '.join(names)} = {call}")
        for name, place in zip(names, places, strict=True):
            self.keep(name, "int", place)

    def _call(self, _: str) -> None:
        part = self.random.choice(self.parts)
        if played := self.cast(part):
            self._bind_results(part, played, f"await {self.invoked(part, played)}")

    def _together(self, _: str) -> None:
        """Two calls at once, of what has no state."""
        usable = [p for p in self.parts if p.generic and len(p.results) == 1]
        if not usable or len(self.actors) < 2:
            return
        made = []
        for part in (self.random.choice(usable), self.random.choice(usable)):
            played = self.cast(part)
            values = [p for p in part.params if not p.default]
            args = [
                *(played[r] for r in part.roles),
                *("(1, 4)" if p.type == "pair" else self.digit() for p in values),
            ]
            made.append((f"{part.name}({', '.join(args)})", played[part.results[0][1]]))
        names = [self.fresh("v"), self.fresh("v")]
        self.write(f"{', '.join(names)} = await concurrently({', '.join(c for c, _ in made)})")
        for name, (_, place) in zip(names, made, strict=True):
            self.keep(name, "int", frozenset({place}))
