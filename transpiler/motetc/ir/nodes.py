"""The located program: statements, and the operations between locations that they contain.

Local code stays LibCST, untouched; what the passes reason about is around it: which operation moves which value from
whom to whom, what is a choice, where control leaves. Nodes have identity (`eq=False`): side tables are keyed by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.ir.live import Hop, Idle, Live, Pipelines, Port, never_ends
from motetc.ir.operators import LOOP
from motetc.ir.place import ONE, OWN, Place, member
from motetc.ir.roles import Parameter, Result, Role

CommKind = Literal[
    "send",
    "share",
    "gather",
    "scatter",
    "reduce",
    "all_gather",
    "all_to_all",
    "all_reduce",
    "shift",
    "exchange",
]
MESH_KINDS = frozenset({"all_gather", "all_to_all", "all_reduce", "shift", "exchange"})


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """A location as an operation names it: a role, one member of it, or the member of an `each` session."""

    role: str
    cluster: bool
    node: cst.BaseExpression
    index: cst.BaseExpression | None = None
    key: str = ""
    session: bool = False

    @property
    def mode(self) -> str:
        if self.key:
            return member(f".{self.key}" if self.session else self.key)
        return OWN if self.cluster else ONE

    @property
    def picked(self) -> bool:
        """A member picked by an index."""
        return bool(self.key) and not self.session

    @property
    def fixed(self) -> bool:
        """A member picked by a number that stands in the program text."""
        return self.picked and self.key.lstrip("-").isdigit()

    @property
    def whole(self) -> bool:
        """A cluster as a whole."""
        return self.cluster and not self.key

    def __str__(self) -> str:
        if self.session:
            return self.key
        return f"{self.role}[{self.key}]" if self.key else self.role


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """An expression evaluated as a whole at one place, and the operations in it, in order of evaluation."""

    expr: cst.BaseExpression
    ops: tuple[Op, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Comm:
    """One communication: `await sender.kind(value, to=receivers)`."""

    uid: int
    node: cst.BaseExpression
    kind: CommKind
    sender: Seat
    receivers: tuple[Seat, ...]
    value: Root
    span: Span
    function: Root | None = None
    at_least: Root | None = None
    by: Root | None = None
    wrap: bool = True
    partner: Root | None = None
    why: str = ""
    name: str = ""
    elided: bool = False

    @property
    def addressed(self) -> bool:
        """Sent from one end to the others as by `send`; so is what a member hands out to its own cluster."""
        if self.kind == "scatter":
            return bool(self.sender.key) and self.receivers[0].role == self.sender.role
        return self.kind in ("send", "share")


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """A located argument: the parameter it is for, and the call's own `cst.Arg`."""

    parameter: str
    root: Root
    node: cst.Arg


@dataclass(frozen=True, slots=True, eq=False)
class Invoke:
    """A call of a choreography: which seat plays which formal role."""

    uid: int
    node: cst.BaseExpression
    callee: str
    roles: tuple[tuple[str, Seat], ...]
    arguments: tuple[Argument, ...]
    span: Span
    name: str = ""
    reasons: tuple[tuple[str, str], ...] = ()  # for parameters that take a `Nondet`

    def played(self, role: str) -> list[tuple[str, Seat]]:
        """The formal roles that a location plays: several, when members of one cluster play them."""
        return [(formal, seat) for formal, seat in self.roles if seat.role == role]

    def picked(self, formal: str) -> list[tuple[str, Seat]]:
        """The formal roles other than `formal` that are played by members picked by an index."""
        return [(f, s) for f, s in self.roles if f != formal and s.picked]


@dataclass(frozen=True, slots=True, eq=False)
class Concurrent:
    """`await concurrently(f(…), g(…))`."""

    uid: int
    node: cst.BaseExpression
    calls: tuple[Invoke, ...]
    span: Span
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """`await port.send(value, to=client)`: one reply to a client outside, from where the port is."""

    uid: int
    node: cst.BaseExpression
    port: Port
    seat: Seat
    value: Root
    client: Root | None  # none at a port for a single client
    span: Span

    @property
    def given(self) -> tuple[Root, ...]:
        """What is evaluated for it, in order."""
        return (self.value, self.client) if self.client is not None else (self.value,)


Op: TypeAlias = Comm | Invoke | Concurrent | Answer | Hop | Port


@dataclass(frozen=True, slots=True, eq=False)
class Simple:
    """One simple statement outside any block."""

    node: cst.BaseSmallStatement
    line: cst.SimpleStatementLine
    roots: tuple[Root, ...]
    span: Span
    first: bool = True
    last: bool = True
    binds: tuple[str, ...] = ()
    place: Place | None = None  # an annotation `x: At[T, L] = e` fixes it
    inner: cst.BaseExpression | None = None  # … and this is its T
    scratch: bool = False  # a name of ours
    arm: bool = (
        False  # of a conditional expression: the other one may bind something of another type
    )
    parts: tuple[Simple, ...] = ()  # `a, b = x, y` as an assignment for each, if it comes to that


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """`with seller:` and its body, any Python."""

    node: cst.With
    seats: tuple[Seat, ...]
    span: Span
    reads: tuple[str, ...]
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """A compound statement without communication (try, with, async for, nested def …): local, copied whole."""

    node: cst.BaseCompoundStatement
    span: Span
    reads: tuple[str, ...]
    binds: tuple[str, ...]
    runs: bool = True  # False: a definition, which runs nothing by itself


@dataclass(frozen=True, slots=True, eq=False)
class If:
    """An `if`; the tests of its `elif`s are choices of their own, in `orelse`. `said`: the source's text of a test of
    ours."""

    node: cst.If | None
    test: Root
    then: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    span: Span
    leading: cst.BaseStatement | None = None
    said: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class While:
    """A `while`, tested before every turn."""

    node: cst.While
    test: Root
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class For:
    """A `for` over what its participants know."""

    node: cst.For
    iter: Root
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    span: Span
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One `case` of a `match`."""

    node: cst.MatchCase
    guard: Root | None
    body: tuple[Stmt, ...]
    binds: tuple[str, ...]
    reads: tuple[str, ...]
    irrefutable: bool


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A `match`."""

    node: cst.Match
    subject: Root
    cases: tuple[Case, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    """A `return`."""

    node: cst.Return
    line: cst.SimpleStatementLine
    values: tuple[Root, ...]  # one per declared result; one alone when a call passes all results on
    span: Span
    first: bool = True
    last: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Jump:
    """`break` or `continue`."""

    node: cst.Break | cst.Continue
    line: cst.SimpleStatementLine
    span: Span
    first: bool = True
    last: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Each:
    """`for client in clients.each():`, one concurrent session per member."""

    uid: int
    node: cst.For
    variable: str
    role: str
    body: tuple[Stmt, ...]
    span: Span
    why: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """`async for target in stream:`, a protocol for each element; all who know the stream take their turns together."""

    node: cst.For
    root: Root
    body: tuple[Stmt, ...]
    binds: tuple[str, ...]
    roles: tuple[str, ...]
    span: Span
    breaks: bool = False  # the body may leave the loop before the stream ends


@dataclass(frozen=True, slots=True, eq=False)
class Flow(Pipelines):
    """Pipelines that run together until their sinks are done, with the loop that takes turns with them, if any."""

    turns: Turns | None = None

    @property
    def endless(self) -> Live | None:
        """A sink that is never done, or a channel."""
        left = self.turns is not None and self.turns.breaks
        lives = [x for x in self.lives if not (left and x.op == LOOP.name)]
        final = (x for x in lives if x.shape in ("sink", "slice"))
        return next((x for x in final if never_ends(x)), None) or self.circle


Stmt: TypeAlias = Simple | Block | Opaque | If | While | For | Match | Return | Jump | Each | Flow


@dataclass(frozen=True, slots=True, eq=False)
class Choreography:
    """One `@choreography`, lowered. `key` is its full name, `module.function`."""

    key: str
    module: str
    node: cst.FunctionDef
    roles: tuple[Role, ...]
    parameters: tuple[Parameter, ...]
    results: tuple[Result, ...]
    span: Span
    body: tuple[Stmt, ...] = ()
    locals: frozenset[str] = frozenset()
    scratch: Mapping[str, str] = field(
        default_factory=dict
    )  # names of ours -> the text they stand for
    results_known: bool = True  # False: the signature has a finding
    understood: bool = True  # False: one that leaves open who takes part, so the body is not read
    reasons: frozenset[str] = (
        frozenset()
    )  # parameters of type Nondet: known to all, and nowhere at run time
    free: tuple[str, ...] = ()  # type variables that stand for data, when mypy has been asked
    idle: Idle = field(default_factory=Idle)  # live collections that never run

    @property
    def name(self) -> str:
        return self.key.rpartition(".")[2]

    def role(self, name: str) -> Role:
        return next(r for r in self.roles if r.name == name)

    @property
    def polymorphic(self) -> bool:
        return any(r.variable for r in self.roles)

    @property
    def open(self) -> bool:
        """Whether a caller has to say who plays a role, or what the data are."""
        return self.polymorphic or bool(self.free)
