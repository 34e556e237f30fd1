"""What was found in an expression: names with their places, and what it does."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from motetc.ir.place import EVERYWHERE, Place
from motetc.passes.changes import Change
from motetc.passes.impurity import Impure
from motetc.passes.strangers import Stranger


@dataclass(frozen=True, slots=True)
class Atom:
    """A name, a location or an operation in an expression, and who knows it."""

    text: str
    place: Place
    node: cst.CSTNode
    named: bool = True
    full: str = ""  # `seller.stock` where the location itself is `seller`


@dataclass(slots=True)
class Use:
    """What was found in one expression."""

    atoms: list[Atom] = field(default_factory=list)
    impure: list[Impure] = field(default_factory=list)
    unstable: list[Impure] = field(default_factory=list)
    states: set[str] = field(default_factory=set)
    unbound: list[tuple[str, cst.CSTNode]] = field(default_factory=list)
    later: list[Impure] = field(default_factory=list)  # unstable, in functions that it makes
    changing: list[tuple[str, cst.CSTNode, Change | None]] = field(default_factory=list)
    """What the program changes: as it is written, and where it is changed."""
    classes: list[tuple[str, cst.CSTNode]] = field(
        default_factory=list
    )  # of locations, used as values
    strangers: list[tuple[Stranger, cst.CSTNode]] = field(default_factory=list)
    """Location classes that functions and values of the project come to, which it reads."""
    bound: set[str] = field(default_factory=set)  # by a walrus in it, so far

    def place(self) -> Place:
        """Who knows everything in it."""
        result = EVERYWHERE
        for atom in self.atoms:
            result = result.meet(atom.place)
        return result
