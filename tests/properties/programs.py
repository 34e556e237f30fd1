"""Random programs: choreographies with type variables, with state, recursive ones, and a main one that calls them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from properties.scope import Function, Place, Role, Scope, Signature, at
from properties.statements import Statements
from properties.world import CLUSTER, PROCESSES

_HEAD = '''"""A random program."""

from __future__ import annotations

from typing import TypeVar

from motet import (
    At,
    Cluster,
    Each,
    Failure,
    Nondet,
    Process,
    choreography,
    concurrently,
    nondet,
)

from world import (
    Ann,
    Ben,
    Cat,
    Colour,
    Crew,
    Dan,
    Dot,
    Line,
    Shape,
    Word,
    colour_of,
    mix,
    row,
    shape_of,
    some,
    weigh,
)

P = TypeVar("P", bound=Process)
Q = TypeVar("Q", bound=Process)
R = TypeVar("R", bound=Process)
V = TypeVar("V", bound=Cluster)
'''


@dataclass(frozen=True, slots=True)
class Generated:
    """A program: its source, what its main choreography is given, and how large its cluster is."""

    source: str
    arguments: dict[str, Any]
    roles: tuple[Role, ...]
    size: int


def generate(seed: int) -> Generated:
    """The program of a seed."""
    random = Random(seed)
    main_roles = _main_roles(random)
    pieces: list[str] = []
    callees: list[Signature] = []
    for number in range(random.choice((0, 1, 2, 2, 3))):
        kind = random.choice(("free", "free", "fuel", "state"))
        signature, text = _callee(random, f"part{number}", kind, main_roles, list(callees))
        callees.append(signature)
        pieces.append(text)
    text, arguments = _main(random, main_roles, callees)
    return Generated(
        _HEAD + "".join(pieces) + text, arguments, main_roles, random.choice((1, 2, 3, 4))
    )


def _main_roles(random: Random) -> tuple[Role, ...]:
    names = PROCESSES[: random.choice((2, 2, 3, 3, 4))]
    roles = [Role(name.lower(), name) for name in names]
    if random.random() < 0.6:
        roles.append(Role("crew", CLUSTER, cluster=True))
    return tuple(roles)


def _kinds(roles: tuple[Role, ...], names: frozenset[str]) -> str:
    return " | ".join(r.kind for r in roles if r.name in names)


def _annotation(roles: tuple[Role, ...], type_: str, place: Place) -> str:
    return f"{'Each' if place.own else 'At'}[{type_}, {_kinds(roles, place.roles or frozenset())}]"


def _returns(roles: tuple[Role, ...], results: tuple[tuple[str, Place], ...]) -> str:
    parts = [_annotation(roles, type_, place) for type_, place in results]
    if not parts:
        return "None"
    return parts[0] if len(parts) == 1 else f"tuple[{', '.join(parts)}]"


def _header(
    name: str, roles: tuple[Role, ...], params: list[tuple[str, str, frozenset[str]]], returns: str
) -> str:
    parts = [f"{r.name}: {r.kind}" for r in roles]
    parts += [f"{n}: {_annotation(roles, t, Place(where))}" for n, t, where in params]
    return (
        f"\n\n@choreography\nasync def {name}(\n    "
        + ",\n    ".join(parts)
        + f",\n) -> {returns}:\n"
    )


def _parameters(
    random: Random, roles: tuple[Role, ...], count: int
) -> list[tuple[str, str, frozenset[str]]]:
    names = [r.name for r in roles]
    found = []
    for number in range(count):
        where = frozenset(random.sample(names, random.choice((1, 1, min(2, len(names))))))
        found.append(
            (f"x{number}", random.choice(("int", "int", "str", "tuple[int, ...]", "Colour")), where)
        )
    return found


def _scope(function: Function, params: list[tuple[str, str, frozenset[str]]], budget: int) -> Scope:
    scope = Scope(frozenset(function.roles), {}, 1, 0, budget)
    for name, type_, where in params:
        scope.bind(name, type_, Place(where))
    return scope


def _some_result(random: Random, roles: tuple[Role, ...]) -> tuple[str, Place]:
    role = random.choice(roles)
    type_ = random.choice(("int", "int", "str", "Shape", "int | None"))
    if role.cluster:
        return ("int", at(role.name, own=random.random() < 0.6))
    if random.random() < 0.25:
        others = [r.name for r in roles if r != role and not r.cluster]
        if others:
            return (type_, at(role.name, random.choice(others)))
    return (type_, at(role.name))


def _callee(
    random: Random, name: str, kind: str, main_roles: tuple[Role, ...], callees: list[Signature]
) -> tuple[Signature, str]:
    stateful = kind == "state"
    if stateful:
        roles = tuple(random.sample(main_roles, random.randrange(2, len(main_roles) + 1)))
    else:
        roles = tuple(Role(k.lower(), k) for k in "PQR"[: random.choice((2, 2, 3))])
        if kind == "free" and random.random() < 0.25:
            roles = (*roles, Role("v", "V", cluster=True))
    params = _parameters(random, roles, random.randrange(1, 3))
    count = random.choice((0, 1, 1, 1, 2))
    results = tuple(
        _some_result(random, roles) for _ in range(max(count, 1 if kind == "fuel" else 0))
    )
    if kind == "fuel":
        results = results[:1] if results[0][1].own else (("int", results[0][1]),)
        params.append(("fuel", "int", frozenset(r.name for r in roles)))
    signature = Signature(name, roles, tuple(params), results, stateful, commutes=True)
    usable = [c for c in callees if not c.stateful or stateful]
    function = Function(random, {r.name: r for r in roles}, stateful, True, usable, results)
    scope = _scope(function, params, random.choice((2, 3, 4)))
    write = Statements(function)
    if kind == "fuel":
        _recursion(function, write, scope, signature)
    if write.block(scope) and results:
        write.returns(scope)
    return signature, _header(name, roles, params, _returns(roles, results)) + "\n".join(
        function.lines
    ) + "\n"


def _recursion(function: Function, write: Statements, scope: Scope, signature: Signature) -> None:
    """With roles permuted, until the fuel is used up."""
    function.write(scope, "if fuel <= 0:")
    write.returns(scope.inner(scope.actors))
    scope.names.pop("fuel")
    played = [r.name for r in signature.roles]
    function.random.shuffle(played)
    named = dict(zip((r.name for r in signature.roles), played, strict=True))
    values = [
        write.make.local(scope, t, frozenset(named[r] for r in where), own=False).code
        if n != "fuel"
        else "fuel - 1"
        for n, t, where in signature.params
    ]
    ((type_, place),) = signature.results
    deeper = function.fresh("v")
    function.write(scope, f"{deeper} = await {signature.name}({', '.join([*played, *values])})")
    scope.bind(deeper, type_, at(*(named[r] for r in place.roles or ()), own=place.own))


def _main(
    random: Random, roles: tuple[Role, ...], callees: list[Signature]
) -> tuple[str, dict[str, Any]]:
    params = _parameters(random, roles, random.randrange(1, 4))
    shown = random.sample(roles, random.randrange(1, len(roles) + 1))
    results = tuple(("tuple[int, ...]", at(r.name, own=r.cluster)) for r in shown)
    function = Function(random, {r.name: r for r in roles}, True, False, callees, results)
    scope = _scope(function, params, random.choice((4, 6, 8, 10)))
    write = Statements(function)
    if write.block(scope):
        write.returns(scope)
    arguments = {name: _value(random, type_) for name, type_, _ in params}
    text = (
        _header("main", roles, params, _returns(roles, results)) + "\n".join(function.lines) + "\n"
    )
    return text, arguments


def _value(random: Random, type_: str) -> Any:
    match type_:
        case "int":
            return random.randrange(20)
        case "str":
            return random.choice(("", "a", "xyz"))
        case "Colour":
            return random.choice(("red", "green", "blue"))
    return tuple(random.randrange(9) for _ in range(random.randrange(4)))
