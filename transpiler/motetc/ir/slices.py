"""Slices in the located program: local code that runs as one instant, what it reads, and what leaves it.

The body stays LibCST. Where it reads a collection a placeholder stands in it, because what the reading comes to is
known only when the collection has become code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import libcst as cst

from motetc.diagnostics.model import Span
from motetc.ir.live import Live

ReadKind = Literal["batch", "snapshot", "atomic"]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """`tick.batch(x, why)` and its kin. `placeholder` stands for it in the body; `name` is what it is bound to, if that
    is all of a statement."""

    kind: ReadKind
    live: Live
    node: cst.Call
    span: Span
    placeholder: str
    name: str = ""
    why: str = ""

    @property
    def pends(self) -> bool:
        """Whether elements wait here until the slice runs; else a value is looked up when it does."""
        return self.live.shape in ("stream", "keyed_stream")


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """`name = tick.state(init)`: kept from one run to the next."""

    name: str
    init: cst.BaseExpression
    target: cst.BaseExpression
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Leaving:
    """`tick.stream(value)` or `tick.latest(value)`: `live` is what it becomes outside."""

    live: Live
    value: cst.BaseExpression


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One statement of the body: copied code (`node`), or something that leaves; of others only the comments stay."""

    span: Span
    node: cst.BaseStatement | None = None
    leaving: tuple[Leaving, ...] = ()
    leading: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """One slice. `binds` are the names of its body, which end with it."""

    tick: str
    node: cst.With
    readings: tuple[Reading, ...]
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    binds: frozenset[str]
    comments: tuple[str, ...] = ()

    @property
    def leaving(self) -> tuple[Leaving, ...]:
        """Everything that leaves it, in source order."""
        return tuple(x for step in self.steps for x in step.leaving)

    def kept(self, name: str) -> State | None:
        """The state of that name."""
        return next((s for s in self.states if s.name == name), None)


@dataclass(slots=True, eq=False)
class SliceLive(Live):
    """The node of a slice in the graph: its inputs are what waits for it; what leaves it are nodes whose input it is.
    With the argument `seconds` a clock drives it, too. `refused`: something in it was, which may be what it reads."""

    slice: Slice | None = None

    @property
    def body(self) -> Slice:
        """The slice, once it has been read."""
        assert self.slice is not None
        return self.slice
