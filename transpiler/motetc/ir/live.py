"""Live collections in the located program: a graph of operators, and what is to be asked of those that run together.

A node says where its result is (`role`), what shape it has, and which guarantees hold of it. Functions stay LibCST, as
everything local does. Edges are `inputs`; a cycle goes through a `feedback` node, which is fed after it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.ir.operators import LOOP, Shape

RESOLVING = frozenset({"resolve_futures", "resolve_futures_ordered"})
"""Operators that wait for the awaitables that come to them."""

HopKind = Literal["send", "broadcast", "demux", "round_robin", "share"]


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """An argument: an expression evaluated where the operator runs."""

    expr: cst.BaseExpression


@dataclass(frozen=True, slots=True, eq=False)
class Hop:
    """A stream between locations. `sender` and `receivers` are roles."""

    uid: int
    node: cst.BaseExpression
    kind: HopKind
    sender: str
    receivers: tuple[str, ...]
    span: Span
    name: str = ""
    why: str = ""
    keyed: bool = False  # elements travel with their keys


@dataclass(frozen=True, slots=True, eq=False)
class Port:
    """Where clients from outside come in, at one role. `single`: one client alone."""

    uid: int
    node: cst.BaseExpression
    role: str
    name: str
    single: bool
    span: Span


@dataclass(slots=True, eq=False)
class Live:
    """One operator. `node` is the source's expression, whose type says what the elements are."""

    uid: int
    op: str
    role: str
    shape: Shape
    node: cst.BaseExpression
    span: Span
    inputs: tuple[Live, ...] = ()
    arguments: Mapping[str, Given] = field(default_factory=dict)
    ordered: bool = True
    once: bool = True
    bounded: bool = True
    sampled: bool = False  # not `once`, but only in that a sample may repeat
    atomic: bool = False
    prefixed: bool = False  # keys are pairs, the first part put in front
    proofs: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    hop: Hop | None = None
    port: Port | None = None
    answered: bool = False  # of a port: replies are sent through it, one by one
    cluster: str = ""  # of `membership`: whose
    part: int = 0  # which of an operator's results (`partition`)
    name: str = ""
    fed: list[Live] = field(default_factory=list)
    fed_at: list[Span] = field(default_factory=list)  # where that is said, one for each
    refused: bool = False  # it was, or what it comes from; a slice's reading; what feeds a channel
    peeks: tuple[Live, ...] = ()  # what it looks up without waiting for it
    lent: bool = False  # elements may be changed after their turn: what leaves is a copy of them
    leading: tuple[str, ...] = ()
    comment: str = ""

    @property
    def sources(self) -> tuple[Live, ...]:
        """What elements come from: the inputs, and what feeds a cycle."""
        return (*self.inputs, *self.fed)


@dataclass(frozen=True, slots=True, eq=False)
class Collect:
    """`name = await live.collect()`."""

    name: str
    live: Live
    node: cst.BaseExpression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Idle:
    """Collections that never run. `unused`: those of them that nothing is made of."""

    lives: tuple[Live, ...] = ()
    unused: tuple[Live, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Pipelines:
    """Pipelines that run together until their sinks are done."""

    lives: tuple[Live, ...]
    collects: tuple[Collect, ...]
    span: Span
    lines: tuple[Span, ...] = ()
    called: Mapping[str, str] = field(default_factory=dict)
    """What pipelines call those of their collections that have another name here."""

    @property
    def circle(self) -> Live | None:
        """A channel whose elements go round between locations, whoever else has had enough of them."""
        return next((x for x in self.lives if x.fed and _comes_back(x)), None)

    @property
    def hops(self) -> Iterator[Hop]:
        """The streams between locations, in source order."""
        seen: set[int] = set()
        for live in self.lives:
            if live.hop is not None and live.hop.uid not in seen:
                seen.add(live.hop.uid)
                yield live.hop

    @property
    def returning(self) -> Iterator[Hop]:
        """The last streams between locations of every cycle, before its channel; and those that come back to an
        `async for` over several streams, which are handled one at a time, from what is sent there meanwhile."""
        for live in self.lives:
            looped = live.op == LOOP.name
            back_to = arriving(live.inputs if looped else live.fed)
            here = back_to if looped else [live]
            for back in back_to:
                if back.hop is not None and any(x in here for x in above(back)):
                    yield back.hop

    @property
    def ports(self) -> list[Port]:
        """The ports, in source order."""
        return list({x.port.uid: x.port for x in self.lives if x.port is not None}.values())

    def consumers(self, live: Live) -> Iterator[tuple[Live, int]]:
        """What is done with a node's elements where they are: the consumer, and which of its inputs it is."""
        for other in self.lives:
            if other.hop is None:
                for index, source in enumerate(other.sources):
                    if source is live:
                        yield other, index

    def cycle_of(self, live: Live) -> list[Live]:
        """The nodes of a cycle at one location that a node is in; of any other node, itself."""
        after = self._after(live)
        if live.uid not in after:
            return [live]
        return [x for x in self.lives if x.uid in after and live.uid in self._after(x)]

    def _after(self, live: Live) -> set[int]:
        """All nodes (their uids) that a node's elements come to where they are."""
        found: set[int] = set()
        todo = [live]
        while todo:
            for consumer, _ in self.consumers(todo.pop()):
                if consumer.uid not in found:
                    found.add(consumer.uid)
                    todo.append(consumer)
        return found

    def arrival(self, hop: Hop) -> Live:
        """Where a stream between locations comes in."""
        return next(x for x in self.lives if x.hop is hop)

    def name_of(self, hop: Hop) -> str:
        """What the source calls what travels: the name it is bound to, else that of what is sent, or of the one thing
        that is made of it."""
        arrival = self.arrival(hop)
        name = arrival.name or hop.name or self._becomes(arrival)
        return self.called.get(name, name)

    def _becomes(self, live: Live) -> str:
        while not live.name:
            made = [x for x in self.lives if live in x.inputs]
            if len(made) != 1 or made[0].hop is not None or made[0].op == "sliced":
                return ""
            (live,) = made
        return live.name if all(c.name != live.name for c in self.collects) else ""

    @property
    def roles(self) -> frozenset[str]:
        """Who takes part."""
        return frozenset({x.role for x in self.lives} | {h.sender for h in self.hops})

    @property
    def given(self) -> Iterator[tuple[Live, Given]]:
        """Every argument with its operator."""
        for live in self.lives:
            for given in live.arguments.values():
                yield live, given


def never_ends(live: Live) -> bool:
    """Whether a node goes on for ever: it comes from a clock, from outside or out of a cycle, and nothing ends it.

    This is more than its type says: what leaves a slice is unbounded, and ends all the same if the slice's inputs do,
    and a function of `scan` may say that it is enough. A cycle within a location ends when nothing goes round in it any
    more; of one between locations nobody can tell.
    """
    return _never_ends(live, may_stop, (), set())


def may_stop(live: Live) -> bool:
    """Whether the function of a node may end the stream: not one that is seen to answer with a pair each time."""
    if live.shape != "stream" or live.op not in _STOPPING:
        return False
    f = live.arguments["f"].expr if "f" in live.arguments else None
    return live.op != "scan" or not (isinstance(f, cst.Lambda) and isinstance(f.body, cst.Tuple))


def may_come_to_end(live: Live, may_end: Callable[[Live], bool]) -> bool:
    """Whether a node ends some day, or may: what it comes from is ended, perhaps, by a node that may end by itself."""
    return not _never_ends(live, may_end, (), set())


def _never_ends(
    live: Live, may_end: Callable[[Live], bool], within: tuple[Live, ...], done: set[int]
) -> bool:
    if live in within:
        return any(x.hop is not None for x in within[within.index(live) :])
    if live.uid in done:
        return False
    done.add(live.uid)
    if live.port is not None and live.op == "requests":
        return not live.port.single
    if live.op in _ENDLESS or (live.shape == "slice" and "seconds" in live.arguments):
        return True
    if (live.bounded and live.shape not in ("sink", "slice")) or may_end(live):
        return False
    return any(_never_ends(x, may_end, (*within, live), done) for x in live.sources)


def above(live: Live) -> list[Live]:
    """All nodes that a node's elements come from, at all locations."""
    return _upstream(live.sources, lambda _: False)


def arriving(lives: Sequence[Live]) -> list[Live]:
    """Some nodes and what their elements come from where they are, up to where that arrives."""
    return _upstream(lives, lambda live: live.hop is not None)


def _upstream(lives: Sequence[Live], begins: Callable[[Live], bool]) -> list[Live]:
    found: dict[int, Live] = {}
    todo = [*lives]
    while todo:
        live = todo.pop()
        if live.uid not in found:
            found[live.uid] = live
            todo += () if begins(live) else live.sources
    return [*found.values()]


def _comes_back(channel: Live) -> bool:
    """Whether what comes out of a channel is sent into it again by way of another location, and nothing may end it."""
    todo = [(x, False) for x in channel.fed]
    seen: set[tuple[int, bool]] = set()
    while todo:
        live, far = todo.pop()
        if live is channel and far:
            return True
        far = far or live.hop is not None
        ends = may_stop(live) or (live.bounded and live.shape != "slice")
        if live is not channel and not ends and (live.uid, far) not in seen:
            seen.add((live.uid, far))
            todo += [(x, far) for x in live.sources]
    return False


_STOPPING = frozenset({"scan", "generator"})
_ENDLESS = frozenset({"every", "spin", "membership", "sample_every", "timeout"})
