"""Expressions of one choreography, each with the locations that know it: by the rules of places, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

Place = frozenset[str]
SAID = {"int": "int", "pair": "tuple[int, int]", "list": "list[int]", "str": "str"}


@dataclass(frozen=True, slots=True)
class Var:
    """A name, or a parameter. `fixed`: a local function has it, and reads it later."""

    name: str
    type: str
    place: Place
    default: str = ""

    @property
    def said(self) -> str:
        """Its type, as programs say it."""
        return SAID[self.type]


@dataclass(frozen=True, slots=True)
class Part:
    """A choreography that others call: results by what they are said to be, and by place."""

    name: str
    roles: tuple[str, ...]
    params: tuple[Var, ...]
    results: tuple[tuple[str, str], ...]

    @property
    def generic(self) -> bool:
        """Whether any two locations may play its roles."""
        return self.roles == ("p", "q")

    def fits(self, roles: Sequence[str]) -> bool:
        """Whether it may be called where these are."""
        return self.generic or set(self.roles) <= set(roles)


@dataclass(slots=True)
class Values:
    """Makes expressions. `stateful`: the roles are locations that note what they do; `actors`: who may act here."""

    random: Random
    roles: tuple[str, ...]
    stateful: bool
    parts: list[Part]
    actors: Place = frozenset()
    vars: dict[str, Var] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)  # local ones, and where they are
    fixed: set[str] = field(default_factory=set)
    count: int = 0

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def digit(self) -> str:
        return str(self.random.randrange(8))

    def known(self, type_: str, at: Place) -> list[Var]:
        """The names of a type that all of some locations know."""
        return [v for v in self.vars.values() if v.type == type_ and v.place >= at]

    def others(self, at: str) -> list[str]:
        return sorted(self.actors - {at})

    # What everybody in `at` knows, and what nobody does anything for

    def calm(self, at: Place, depth: int = 2) -> tuple[str, Place]:
        """A number that all in `at` know, and who knows it."""
        known = self.known("int", at)
        if known and (depth <= 0 or self.chance(0.5)):
            var = self.random.choice(known)
            return var.name, var.place
        if depth <= 0:
            return self.digit(), frozenset(self.roles)
        one, here = self.calm(at, depth - 1)
        other, there = self.calm(at, depth - 1)
        place = here & there
        pairs = self.known("pair", at)
        match self.random.randrange(8):
            case 0:
                return f"mix({one})", here
            case 1:
                return f"mix({other}, {one})", place
            case 2:
                return f"({one} + {other}) % 23", place
            case 3:
                return f"({one} if {other} % 2 else {self.digit()})", place
            case 4:
                return f"int({one} < {other} <= {self.digit()})", place
            case 5 if pairs:
                var = self.random.choice(pairs)
                return f"{var.name}[{self.random.randrange(2)}]", var.place
            case 6:
                return f"pair({one}, right={other})[0]", place
            case 7:
                return f"max({one}, *pair({other}))", place
        return f"-{one}", here

    def calm_pair(self, at: Place) -> tuple[str, Place]:
        """A pair that all in `at` know."""
        known = self.known("pair", at)
        if known and self.chance(0.4):
            var = self.random.choice(known)
            return var.name, var.place
        (one, here), (other, there) = self.calm(at, 1), self.calm(at, 1)
        form = self.random.choice(("({0}, {1})", "pair({0}, right={1})"))
        return form.format(one, other), here & there

    # What one location evaluates: in Python's order

    def lively(self, at: str, depth: int = 2, sends: bool = True) -> str:
        """A number of one location, which may do something there, and may be received."""
        less = depth - 1
        if depth <= 0:
            return self.calm(frozenset({at}), 1)[0]
        options = ["calm", "sum", "if", "and", "chain", "text"]
        if self.stateful:
            options += ["note", "note", "last", "table", "item", "count", "slow", "comp"]
        if at in self.functions.values():
            options += ["function"] * 2
        if sends and self.others(at):
            options += ["send"] * 4 + ["call"] * 3
        one = self.lively(at, less, sends)
        match self.random.choice(options):
            case "sum":
                return f"({one} * 2 + {self.lively(at, less, sends)}) % 31"
            case "if":
                arms = (self.lively(at, less, False), self.lively(at, less, False))
                return f"({arms[0]} if {one} % 2 else {arms[1]})"
            case "and":
                word = self.random.choice(("and", "or"))
                return f"int({one} % 3 == 0 {word} {self.lively(at, less, False)} > 4)"
            case "chain":
                return (
                    f"int({one} < {self.lively(at, less, sends)} < {self.calm(frozenset({at}))[0]})"
                )
            case "text":
                return f"len(f'{{{one.replace(chr(39), chr(34))}}}')" if "'" not in one else one
            case "note":
                return f"{at}.note({one})"
            case "last":
                return f"{at}.last"
            case "slow":
                return f"(await {at}.slow({one}, by={self.digit()}))"
            case "table":
                return f"{at}.table[{one} % 3]"
            case "item":
                return f"{at}.items[{one} % len({at}.items)]"
            case "count":
                return f"(len({at}.log) + {one})"
            case "comp":
                return f"sum([x + {self.calm(frozenset({at}), 1)[0]} for x in {at}.items if x % 2])"
            case "function":
                names = [name for name, place in self.functions.items() if place == at]
                return f"{self.random.choice(names)}({one})"
            case "send":
                sender = self.random.choice(self.others(at))
                return f"(await {sender}.send({self.lively(sender, less)}, to={at}))"
            case "call":
                return self.called(at) or one
        return self.calm(frozenset({at}))[0]

    def called(self, at: str) -> str:
        """A call with one number as its result, there."""
        usable = [p for p in self.parts if len(p.results) == 1 and p.results[0][0] == "int"]
        self.random.shuffle(usable)
        for part in usable:
            played = self.cast(part, part.results[0][1], at)
            if played:
                return f"(await {self.invoked(part, played)})"
        return ""

    def cast(self, part: Part, role: str = "", player: str = "") -> dict[str, str]:
        """Who plays the roles, `player` one of them; nobody if they cannot be played."""
        if not part.generic:
            fits = set(part.roles) <= self.actors and (not role or role == player)
            return {r: r for r in part.roles} if fits else {}
        if len(self.actors) < 2:
            return {}
        one, other = self.random.sample(sorted(self.actors), 2)
        if role and one != player:
            one, other = player, self.random.choice(self.others(player))
        first = role or part.roles[0]
        second = next(r for r in part.roles if r != first)
        return {first: one, second: other}

    def invoked(self, part: Part, played: dict[str, str]) -> str:
        """The call, without `await`; some arguments by their names, in whatever order, and some left out."""
        args, named = [played[r] for r in part.roles], list[str]()
        for param in part.params:
            if param.default and (param.name == "fuel" or self.chance(0.4)):
                continue
            value = self.argument(param, frozenset(played[r] for r in param.place))
            if named or param.default or self.chance(0.2):
                named.append(f"{param.name}={value}")
            else:
                args.append(value)
        return f"{part.name}({', '.join([*args, *named])})"

    def argument(self, param: Var, at: Place) -> str:
        if param.type == "pair":
            return self.calm_pair(at)[0]
        if len(at) == 1 and self.stateful:
            return self.lively(next(iter(at)), 1)
        return self.calm(at)[0]

    # What all who act know

    def told(self) -> str:
        """A condition that all know who act here."""
        at = self.random.choice(sorted(self.actors))
        if len(self.actors) == 1:
            return f"{self.lively(at)} % 2 == 0"
        if self.chance(0.25):
            return f"{self.calm(self.actors)[0]} % 2 == 0"
        return f"{self.shared(at, self.actors)} % {self.random.choice('23')} == 0"

    def shared(self, at: str, to: Place, depth: int = 2) -> str:
        """A number of one location that the others in `to` are told, who did not know it."""
        receivers = sorted(to - {at})
        told = receivers[0] if len(receivers) == 1 else f"({', '.join(receivers)})"
        return f"(await {at}.share({self.own(at, depth)}, to={told}))"

    def own(self, at: str, depth: int = 2) -> str:
        """A number that one location alone knows."""
        value = self.lively(at, depth)
        if self.stateful:
            return f"{at}.note({value})" if self.chance(0.7) else f"({at}.n + {value})"
        alone = [v.name for v in self.known("int", frozenset({at})) if v.place == {at}]
        return f"({self.random.choice(alone)} + {value})" if alone else self.sent_first(at)

    def sent_first(self, at: str) -> str:
        sender = self.random.choice(self.others(at))
        return f"((await {sender}.send({self.calm(frozenset({sender}))[0]}, to={at})) + 1)"
