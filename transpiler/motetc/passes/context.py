"""Where in a choreography the projection of a role is."""

from __future__ import annotations

from dataclasses import dataclass, field

from motetc.diagnostics.model import Span
from motetc.ir.nodes import Stmt


@dataclass(frozen=True, slots=True)
class Context:
    """Where in the choreography we are: the net's name, the sessions we are in, who of us acts later."""

    net: str
    scope: tuple[int, ...] = ()
    sessions: tuple[tuple[str, str], ...] = ()
    divergent: Span | None = None
    undecided: bool = False  # others decide whether we come here
    after: frozenset[str] = frozenset()  # as whom we act after the statement list that we are in
    looping: frozenset[str] = frozenset()  # as whom we act in the loop around us
    turning: frozenset[str] = frozenset()  # the same, in its other turns
    rebound: frozenset[str] = frozenset()  # what is bound further down in this turn
    rest: tuple[Stmt, ...] = ()  # what of this turn follows the statement list that we are in


@dataclass(slots=True)
class Unified:
    """Which operations share a channel: equal arms at one end leave it no way to tell them apart."""

    parent: dict[int, int] = field(default_factory=dict)

    def find(self, uid: int) -> int:
        while uid in self.parent:
            uid = self.parent[uid]
        return uid

    def join(self, left: int, right: int) -> None:
        first, second = sorted((self.find(left), self.find(right)))
        if first != second:
            self.parent[second] = first
