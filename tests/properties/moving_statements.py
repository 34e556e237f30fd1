"""Statements without others in them, of a choreography whose names move from location to location."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from properties.moving_values import Place, Values, Var

_NAMES = {"int": ("a", "b", "c", "d", "e", "f"), "pair": ("t", "u")}


@dataclass(slots=True)
class Statements(Values):
    """Writes them. `looping`: those who act in the loop around."""

    lines: list[str] = field(default_factory=list)
    indent: int = 1
    looping: Place | None = None

    def write(self, *texts: str) -> None:
        self.lines += ["    " * self.indent + text for text in texts]

    def name(self, place: Place, type_: str = "int") -> str:
        """A name to bind: often one that somebody else has."""
        free = [n for n in _NAMES[type_] if n not in self.fixed]
        for _ in range(4):
            name = self.random.choice(free) if free else self.fresh("v")
            old = self.vars.get(name)
            if old is None or self.looping is None or (old.place, old.type) == (place, type_):
                return name
        return self.fresh("v")

    def keep(self, name: str, type_: str, place: Place) -> None:
        self.vars[name] = Var(name, type_, place)

    def _bind(self, at: str) -> None:
        place = frozenset({at})
        if self.chance(0.5):
            value = self.lively(at)
            name = self.name(place)
            self.write(
                f"{name}: At[int, {at.title()}] = {value}"
                if self._first(name)
                else f"{name} = {self._there(at, value)}"
            )
            self.keep(name, "int", place)
            return
        wide = frozenset(
            self.random.sample(sorted(self.actors), self.random.randrange(1, len(self.actors) + 1))
        )
        make = self.random.choice(("int", "pair"))
        value, known = self.calm(wide) if make == "int" else self.calm_pair(wide)
        if not known <= self.actors:
            return  # somebody would bind it who does not act here
        name = self.name(known, make)
        self.write(f"{name} = {value}")
        self.keep(name, make, known)

    def _first(self, name: str) -> bool:
        """Whether a name may still be declared: nothing has bound it in the choreography."""
        return not any(re.search(rf"\b{name}\b", line) for line in self.lines)

    def _there(self, at: str, value: str) -> str:
        """The same value, of which it is plain where it is."""
        return f"({at}_own * 0 + {value})"

    def _move(self, at: str) -> None:
        """A value goes to where another one had its name."""
        if not self.others(at):
            return
        if self.chance(0.6):
            to = self.random.choice(self.others(at))
            value = f"await {at}.send({self.lively(at)}, to={to})"
            place = frozenset({to})
        else:
            told = self.random.sample(
                self.others(at), self.random.randrange(1, len(self.others(at)) + 1)
            )
            place = frozenset({at, *told})
            value = self.shared(at, place)
        name = self.name(place)
        self.write(f"{name} = {value}")
        self.keep(name, "int", place)

    def _unpack(self, at: str) -> None:
        places = [frozenset({at}), frozenset({self.random.choice(sorted(self.actors))})]
        names = [self.name(places[0])]
        names.append(self.name(places[1]))
        if names[0] == names[1]:
            return
        match self.random.randrange(4):
            case 0:
                values = [self._there(*p, self.lively(*p)) for p in places]
                self.write(f"{', '.join(names)} = {', '.join(values)}")
            case 1:
                value, known = self.calm_pair(places[0])
                if not known <= self.actors or known != places[0]:
                    return
                self.write(f"{', '.join(names)} = {value}")
                places = [known, known]
            case 2 if self.stateful:
                self.write(f"{names[0]}, *_, {names[1]} = [{self.lively(at)}, *{at}.items]")
                places = [places[0], places[0]]
            case 3 if self.stateful:
                self.write(
                    f"({names[0]}, {names[1]}), {at}.pair = {at}.pair, ({self.lively(at)}, 3)"
                )
                places = [places[0], places[0]]
            case _:
                return
        if any(self._moves(n, p) for n, p in zip(names, places, strict=True)):
            self.lines.pop()
            return
        for name, place in zip(names, places, strict=True):
            self.keep(name, "int", place)

    def _moves(self, name: str, place: Place) -> bool:
        """Whether a loop would go on with a name elsewhere than it began."""
        old = self.vars.get(name)
        return (
            self.looping is not None and old is not None and (old.place, old.type) != (place, "int")
        )

    def _increase(self, at: str) -> None:
        known = [
            v
            for v in self.known("int", frozenset({at}))
            if v.place <= self.actors and v.name not in self.fixed
        ]
        if not known:
            return
        var = self.random.choice(known)
        if var.place == {at} and self.others(at) and self.chance(0.5):
            sender = self.random.choice(self.others(at))
            self.write(f"{var.name} += await {sender}.send({self.lively(sender)}, to={at})")
        else:
            value, place = self.calm(var.place)
            self.write(f"{var.name} {self.random.choice('+-')}= {value}")
            self.keep(var.name, "int", var.place & place)

    def _effect(self, at: str) -> None:
        value = self.lively(at)
        calm = self.calm(frozenset({at}))[0]
        forms = (
            f"{at}.note({value})",
            f"{at}.sum += {value}",
            f"{at}.table[{calm} % 3] = {value}",
            f"{at}.table[{calm} % 3] += {calm}",
            f"{at}.items.append({value})",
            f"{at}.items[-1:] = [{value}, {value}]",
            f"{at}.pair = {at}.pair[1], {value}",
            f"await {at}.slow({value})",
            f"assert {at}.asks({value}) or True",
        )
        self.write(self.random.choice(forms))

    def _with(self, at: str) -> None:
        """A block: names of its own, which others may have, loops and functions."""
        inner, name = self.fresh("w"), self.name(frozenset({at}))
        value = self.lively(at, 2, sends=False)
        self.write(f"with {at}:", f"    {inner} = {value}")
        match self.random.randrange(3):
            case 0:
                self.write(
                    f"    for {name} in range({inner} % 3 + 1):",
                    f"        if {name} == 2:",
                    "            break",
                    f"        {inner} += {name}",
                    "    else:",
                    f"        {inner} -= 1",
                    f"    {name} = {inner}",
                )
            case 1:
                self.write(
                    "    def more(by: int = 2) -> int:",
                    f"        nonlocal {inner}",
                    f"        {inner} += by",
                    f"        return {inner}",
                    "",
                    f"    {name} = more() + more({self.calm(frozenset({at}))[0]})",
                )
            case _:
                self.write(
                    "    try:",
                    f"        {name} = 12 // ({inner} % 3)",
                    "    except ZeroDivisionError:",
                    f"        {name} = 1",
                    "    finally:",
                    f"        {inner} = 3",
                )
        self.keep(inner, "int", frozenset({at}))
        self.keep(name, "int", frozenset({at}))

    def _both(self, _: str) -> None:
        place = self.actors
        value, _known = self.calm(place)
        name = self.name(place)
        inner = self.fresh("w")
        self.write(
            f"with {', '.join(sorted(place))}:",
            f"    {inner} = [{value}, {self.digit()}]",
            f"    {inner}.reverse()",
            f"    {name} = {inner}[0] + {inner}.pop()",
        )
        self.keep(name, "int", place)

    def _function(self, at: str) -> None:
        """A local function, which reads what is bound before it, and is not bound again."""
        if self.looping is not None:
            return
        read = self.random.choice(self.known("int", frozenset({at})))
        name = self.fresh("g")
        effect = f"{at}.note(k)" if self.stateful else "k"
        self.fixed.add(read.name)
        if self.stateful and self.chance(0.5):
            self.write(f"{name} = lambda k: ({read.name} + {at}_own * 2 + {effect}) % 29")
        else:
            self.write(f"def {name}(k: int, by: int = 3) -> int:")
            self.write(f"    return ({read.name} * by + {at}_own + {effect}) % 29", "")
        self.fixed.add(f"{at}_own")
        self.functions[name] = at

    def _walrus(self, at: str) -> None:
        place = frozenset({at})
        name, other = self.name(place), self.fresh("v")
        if self._moves(name, place):
            return
        value = self.lively(at)
        self.keep(name, "int", place)
        self.write(
            f"{other} = ({name} := {self._there(at, value)}) * 2 + {self.lively(at, 1, sends=False)}"
        )
        self.keep(other, "int", place)

    def _try(self, at: str) -> None:
        name = self.fresh("v")
        self.write(
            "try:",
            f"    {name} = {at}.risky({self.lively(at, 1, sends=False)})",
            "except ValueError:",
            f"    {name} = {at}.note(1)",
            "else:",
            f"    {name} += 1",
            "finally:",
            f"    {at}.sum += {self.calm(frozenset({at}))[0]}",
        )
        self.keep(name, "int", frozenset({at}))

    def _attempt(self, at: str) -> None:
        result, name = self.fresh("r"), self.name(frozenset({at}))
        self.write(f"{result} = await {at}.attempt({at}.risky, {self.lively(at)})")
        self.write(f"{name} = len({result}.message) if isinstance({result}, Failure) else {result}")
        self.keep(name, "int", frozenset({at}))

    def _local_loop(self, at: str) -> None:
        """A loop of one location."""
        item = self.fresh("i")
        self.write(f"for {item} in {at}.items[:3]:")
        self.write(f"    if {item} % 4 == {self.digit()}:")
        self.write(f"        {self.random.choice(('break', 'continue'))}")
        self.write(f"    {at}.note({item} + {self.calm(frozenset({at}))[0]})")
        if self.chance(0.4):
            self.write("else:", f"    {at}.sum += 7")
