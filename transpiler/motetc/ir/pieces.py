"""One role's share of a choreography: the statements that its module will hold, in order.

Endpoints and callees are placeholders here (`__op12__`, `__call12__`): which operations share a channel is known only
once every role's choices were compared. Where one location plays several roles of a call, they name the role, too:
`__op12_buyer__`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.ir.types import Type

Side = Literal["send", "receive", "both", "call"]


@dataclass(frozen=True, slots=True)
class Touch:
    """An operation that a piece takes part in, and how: what provenance and channels are made from."""

    uid: int
    side: Side
    peer: str


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A simple statement. `droppable`: pure, so it goes when nobody reads what it binds. `light`: pure, but for what it
    sends or receives, which then is left of it. `sent`: the type of a message, if it binds a name to that alone."""

    node: cst.BaseSmallStatement
    span: Span
    touches: tuple[Touch, ...] = ()
    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    droppable: bool = False
    annotate: Type | None = None
    leading: tuple[cst.EmptyLine, ...] = ()
    comment: str = ""
    docstring: bool = False
    light: bool = False
    sent: Type | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Copied:
    """A statement taken over as it stands, from a `with` block or a local compound statement.

    `after`: the comments at the end of the block.
    """

    node: cst.BaseStatement
    span: Span
    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    droppable: bool = False
    after: tuple[cst.EmptyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The comments around an `else`: before it, behind it, at the end of its block."""

    leading: tuple[cst.EmptyLine, ...] = ()
    comment: str = ""
    footer: tuple[cst.EmptyLine, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Fork:
    """An `if`. `guard`: one of ours, around what one member of a cluster does."""

    test: cst.BaseExpression
    then: tuple[Piece, ...]
    orelse: tuple[Piece, ...]
    span: Span
    touches: tuple[Touch, ...] = ()
    reads: frozenset[str] = frozenset()
    pure: bool = True
    leading: tuple[cst.EmptyLine, ...] = ()
    comment: str = ""
    guard: bool = False
    binds: frozenset[str] = frozenset()
    footer: tuple[cst.EmptyLine, ...] = ()
    otherwise: Otherwise = Otherwise()


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A `while` (no target) or a `for`. `still`: to go round does nothing but what the body does."""

    head: cst.BaseExpression
    target: cst.BaseAssignTargetExpression | None
    body: tuple[Piece, ...]
    orelse: tuple[Piece, ...]
    span: Span
    touches: tuple[Touch, ...] = ()
    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    pure: bool = True
    leading: tuple[cst.EmptyLine, ...] = ()
    comment: str = ""
    footer: tuple[cst.EmptyLine, ...] = ()
    otherwise: Otherwise = Otherwise()
    still: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """A `case`."""

    node: cst.MatchCase
    guard: cst.BaseExpression | None
    body: tuple[Piece, ...]
    binds: frozenset[str]
    reads: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Switch:
    """A `match`."""

    subject: cst.BaseExpression
    arms: tuple[Arm, ...]
    span: Span
    touches: tuple[Touch, ...] = ()
    reads: frozenset[str] = frozenset()
    pure: bool = True
    leading: tuple[cst.EmptyLine, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Exit:
    """`return`, `break` or `continue`."""

    kind: Literal["return", "break", "continue"]
    value: cst.BaseExpression | None
    span: Span
    touches: tuple[Touch, ...] = ()
    reads: frozenset[str] = frozenset()
    leading: tuple[cst.EmptyLine, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """`each`, at a location outside the cluster: a session function, run once per member."""

    uid: int
    function: str
    variable: str
    cluster: str  # the role
    net: str  # the name of the net outside
    session: str  # … and inside
    body: tuple[Piece, ...]
    span: Span
    leading: tuple[cst.EmptyLine, ...] = ()
    handed: Mapping[str, Type] = field(default_factory=dict)  # names that it must be given


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """Pipelines as text, one source span a line. `__op7__` stands for an endpoint, `__type7__` for one of `types`."""

    text: str
    spans: tuple[Span | None, ...]
    span: Span
    touches: tuple[Touch, ...] = ()
    types: tuple[Type, ...] = ()
    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    body: tuple[Piece, ...] = ()  # of an `async for`: what stands in the place of `await __body__`


Piece: TypeAlias = Line | Copied | Fork | Loop | Switch | Exit | Sessions | Fused


@dataclass(frozen=True, slots=True)
class Projection:
    """What one role runs. `scopes` says in which net each touched operation's endpoint is: "" or an `each` uid path."""

    choreography: str
    role: str
    pieces: tuple[Piece, ...]
    net: str = "net"
    scopes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    merged: frozenset[int] = frozenset()  # source lines of arms that were the same as another


def call_name(name: str, formal: str | None) -> str:
    """What a net calls a call; `formal` is given where its location plays several roles of the callee."""
    return f"{name}_at_{formal}" if formal else name


# What every Net has; an attribute of that name would hide it.
NET_NAMES = frozenset(
    {
        "aborted_by",
        "batches",
        "breathe",
        "concurrently",
        "each",
        "every",
        "futures",
        "membership",
        "now",
        "self",
        "site",
        "spin",
        "turns",
    }
)


def partner_name(name: str) -> str:
    """What a net calls a location, or the member of a session, other than its own."""
    is_taken = name in NET_NAMES or name.startswith(("encode_", "decode_"))
    return f"{name}_" if is_taken else name


def inner(piece: Piece) -> tuple[Piece, ...]:
    """The pieces in the bodies of one, in order."""
    match piece:
        case Fork():
            return (*piece.then, *piece.orelse)
        case Loop():
            return (*piece.body, *piece.orelse)
        case Switch():
            return tuple(below for arm in piece.arms for below in arm.body)
        case Sessions() | Fused():
            return piece.body
        case _:
            return ()


def bound(piece: Piece) -> frozenset[str]:
    """The names that a piece binds itself, without those in its bodies."""
    match piece:
        case Switch():
            return frozenset().union(*(arm.binds for arm in piece.arms))
        case Exit() | Sessions():
            return frozenset()
        case _:
            return piece.binds


def every(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """All pieces, each before those in its bodies."""
    for piece in pieces:
        yield piece
        yield from every(inner(piece))


def reads_counted(pieces: Sequence[Piece]) -> Counter[str]:
    """How many pieces read each name."""
    return Counter(name for piece in every(pieces) for name in getattr(piece, "reads", ()))


def with_bodies(piece: Piece, change: Callable[[Sequence[Piece]], tuple[Piece, ...]]) -> Piece:
    """The piece with each of its bodies changed."""
    match piece:
        case Fork():
            return replace(piece, then=change(piece.then), orelse=change(piece.orelse))
        case Loop():
            return replace(piece, body=change(piece.body), orelse=change(piece.orelse))
        case Switch():
            arms = tuple(replace(arm, body=change(arm.body)) for arm in piece.arms)
            return replace(piece, arms=arms)
        case Sessions() | Fused():
            return replace(piece, body=change(piece.body))
        case _:
            return piece


def lines_of(pieces: Sequence[Piece]) -> Iterator[int]:
    """The source lines that some pieces came from."""
    for piece in pieces:
        yield from range(piece.span.line, piece.span.end_line + 1)
        yield from lines_of(inner(piece))
        for span in piece.spans if isinstance(piece, Fused) else ():
            if span is not None:
                yield from range(span.line, span.end_line + 1)
