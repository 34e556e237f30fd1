"""What is known of a choreography besides its statements: a side table a question, filled by the places pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import libcst as cst

from motetc.ir.nodes import Opaque, Simple
from motetc.ir.place import Place
from motetc.ir.types import Type

Asked: TypeAlias = tuple[tuple[str, cst.CSTNode, Place], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the places pass found, keyed by node identity: where roots are evaluated, what operations give."""

    root_place: dict[int, Place] = field(default_factory=dict)
    asked: dict[int, Asked] = field(default_factory=dict)
    """By id of a condition's root: the names and operations in it, and who knows each."""
    decided: dict[int, Place] = field(default_factory=dict)  # by id of a `match`: who can tell
    op_place: dict[int, Place] = field(default_factory=dict)  # by uid
    stmt_place: dict[int, Place] = field(default_factory=dict)
    payload: dict[int, Type] = field(default_factory=dict)  # by uid
    unfolded: dict[int, Type] = field(
        default_factory=dict
    )  # … as mypy has it, of recursive aliases
    agreed: list[Type] = field(default_factory=list)  # of what several must hold the same of
    carried: list[str] = field(default_factory=list)
    """The free type variables of which values travel, here or in calls."""
    given: dict[int, Mapping[str, Type]] = field(default_factory=dict)
    """By uid of a call: what those of the callee stand for."""
    pure: dict[int, bool] = field(
        default_factory=dict
    )  # by id of a Simple, an Opaque or a Root; operations apart
    fatal: set[int] = field(default_factory=set)
    """By id of a Simple or a Block: those that always raise, where they run."""
    apart: set[int] = field(
        default_factory=set
    )  # by id of a Simple: no location can run the whole, so its parts are run
    wider: dict[int, tuple[Simple, ...]] = field(default_factory=dict)
    """By id of a Simple: the parts of which more know the value than know the whole."""
    elided: set[int] = field(
        default_factory=set
    )  # receivers, by id of their seat, who know already
    exhaustive: set[int] = field(
        default_factory=set
    )  # matches, by id, of which one case always runs
    names: list[tuple[str, int, Place]] = field(default_factory=list)
    known_before: dict[int, Mapping[str, Place]] = field(default_factory=dict)
    """By id of an `async for`: the names that its body binds and that were bound before it, and where."""
    supposed: bool = False
    """Whether some are taken to know conditions that they do not, as one is refused or `passes.mended` reads on:
    nothing is written then."""

    def is_idle(self, stmt: Opaque) -> bool:
        """Whether local code does nothing but bind names for whoever reads them, or reads what was refused."""
        everywhere = self.stmt_place.get(id(stmt), Place()).everywhere
        return everywhere and (self.supposed or self.pure.get(id(stmt), False))

    def travelling(self) -> Iterator[Type]:
        """The types of what is sent: here, and by callees that are told what they send."""
        yield from self.payload.values()
        for given in self.given.values():
            yield from given.values()
