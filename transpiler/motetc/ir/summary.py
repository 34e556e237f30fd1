"""What `motet plan`, `motet run` and the manifest say of a choreography: plain data, no syntax trees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoleSummary:
    """A location parameter: its name, the class playing it ("" for a type variable), its folder below the output."""

    name: str
    location: str
    folder: str
    cluster: bool


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """One channel. `count` is how often it is used in a run, where that is static, or None; `each`, how many messages
    that makes each time: "1", or with n and m for the sizes of clusters."""

    name: str
    sender: str
    receiver: str
    type: str
    operation: str
    line: int
    count: int | None
    note: str = ""
    each: str = "1"


@dataclass(frozen=True, slots=True)
class GivenSummary:
    """What a type variable of a called choreography stands for; `call` is what the net calls the call."""

    call: str
    variable: str
    type: str
    line: int


@dataclass(frozen=True, slots=True)
class NameSummary:
    """Who knows a name bound at `line`."""

    name: str
    line: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PortSummary:
    """A port that a run opens for clients from outside, in a called choreography too."""

    name: str
    role: str
    location: str
    line: int
    request: str = ""
    reply: str = ""
    single: bool = False


@dataclass(frozen=True, slots=True)
class ReasonSummary:
    """A `nondet` or a `proof`: `what` needs it, at `places`. `parameter`: the choreography's caller gives the reason.
    Of a reason given in a call, `callee` and `passed` say for whom. `pipeline`: the file and line of the pipeline that
    it was expanded from; then `line` is that of the call."""

    kind: str
    what: str
    line: int
    column: int
    places: tuple[str, ...]
    reason: str
    parameter: str = ""
    callee: str = ""
    passed: str = ""
    pipeline: str = ""


@dataclass(frozen=True, slots=True)
class ChoreographySummary:
    """`key` is MODULE:NAME. `arguments` maps each located parameter to the location classes that need it; `results`
    are the classes that the return annotation names. `own` are the parameters declared `Each`, one value per member;
    `optional` those with a default."""

    key: str
    path: str
    line: int
    roles: tuple[RoleSummary, ...]
    arguments: tuple[tuple[str, tuple[str, ...]], ...]
    results: tuple[str, ...]
    channels: tuple[ChannelSummary, ...]
    names: tuple[NameSummary, ...]
    calls: tuple[str, ...]
    nondeterminism: tuple[tuple[int, str], ...] = ()
    runnable: bool = True
    own: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    reasons: tuple[ReasonSummary, ...] = ()
    ports: tuple[PortSummary, ...] = ()
    watched: tuple[str, ...] = ()
    given: tuple[GivenSummary, ...] = ()
