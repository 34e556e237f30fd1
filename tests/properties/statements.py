"""Random statements: what is written keeps to the rules of places, so a program is well placed as it is made."""

from __future__ import annotations

from collections.abc import Callable

from properties.expressions import Expressions
from properties.scope import Function, Place, Role, Scope, Signature, Text, Var, at


class Statements:
    """Writes the body of one choreography."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.random = function.random
        self.make = Expressions(function)

    def block(self, scope: Scope) -> bool:
        """Some statements; whether what follows them is reached. What a `for` binds may be used in them."""
        before = len(self.function.lines)
        for _ in range(self.random.randrange(1, scope.budget + 1)):
            if not scope.actors:
                break
            if self.statement(scope) is False:
                return False
        if len(self.function.lines) == before:
            self.function.write(scope, "pass")
        return True

    def statement(self, scope: Scope) -> bool | None:
        """One statement; False after an exit."""
        options: list[tuple[Callable[[Scope], bool | None], int]] = [
            (self._assign, 3),
            (self._receive, 6),
            (self._rebind, 3),
            (self._append, 2),
            (self._with, 2),
            (self._choice_expression, 2),
        ]
        if self.function.stateful:
            options += [(self._effect, 4), (self._attempt, 1), (self._assign_several, 2)]
        if scope.depth < 3:
            options += [(self._if, 4), (self._for, 2), (self._while, 2), (self._match, 2)]
            if not self.function.in_session:
                options += [(self._call, 4), (self._concurrently, 2)]
                if self.function.stateful:
                    options += [(self._each, 2)]
        if self.make.clusters(scope) and not self.function.in_session:
            options += [(self._own_choice, 1), (self._member, 1)]
            if scope.depth < 3:
                options += [(self._member_call, 2)]
        if self.function.in_session:
            options += [(self._session_call, 3)]
        chosen = self.random.choices([o for o, _ in options], [w for _, w in options])[0]
        return chosen(scope)

    # Values

    def _keep(self, scope: Scope, text: Text, type_: str) -> None:
        name = self.function.fresh("v")
        self.function.write(scope, f"{name} = {text.code}")
        scope.bind(name, type_, text.place)

    def _assign(self, scope: Scope) -> None:
        type_ = self.make.type()
        role = self.random.choice(sorted(scope.actors))
        text = self.make.placed(scope, type_, frozenset({role}))
        if text is not None:
            self._keep(scope, text, type_)

    def _assign_several(self, scope: Scope) -> None:
        """One assignment at two locations; the second value reads what the first target is bound to."""
        var = self._bindable(scope)
        if var is None or len(var.place.roles or ()) != 1 or var.place.own:
            return
        (role,) = var.place.roles or ("",)
        processes = self.make.processes(scope)
        others = [p for p in processes if p != role]
        if role not in processes or not others:
            return
        other = self.random.choice(others)
        here = self.make.local(scope, "int", frozenset({role})).code
        there = self.make.local(scope, "int", frozenset({other})).code
        first, second = self.function.fresh("v"), self.function.fresh("v")
        targets = f"{var.name}, {first}, {second}"
        values = f"{role}.peek({here}), {var.name}, {other}.peek({there})"
        self.function.write(scope, f"{targets} = {values}")
        scope.bind(first, "int", var.place)
        scope.bind(second, "int", at(other))

    def _receive(self, scope: Scope) -> None:
        type_ = self.make.type()
        text = self.make.message(scope, type_)
        if text is None:
            return
        if self.function.chance(0.12):
            self.function.write(scope, text.code)
        elif type_ == "int" and len(text.place.roles or ()) == 1 and self.function.chance(0.25):
            (role,) = text.place.roles or ("",)
            other = self.make.local(scope, "int", frozenset({role}), own=text.place.own)
            place = text.place.meet(other.place)
            code = text.code
            if self.function.chance(0.4) and _formats(code, other.code):
                self._keep(
                    scope,
                    Text(f'weigh(f"{{{other.code}}}{{{code}}}{{{other.code}}}")', place),
                    "int",
                )
            else:
                self._keep(scope, Text(f"mix({other.code}, {code})", place), "int")
        else:
            self._keep(scope, text, type_)

    def _bindable(self, scope: Scope, type_: str = "int") -> Var | None:
        found = [
            v
            for v in scope.names.values()
            if v.type == type_
            and v.place.roles
            and v.name not in scope.fixed
            and v.place.roles <= scope.actors
        ]
        return self.random.choice(found) if found else None

    def _rebind(self, scope: Scope) -> None:
        var = self._bindable(scope)
        if var is None or var.place.roles is None:
            return
        if len(var.place.roles) == 1 and not var.place.own and self.function.chance(0.5):
            (role,) = var.place.roles
            senders = [p for p in self.make.processes(scope) if p != role]
            if senders:
                sender = self.random.choice(senders)
                value = self.make.sent(scope, "int", sender, 1).code
                form = self.random.choice(
                    ("{0} = await {1}.send({2}, to={3})", "{0} += await {1}.send({2}, to={3})")
                )
                self.function.write(scope, form.format(var.name, sender, value, role))
                return
        value = self.make.local(
            scope, "int", var.place.roles, 1, own=var.place.own, calm=len(var.place.roles) > 1
        ).code
        form = self.random.choice(("{0} = mix({0}, {1})", "{0} += {1}", "{0} = ({0} + {1}) % 97"))
        self.function.write(scope, form.format(var.name, value))

    def _append(self, scope: Scope) -> None:
        if self.function.in_session:
            return
        lists = [v for v in scope.names.values() if v.type == "list" and v.place.roles]
        processes = self.make.processes(scope)
        if not processes:
            return
        if not lists:
            role = self.random.choice(processes)
            name = self.function.fresh("log")
            self.function.write(scope, f"{name}: At[list[int], {self.make.role(role).kind}] = []")
            scope.bind(name, "list", at(role))
            return
        var = self.random.choice(lists)
        (role,) = var.place.roles or ("",)
        others = [p for p in processes if p != role]
        if others and self.function.chance(0.7):
            sender = self.random.choice(others)
            value = (
                f"await {sender}.send({self.make.sent(scope, 'int', sender, 1).code}, to={role})"
            )
        else:
            value = self.make.local(scope, "int", frozenset({role})).code
        self.function.write(scope, f"{var.name}.append({value})")

    def _with(self, scope: Scope) -> None:
        count = self.random.choice((1, 1, 2))
        roles = frozenset(self.random.sample(sorted(scope.actors), min(count, len(scope.actors))))
        own = self.make.own(roles)
        name, other = self.function.fresh("v"), self.function.fresh("v")
        first = self.make.local(scope, "int", roles, own=own, calm=len(roles) > 1).code
        second = self.make.local(scope, "int", roles, own=own, calm=len(roles) > 1).code
        self.function.write(scope, f"with {', '.join(sorted(roles))}:")
        inside = scope.inner(scope.actors)
        self.function.write(inside, f"{name} = {first}")
        self.function.write(inside, f"for {other} in range({second} % 3 + 1):")
        self.function.write(inside, f"    {name} = ({name} + {other}) % 97  # each round")
        scope.bind(name, "int", Place(roles, own))

    def _choice_expression(self, scope: Scope) -> None:
        """`and`, `or` and conditional expressions around a message."""
        decided = self.make.condition(scope)
        if decided is None or ("await " in decided.code and self.function.chance(0.5)):
            return
        inside = scope.inner(self._who(scope, decided))
        text = self.make.send(inside, "int")
        if text is None:
            return
        (role,) = text.place.roles or ("",)
        if self.role_is_cluster(role):
            return
        place = self._joined(decided, text.place)
        name = self.function.fresh("v")
        match self.random.choice(("if", "if", "and", "or")):
            case "if":
                other = self.make.local(inside, "int", frozenset({role})).code
                form = self.random.choice(("({0}) if {1} else {2}", "{2} if not ({1}) else {0}"))
                code = form.format(text.code, decided.code, other)
            case "and":
                code = f"1 if {decided.code} and ({text.code}) % 2 == 0 else 2"
            case _:
                code = f"1 if {decided.code} or ({text.code}) % 2 == 0 else 2"
        self.function.write(scope, f"{name} = {code}")
        if place.roles:
            scope.bind(name, "int", place)

    def role_is_cluster(self, role: str) -> bool:
        return self.make.role(role).cluster

    def _joined(self, decided: Text, *places: Place) -> Place:
        result = Place(decided.place.roles)
        for place in places:
            result = result.meet(place)
        return result

    def _who(self, scope: Scope, decided: Text) -> frozenset[str]:
        return scope.actors if decided.place.roles is None else decided.place.roles & scope.actors

    # Effects

    def _effect(self, scope: Scope) -> None:
        role = self.random.choice(sorted(scope.actors))
        senders = [p for p in self.make.processes(scope) if p != role]
        if senders and self.function.chance(0.5):
            sender = self.random.choice(senders)
            value = (
                f"await {sender}.send({self.make.sent(scope, 'int', sender, 1).code}, to={role})"
            )
        else:
            value = self.make.local(scope, "int", frozenset({role})).code
        forms = ["{0}.bump({1})", "{0}.total += {1}"]
        if not self.function.commutes and not self.function.in_session:
            forms.append("{0}.tick({1})")
        self.function.write(scope, self.random.choice(forms).format(role, value))

    def _attempt(self, scope: Scope) -> None:
        role = self.random.choice(sorted(scope.actors))
        value = self.make.local(scope, "int", frozenset({role})).code
        result, name = self.function.fresh("r"), self.function.fresh("v")
        self.function.write(scope, f"{result} = await {role}.attempt({role}.risky, {value})")
        self.function.write(
            scope,
            f"{name} = weigh({result}.message) if isinstance({result}, Failure) else {result}",
        )
        scope.bind(name, "int", at(role, own=self.role_is_cluster(role)))

    def _own_choice(self, scope: Scope) -> None:
        """A condition that members answer differently guards local code."""
        crew = self.random.choice(self.make.clusters(scope))
        name = self.function.fresh("v")
        test = self.make.local(scope, "bool", frozenset({crew}), own=True, calm=True)
        own = frozenset({crew})
        arms = [self.make.local(scope, "int", own, own=True, calm=True).code for _ in range(3)]
        self.function.write(scope, f"{name} = mix({crew}.me.index, {arms[0]})")
        self.function.write(scope, f"if {test.code}:")
        self.function.write(scope, f"    {name} = {arms[1]}")
        if self.function.stateful:
            self.function.write(scope, f"    {crew}.bump({name})")
        if self.function.chance(0.5):
            self.function.write(scope, "else:")
            self.function.write(scope, f"    {name} += {arms[2]}")
        scope.bind(name, "int", at(crew, own=True))
        if name in scope.names:
            scope.fixed.add(name)

    def _member(self, scope: Scope) -> None:
        """A message to one member, which changes that member's own copy."""
        crew, processes = self.random.choice(self.make.clusters(scope)), self.make.processes(scope)
        if not processes:
            return
        process = self.random.choice(processes)
        start = self.make.local(scope, "int", frozenset({crew}), own=True).code
        index = self.make.local(scope, "int", frozenset({crew, process}), own=False, calm=True).code
        value = self.make.local(scope, "int", frozenset({process})).code
        name, got = self.function.fresh("v"), self.function.fresh("v")
        self.function.write(scope, f"{name} = {start} + {crew}.me.index")
        member = f"{crew}[{index} % len({crew})]" if self.function.chance(0.5) else f"{crew}[-1]"
        looped = self.function.chance(0.4)
        if looped:
            each = self.function.fresh("m")
            self.function.write(scope, f"for {each} in {crew}.members:")
            scope.indent += 1
            member = f"{crew}[{each}]"
        self.function.write(scope, f"{got} = await {process}.send({value}, to={member})")
        self.function.write(scope, f"with {member}:")
        self.function.write(scope, f"    {name} = mix({name}, {got})")
        if looped:
            scope.indent -= 1
        scope.bind(name, "int", at(crew, own=True))

    # Choices

    def _if(self, scope: Scope) -> bool | None:
        decided = self.make.condition(scope)
        if decided is None:
            return None
        actors = self._who(scope, decided)
        if not actors:
            return None
        watchers = sorted(r for r in scope.actors - actors if not self.role_is_cluster(r))
        told = [r for r in actors if not self.role_is_cluster(r)]
        mirror = (
            self._mirror(self.random.choice(watchers), told)
            if watchers and told and self.function.chance(0.6)
            else None
        )
        exits = self._exit(scope, actors) if self.function.chance(0.4) else ""
        self.function.write(scope, f"if {decided.code}:")
        joined = self.function.fresh("v") if self.function.chance(0.4) else ""
        first = scope.inner(actors)
        alive = self._arm(first, mirror, exits, joined)
        if exits and self.function.chance(0.7) and not mirror:
            return self._after_exit(scope, actors)
        ends = [(first, alive)]
        second = scope.inner(actors)
        if self.function.chance(0.3) and not mirror:
            test = self.make.condition(second)
            if test is not None and self._who(second, test) == actors:
                self.function.write(scope, f"elif {test.code}:")
                third = scope.inner(actors)
                ends.append((third, self._arm(third, mirror, "", joined)))
        if self.function.chance(0.85) or len(ends) == 1:
            self.function.write(scope, "else:")
            ends.append((second, self._arm(second, mirror, "", joined)))
            return self._after_arms(scope, decided, ends, joined, actors)
        return None if not exits else self._after_exit(scope, actors)

    def _arm(
        self, scope: Scope, mirror: Callable[[Scope], None] | None, exits: str, joined: str
    ) -> bool:
        early = self.function.chance(0.5)
        if mirror and early:
            mirror(scope)
        alive = self.block(scope)
        if alive and mirror and not early:
            mirror(scope)
        if alive and exits:
            self._leave(scope, exits)
            return False
        if alive and joined and scope.actors:
            role = self.random.choice(sorted(scope.actors))
            value = self.make.placed(scope, "int", frozenset({role}))
            text = value or self.make.local(scope, "int", frozenset({role}))
            self.function.write(scope, f"{joined} = {text.code}")
            scope.bind(joined, "int", text.place)
        return alive

    def _mirror(self, watcher: str, told: list[str]) -> Callable[[Scope], None]:
        """What someone who does not know the condition does in every arm."""
        sender = self.random.choice(sorted(told))
        type_, name = self.make.type(), self.function.fresh("v")
        same_name = self.function.chance(0.5)
        answers = self.function.stateful and self.function.chance(0.4)
        number = self.random.randrange(9)

        def write(scope: Scope) -> None:
            mine = name if same_name else self.function.fresh("v")
            value = self.make.local(scope, type_, frozenset({sender})).code
            others = [role for role in told if role != sender]
            if type_ == "int" and others and self.function.stateful and self.function.chance(0.4):
                # in this arm, somebody else hears it, too
                ends = self.random.sample([watcher, self.random.choice(sorted(others))], 2)
                code = f"{sender}.share({sender}.peek({number}), to=({', '.join(ends)}))"
            else:
                code = f"{sender}.send({value}, to={watcher})"
            self.function.write(scope, f"{mine} = await {code}")
            if self.function.stateful:
                self.function.write(scope, f"{watcher}.bump(weigh({mine}))")
            if answers:
                back = self.function.fresh("v")
                self.function.write(
                    scope, f"{back} = await {watcher}.send({watcher}.peek({number}), to={sender})"
                )
                scope.bind(back, "int", at(sender))

        return write

    def _exit(self, scope: Scope, actors: frozenset[str]) -> str:
        """An exit that the rules allow here, if there is one."""
        options = []
        if (
            scope.leaves
            and self.function.result_roles <= actors
            and (actors == scope.actors or scope.depth == 0)
        ):
            options.append("return")
        if scope.loop and actors == scope.actors:
            options += ["break", "continue"]
        return self.random.choice(options) if options else ""

    def _leave(self, scope: Scope, exits: str) -> None:
        if exits == "return":
            self.returns(scope)
        else:
            self.function.write(scope, exits)

    def _after_exit(self, scope: Scope, actors: frozenset[str]) -> bool:
        scope.narrow(actors)
        return True

    def _after_arms(
        self,
        scope: Scope,
        decided: Text,
        ends: list[tuple[Scope, bool]],
        joined: str,
        actors: frozenset[str],
    ) -> bool | None:
        """A name bound in every arm that goes on is known after them."""
        living = [arm for arm, alive in ends if alive]
        if not living:
            return False
        if len(living) < len(ends):
            scope.narrow(actors)
        found = [arm.names[joined] for arm in living if joined in arm.names]
        place = Place(decided.place.roles)
        for var in found:
            place = place.meet(var.place)
        if len(found) == len(living) and (place.roles is None or place.roles & scope.actors):
            scope.bind(joined, "int", place)
        return None

    def returns(self, scope: Scope) -> None:
        """`return`, with results as declared."""
        parts = [self._result(scope, type_, place) for type_, place in self.function.results]
        self.function.write(scope, f"return {', '.join(parts)}".rstrip())

    def _result(self, scope: Scope, type_: str, place: Place) -> str:
        roles = place.roles or frozenset()
        if type_ == "tuple[int, ...]":
            return self.summary(scope, next(iter(roles)))
        if len(self.function.results) == 1 and len(roles) == 1 and self.function.chance(0.3):
            (role,) = roles
            senders = [p for p in self.make.processes(scope) if p != role]
            if senders and not place.own:
                sender = self.random.choice(senders)
                return f"await {sender}.send({self.make.sent(scope, type_, sender, 1).code}, to={role})"
        return self.make.local(scope, type_, roles, own=place.own, calm=len(roles) > 1).code

    def summary(self, scope: Scope, role: str) -> str:
        """All that a role knows, as numbers."""
        own = self.role_is_cluster(role)
        parts = [f"{role}.total", f"{role}.ticks"]
        for var in scope.names.values():
            if var.place.roles and role in var.place.roles and (own or not var.place.own):
                parts.append(
                    f"weigh(tuple({var.name}))" if var.type == "list" else f"weigh({var.name})"
                )
        return f"({', '.join(parts)},)"

    def _match(self, scope: Scope) -> bool | None:
        type_ = self.random.choice(
            ("int", "Colour", "Colour", "Shape", "Shape", "tuple[int, ...]", "int | None")
        )
        decided = self.make.condition(scope, type_)
        if decided is None:
            return None
        actors = self._who(scope, decided)
        if not actors:
            return None
        subject = f"mix({decided.code}, 1) % 3" if type_ == "int" else decided.code
        scope.names.pop(subject, None)  # mypy narrows it
        self.function.write(scope, f"match {subject}:")
        scope.indent += 1
        ends = []
        for pattern, names in self._cases(type_):
            self.function.write(scope, f"case {pattern}:")
            arm = scope.inner(actors)
            for name, kind in names:
                arm.bind(name, kind, decided.place)
                arm.fixed.add(name)
            ends.append(self.block(arm))
        scope.indent -= 1
        if not any(ends):
            return False
        if not all(ends):
            scope.narrow(actors)
        return None

    def _cases(self, type_: str) -> list[tuple[str, list[tuple[str, str]]]]:
        one, two = self.function.fresh("p"), self.function.fresh("p")
        number, text = [(one, "int")], [(one, "str")]
        match type_:
            case "int":
                return [("0", []), ("1 | 2", []), ("_", [])]
            case "Colour":
                if self.function.chance(0.5):
                    return [('"red"', []), ('"green" | "blue"', [])]
                return [('"blue"', []), ("_", [])]
            case "Shape":
                dots = self.random.choice(
                    (
                        [(f"Dot({one})", number)],
                        [(f"Dot({one}) if {one} % 2 == 0", number), ("Dot()", [])],
                    )
                )
                rest: list[tuple[str, list[tuple[str, str]]]] = [
                    (f"Word(text={one})", text),
                    (f"Line({one}, {two})", [(one, "int"), (two, "tuple[int, ...]")]),
                ]
                return [*dots, *rest] if self.function.chance(0.7) else [*dots, ("_", [])]
            case "tuple[int, ...]":
                return [
                    (f"({one},)", number),
                    (f"({one}, {two})", [*number, (two, "int")]),
                    ("_", []),
                ]
            case _:
                return [("None", []), (f"int({one})", number)]

    # Loops

    def _for(self, scope: Scope) -> bool | None:
        kind = self.random.choice(("int", "tuple[int, ...]"))
        decided = self.make.condition(scope, kind)
        if decided is None:
            return None
        actors = self._who(scope, decided)
        if not actors:
            return None
        name = self.function.fresh("i")
        source = f"range(({decided.code}) % 3 + 1)" if kind == "int" else decided.code
        self.function.write(scope, f"for {name} in {source}:")
        body = scope.inner(actors, loop=True)
        body.bind(name, "int", decided.place)
        body.fixed.add(name)
        self.block(body)
        self._loop_else(scope, actors)
        return None

    def _loop_else(self, scope: Scope, actors: frozenset[str]) -> None:
        if self.function.chance(0.15):
            self.function.write(scope, "else:")
            inside = scope.inner(actors)
            inside.leaves = False
            inside.depth = 9
            self.block(inside)

    def _while(self, scope: Scope) -> bool | None:
        counter = self.function.fresh("n")
        limit = self.random.randrange(1, 4)
        shape = self.random.choice(("literal", "at", "decided", "asked"))
        if shape == "at":
            roles = frozenset(
                self.random.sample(
                    sorted(scope.actors), self.random.randrange(1, len(scope.actors) + 1)
                )
            )
            kinds = " | ".join(self.make.role(r).kind for r in sorted(roles))
            if any(self.make.role(r).session for r in roles):
                return None
            self.function.write(scope, f"{counter}: At[int, {kinds}] = 0")
            actors, test = roles, f"{counter} < {limit}"
        else:
            self.function.write(scope, f"{counter} = 0")
            actors, test = scope.actors, f"{counter} < {limit}"
            if shape == "decided":
                mark = len(self.function.lines)
                decided = self.make.condition(scope)
                if decided is None or not (actors := self._who(scope, decided)):
                    del self.function.lines[mark:]
                    self.function.lines.pop()
                    return None
                test = f"{test} and {decided.code}"
            elif shape == "asked":
                asked = self._asked(scope, test)
                if asked is None:
                    self.function.lines.pop()
                    return None
                test, actors = asked.code, frozenset(asked.place.roles or ())
        self.function.write(scope, f"while {test}:")
        body = scope.inner(actors, loop=True)
        self.function.write(body, f"{counter} {self.random.choice(('+= 1', f'= {counter} + 1'))}")
        if shape == "at":
            body.bind(counter, "int", Place(actors))
            body.fixed.add(counter)
        self.block(body)
        self._loop_else(scope, actors)
        return None

    def _asked(self, scope: Scope, test: str) -> Text | None:
        """A test that one process makes of what another one sends it each time, and tells it and others."""
        processes = self.make.processes(scope)
        if len(processes) < 2:
            return None
        judge, asked = self.random.sample(processes, 2)
        value = self.make.local(scope, "int", frozenset({asked}))
        others = sorted(scope.actors - {judge, asked})
        told = [asked, *self.random.sample(others, self.random.randrange(len(others) + 1))]
        to = told[0] if len(told) == 1 else f"({', '.join(told)})"
        answer = f"(await {asked}.send({value.code}, to={judge})) % 5 < 4"
        return Text(
            f"await {judge}.share(({test}) & ({answer}), to={to})", Place(frozenset({judge, *told}))
        )

    # Calls

    def _fits(self, scope: Scope, callee: Signature) -> dict[str, str] | None:
        """Who plays its roles: anyone for a type variable, the same class otherwise."""
        free = [
            r
            for r in self.random.sample(sorted(scope.actors), len(scope.actors))
            if not (callee.stateful and self.make.role(r).session)
        ]
        played: dict[str, str] = {}
        for role in callee.roles:
            if callee.stateful:
                fitting = [r for r in free if self.make.role(r).kind == role.kind]
            else:
                fitting = [r for r in free if self.make.role(r).cluster == role.cluster]
            if not fitting:
                return None
            played[role.name] = fitting[0]
            free.remove(fitting[0])
        return played

    def _invocation(
        self, scope: Scope, callee: Signature, calm: bool = False
    ) -> tuple[str, list[tuple[str, Place]]] | None:
        played = self._fits(scope, callee)
        if played is None:
            return None
        parts = [played[r.name] for r in callee.roles]
        keywords = self.function.chance(0.2)
        for name, type_, roles in callee.params:
            wanted = frozenset(played[r] for r in roles)
            value = (
                "2"
                if name == "fuel"
                else self.make.local(
                    scope, type_, wanted, own=False, calm=calm or len(wanted) > 1
                ).code
            )
            parts.append(f"{name}={value}" if keywords else value)
        if callee.reason:
            parts.append('why=nondet("passed on")' if keywords else 'nondet("passed on")')
        results = [
            (t, Place(frozenset(played[r] for r in p.roles or ()), p.own))
            for t, p in callee.results
        ]
        return f"{callee.name}({', '.join(parts)})", results

    def _call(self, scope: Scope) -> None:
        if not self.function.callees:
            return
        callee = self.random.choice(self.function.callees)
        if callee.stateful and (
            (self.function.commutes and not callee.commutes) or not self.function.stateful
        ):
            return
        found = self._invocation(scope, callee)
        if found is None:
            return
        text, results = found
        if not results or self.function.chance(0.1):
            self.function.write(scope, f"await {text}")
            return
        names = [self.function.fresh("v") for _ in results]
        self.function.write(scope, f"{', '.join(names)} = await {text}")
        for name, (type_, place) in zip(names, results, strict=True):
            scope.bind(name, type_, place)

    def _plain_callees(self) -> list[Signature]:
        """Those whose roles are all played by single nodes, and that use no state."""
        return [
            c
            for c in self.function.callees
            if not c.stateful and not any(r.cluster for r in c.roles)
        ]

    def _session_call(self, scope: Scope) -> None:
        """A call in which the member of the session may play a role."""
        callees = self._plain_callees()
        found = self._invocation(scope, self.random.choice(callees)) if callees else None
        if found is None:
            return
        text, results = found
        names = [self.function.fresh("v") for _ in results]
        self.function.write(
            scope, f"{', '.join(names)} = await {text}" if names else f"await {text}"
        )
        for name, (type_, place) in zip(names, results, strict=True):
            scope.bind(name, type_, place)

    def _member_call(self, scope: Scope) -> None:
        """A call in which a picked member plays a role; what it gets changes its own copy."""
        callees, processes = self._plain_callees(), self.make.processes(scope)
        crew = self.random.choice(self.make.clusters(scope))
        if not callees:
            return
        callee = self.random.choice(callees)
        if len(processes) < len(callee.roles) - 1:
            return
        others = self.random.sample(processes, len(callee.roles) - 1)
        played = [*others]
        played.insert(self.random.randrange(len(callee.roles)), crew)
        named = dict(zip((r.name for r in callee.roles), played, strict=True))
        mine, got = self.function.fresh("v"), self.function.fresh("v")
        self.function.write(scope, f"{mine} = {crew}.me.index")
        member, looped = self._picked(scope, crew, others)
        values = []
        for name, type_, roles in callee.params:
            wanted = frozenset(named[r] for r in roles)
            own = wanted == frozenset({crew})
            local = self.make.local(scope, type_, wanted, own=own, calm=True).code
            values.append("2" if name == "fuel" else local)
        parts = [member if p == crew else p for p in played]
        call = f"await {callee.name}({', '.join([*parts, *values])})"
        names = [got, *(self.function.fresh("v") for _ in callee.results[1:])]
        names = names[: len(callee.results)]
        self.function.write(scope, f"{', '.join(names)} = {call}" if names else call)
        for name, (type_, place) in zip(names, callee.results, strict=True):
            known = frozenset(named[r] for r in place.roles or ())
            if crew in known and type_ == "int":
                self.function.write(scope, f"with {member}:")
                self.function.write(scope, f"    {mine} = mix({mine}, {name})")
            if not looped:
                scope.bind(name, type_, Place(known - {crew}))
        if looped:
            scope.indent -= 1
        scope.bind(mine, "int", at(crew, own=True))

    def _picked(self, scope: Scope, crew: str, others: list[str]) -> tuple[str, bool]:
        """How a member is picked: by a number, by what all know, or each in turn."""
        match self.random.randrange(4):
            case 0:
                return f"{crew}[{self.random.choice((0, -1))}]", False
            case 1:
                known = frozenset({crew, *others})
                index = self.make.local(scope, "int", known, own=False, calm=True).code
                return f"{crew}[{index} % len({crew})]", False
            case 2:
                member = self.function.fresh("m")
                self.function.write(scope, f"for {member} in {crew}.members:")
                scope.indent += 1
                return f"{crew}[{member}]", True
            case _:
                index = self.function.fresh("i")
                self.function.write(scope, f"for {index} in range(len({crew})):")
                scope.indent += 1
                return f"{crew}[{index}]", True

    def _concurrently(self, scope: Scope) -> None:
        usable = [
            c
            for c in self.function.callees
            if c.results and (not c.stateful or (c.commutes and self.function.stateful))
        ]
        if not usable:
            return
        chosen = [self.random.choice(usable) for _ in range(self.random.choice((2, 2, 3)))]
        found = [self._invocation(scope, callee, calm=True) for callee in chosen]
        targets, binds, calls = [], [], []
        for invocation in found:
            if invocation is None:
                return
            text, results = invocation
            names = [self.function.fresh("v") for _ in results]
            targets.append(names[0] if len(names) == 1 else f"({', '.join(names)})")
            binds += [(n, t, p) for n, (t, p) in zip(names, results, strict=True)]
            calls.append(text)
        why = ""
        if any(c.stateful for c in chosen) or self.function.chance(0.3):
            why = ', why=nondet("sums do not depend on the order")'
        self.function.write(
            scope, f"{', '.join(targets)} = await concurrently({', '.join(calls)}{why})"
        )
        for name, type_, place in binds:
            scope.bind(name, type_, place)

    def _each(self, scope: Scope) -> None:
        crews = self.make.clusters(scope)
        if not crews:
            return
        crew = crews[0]
        member = self.function.fresh("m")
        self.function.write(
            scope, f'for {member} in {crew}.each(nondet("sums do not depend on the order")):'
        )
        inside = scope.inner(scope.actors - {crew})
        for var in scope.names.values():
            if var.place.roles and crew in var.place.roles and not var.place.own:
                known = (var.place.roles & scope.actors) - {crew} | {member}
                inside.names[var.name] = Var(var.name, var.type, Place(known))
        inside.loop = inside.leaves = False
        inside.fixed |= set(inside.names)
        inside.actors = inside.actors | {member}
        inside.budget = 3
        self.function.roles[member] = Role(member, self.make.role(crew).kind, session=True)
        function = self.function
        outer, function.in_session, function.commutes = function.commutes, True, True
        self.block(inside)
        function.in_session, function.commutes = False, outer
        del function.roles[member]


def _formats(message: str, other: str) -> bool:
    """Whether both may stand in an f-string: no quotes, and nothing that mypy would type by what is around it."""
    typed = any(word in message for word in ("reduce(", "scatter("))
    return message.startswith("await ") and '"' not in message + other and not typed
