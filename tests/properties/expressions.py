"""Random expressions, local ones and messages, each with the place that the rules of the language give it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from properties.scope import EVERYWHERE, Function, Place, Role, Scope, Text, at

TYPES = ("int", "int", "int", "str", "tuple[int, ...]", "Colour", "Shape", "int | None")
COLOURS = ("red", "green", "blue")


class Expressions:
    """Writes expressions for one choreography."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.random = function.random

    # Who

    def processes(self, scope: Scope) -> list[str]:
        return sorted(r for r in scope.actors if not self.role(r).cluster)

    def clusters(self, scope: Scope) -> list[str]:
        return sorted(r for r in scope.actors if self.role(r).cluster)

    def role(self, name: str) -> Role:
        return self.function.roles[name]

    def own(self, roles: Sequence[str] | frozenset[str]) -> bool:
        """Whether only members of one cluster are asked, who may each have their own."""
        return len(roles) == 1 and self.role(next(iter(roles))).cluster

    def type(self) -> str:
        return self.random.choice(TYPES)

    # Local expressions

    def local(
        self,
        scope: Scope,
        type_: str,
        roles: frozenset[str],
        depth: int = 2,
        own: bool | None = None,
        calm: bool = False,
    ) -> Text:
        """Something that all of `roles` know. `own`: members may differ; `calm`: without methods."""
        own = self.own(roles) if own is None else own
        known = scope.known(type_, roles, own)
        if known and (depth <= 0 or self.function.chance(0.45)):
            var = self.random.choice(known)
            return Text(var.name, var.place)

        def part(kind: str) -> Text:
            return self.local(scope, kind, roles, depth - 1, own, calm)

        match type_:
            case "int":
                return self._int(scope, roles, depth, own, calm, part)
            case "bool":
                return self._bool(depth, part)
            case "str":
                if depth <= 0:
                    return Text(repr(self.random.choice(("", "a", "bc"))), EVERYWHERE)
                inner = part("int")
                return Text(f'f"{{{inner.code}}}{self.random.choice("xyz")}"', inner.place)
            case "tuple[int, ...]":
                parts = [part("int") for _ in range(self.random.randrange(1, 3))]
                return _joined(f"row({', '.join(p.code for p in parts)})", parts)
            case "Colour":
                inner = part("int")
                return Text(f"colour_of({inner.code})", inner.place)
            case "Shape":
                inner = part("int")
                return Text(f"shape_of({inner.code})", inner.place)
            case "int | None":
                inner = part("int")
                return Text(f"some({inner.code})", inner.place)
        raise AssertionError(type_)

    def _int(
        self,
        scope: Scope,
        roles: frozenset[str],
        depth: int,
        own: bool,
        calm: bool,
        part: Callable[[str], Text],
    ) -> Text:
        options = ["literal"]
        only = next(iter(roles)) if len(roles) == 1 else ""
        if depth > 0:
            options += ["sum", "sum", "mix", "if", "weigh", "tuple"]
            if (
                only
                and self.function.stateful
                and not calm
                and (own or not self.role(only).cluster)
            ):
                options += ["peek", "peek", "effect"]
        if own and self.role(only).cluster:
            options += ["rank", "rank"]
        crews = [r for r in self.function.roles.values() if r.cluster]
        if crews and not self.function.in_session:
            options.append("size")
        match self.random.choice(options):
            case "sum":
                left, right = part("int"), part("int")
                return _joined(
                    f"({left.code} {self.random.choice('+-*')} {right.code}) % 97", (left, right)
                )
            case "mix":
                left, right = part("int"), part("int")
                return _joined(f"mix({left.code}, {right.code})", (left, right))
            case "if":
                parts = (part("int"), part("bool"), part("int"))
                return _joined(f"({parts[0].code} if {parts[1].code} else {parts[2].code})", parts)
            case "weigh":
                inner = part(self.random.choice(TYPES[3:]))
                return Text(f"weigh({inner.code})", inner.place)
            case "tuple":
                inner = part("tuple[int, ...]")
                return Text(f"{self.random.choice(('len', 'sum'))}({inner.code})", inner.place)
            case "peek":
                inner = part("int")
                return Text(f"{only}.peek({inner.code})", Place(roles, own).meet(inner.place))
            case "effect":
                inner = part("int")
                method = "bump" if self.function.commutes else self.random.choice(("bump", "tick"))
                return Text(f"{only}.{method}({inner.code})", Place(roles, own).meet(inner.place))
            case "rank":
                return Text(f"{only}.me.index", at(only, own=True))
            case "size":
                return Text(f"len({self.random.choice(crews).name})", EVERYWHERE)
        return Text(str(self.random.randrange(10)), EVERYWHERE)

    def _bool(self, depth: int, part: Callable[[str], Text]) -> Text:
        left, right = part("int"), part("int")
        modulus = self.random.choice((2, 2, 3))
        plain = _joined(f"({left.code} + {right.code}) % {modulus} == 0", (left, right))
        if depth <= 0 or self.function.chance(0.6):
            return plain
        other = part("bool")
        if self.function.chance(0.3):
            return Text(f"not ({other.code})", other.place)
        return _joined(
            f"({plain.code} {self.random.choice(('and', 'or'))} {other.code})", (plain, other)
        )

    def placed(
        self, scope: Scope, type_: str, roles: frozenset[str], own: bool | None = None
    ) -> Text | None:
        """A local expression that has a place, since it names something that not everybody knows."""
        for _ in range(6):
            found = self.local(scope, type_, roles, 2, own)
            if found.place.roles is not None:
                return found
        return None

    # Messages

    def message(self, scope: Scope, type_: str, depth: int = 1) -> Text | None:
        """An expression that is received, or known to more than before."""
        kinds = ["send", "send", "send", "share", "share"]
        if self.clusters(scope) and not self.function.in_session and type_ == "int":
            kinds += ["cluster"] * 5
        match self.random.choice(kinds):
            case "send":
                return self.send(scope, type_, depth)
            case "share":
                return self.share(scope, type_)
        return self.collective(scope, self.random.choice(self.clusters(scope)))

    def sent(self, scope: Scope, type_: str, sender: str, depth: int) -> Text:
        """What a process sends: something local, or something it receives for this."""
        others = [p for p in self.processes(scope) if p != sender]
        if depth > 0 and others and self.function.chance(0.2):
            source = self.random.choice(others)
            inner = self.sent(scope, type_, source, depth - 1)
            received = f"await {source}.send({inner.code}, to={sender})"
            if type_ == "int" and self.function.chance(0.6):
                left, right = (self.local(scope, "int", frozenset({sender})) for _ in range(2))
                return Text(f"mix({left.code}, ({received}) + {right.code})", at(sender))
            return Text(received, at(sender))
        return self.local(scope, type_, frozenset({sender}))

    def send(self, scope: Scope, type_: str, depth: int = 1) -> Text | None:
        processes = self.processes(scope)
        if not processes or len(scope.actors) < 2:
            return None
        sender = self.random.choice(processes)
        receiver = self.random.choice(sorted(scope.actors - {sender}))
        value = self.sent(scope, type_, sender, depth)
        return Text(f"await {sender}.send({value.code}, to={receiver})", at(receiver))

    def share(
        self, scope: Scope, type_: str, wanted: frozenset[str] | None = None, sender: str = ""
    ) -> Text | None:
        """Told to `wanted`, or to some of those who do not know it yet."""
        processes = self.processes(scope)
        if not processes:
            return None
        sender = sender or self.random.choice(processes)
        for _ in range(5):
            value = self.placed(scope, type_, frozenset({sender}))
            if value is None or value.place.roles is None:
                continue
            impure = f"{sender}." in value.code
            known = value.place.roles & scope.actors
            if impure:
                known = frozenset({sender})
            others = sorted((wanted or scope.actors) - value.place.roles)
            if wanted is not None and not others:
                return Text(value.code, Place(known))
            if not others:
                continue
            told = (
                others
                if wanted is not None
                else self.random.sample(others, self.random.randrange(1, len(others) + 1))
            )
            to = told[0] if len(told) == 1 else f"({', '.join(told)})"
            return Text(
                f"await {sender}.share({value.code}, to={to})", Place(known | frozenset(told))
            )
        return None

    def collective(self, scope: Scope, crew: str) -> Text:
        """An operation of a cluster that gives an int."""
        value = self.local(scope, "int", frozenset({crew}), own=True).code
        processes = self.processes(scope)
        kinds = ["all_gather", "all_reduce", "all_to_all", "shift", "open", "exchange"]
        if processes:
            kinds += ["gather", "quorum", "reduce", "scatter", "member", "members"] * 2
        to = self.random.choice(processes) if processes else ""
        own, same = at(crew, own=True), at(crew)
        fold = self.random.choice(("max", "mix", "lambda a, b: (a * 2 + b) % 97"))
        match self.random.choice(kinds):
            case "all_gather":
                return Text(f"sum((await {crew}.all_gather({value})).values())", same)
            case "all_reduce":
                return Text(f"await {crew}.all_reduce({value}, {fold})", same)
            case "all_to_all":
                text = f"{{m: m.index + {value} for m in {crew}.members}}"
                return Text(f"sum((await {crew}.all_to_all({text})).values())", own)
            case "shift":
                by = self.random.choice(("", ", 2", ", by=-1", ", 0"))
                return Text(f"await {crew}.shift({value}{by})", own)
            case "open":
                by = self.random.choice(("", ", by=2", ", -1"))
                return Text(f"weigh(await {crew}.shift({value}{by}, wrap=False))", own)
            case "exchange":
                return Text(
                    f"await {crew}.exchange({value}, len({crew}) - 1 - {crew}.me.index)", own
                )
            case "gather":
                whole = f"(await {crew}.gather({value}, to={to})).values()"
                return Text(
                    self.random.choice((f"sum({whole})", f"sum(tuple({whole})[-1:])")), at(to)
                )
            case "quorum":
                same_value = self.local(scope, "int", frozenset({crew}), own=False, calm=True).code
                count = self.random.choice(("1", f"len({crew})", f"(len({crew}) + 1) // 2"))
                return Text(
                    f"sum((await {crew}.gather({same_value}, to={to}, at_least={count}, "
                    'why=nondet("all answer the same"))).values())',
                    at(to),
                )
            case "reduce":
                return Text(f"await {crew}.reduce({value}, {fold}, to={to})", at(to))
            case "scatter":
                local = self.local(scope, "int", frozenset({to})).code
                return Text(
                    f"await {to}.scatter({{m: m.index * 2 + {local} for m in {crew}.members}}, to={crew})",
                    own,
                )
            case "member":
                member = self.random.choice(
                    (f"{crew}[0]", f"{crew}[-1]", f"{crew}[len({crew}) // 2]")
                )
                same_value = self.local(scope, "int", frozenset({crew}), own=True, calm=True).code
                return Text(f"await {member}.send({same_value}, to={to})", at(to))
            case _:
                index = self.local(scope, "int", frozenset({crew, to}), own=False, calm=True).code
                same_value = self.local(scope, "int", frozenset({crew}), own=True, calm=True).code
                return Text(
                    f"await {crew}[({index}) % len({crew})].send({same_value}, to={to})", at(to)
                )

    # Conditions

    def condition(self, scope: Scope, type_: str = "bool") -> Text | None:
        """Something to decide by, and those among the actors who know it afterwards."""
        chosen = frozenset(
            self.random.sample(
                sorted(scope.actors), self.random.randrange(1, len(scope.actors) + 1)
            )
        )
        if self.function.chance(0.35):
            found = self.local(scope, type_, chosen, own=False, calm=len(chosen) > 1)
            return self._decided(scope, found)
        if (
            self.clusters(scope)
            and not self.function.in_session
            and self.function.chance(0.15)
            and type_ == "bool"
        ):
            crew = self.random.choice(self.clusters(scope))
            value = self.local(scope, "int", frozenset({crew}), own=True).code
            return Text(f"await {crew}.all_reduce({value}, max) % 2 == 0", at(crew))
        return self.share(scope, type_, chosen)

    def _decided(self, scope: Scope, found: Text) -> Text | None:
        if found.place.own:
            return None
        if found.place.roles is None:
            return found
        return Text(found.code, Place(found.place.roles & scope.actors))


def _joined(code: str, parts: Sequence[Text]) -> Text:
    place = EVERYWHERE
    for part in parts:
        place = place.meet(part.place)
    return Text(code, place)
