"""Which names are taken at a role, so that what is made for it is called otherwise.

A name that only a block or a slice of another location binds is free here, and so is one for what only others know, and
that of a pipeline: none of them is in the module of this role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from motetc.frontend.outline import may_define_pipelines
from motetc.frontend.pipelines import is_pipeline
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.frontend.source import SourceModule
from motetc.ir.facts import Facts
from motetc.ir.nodes import Block, Choreography, Each, Flow, For, Match, Opaque, Simple, Stmt
from motetc.ir.place import Place
from motetc.ir.slices import SliceLive
from motetc.ir.walk import roots, statements

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Taken:
    """Of one choreography: the names that are taken everywhere, and those that blocks and slices bind, with the roles
    that run them."""

    everywhere: Names
    bound: tuple[tuple[Names, Names], ...]
    known: Mapping[
        str, Sequence[Place]
    ]  # those that the choreography binds, with who knows what they stand for

    def at(self, role: str) -> set[str]:
        """The names that a role's function and its module use, or may."""
        here = Names(n for n in self.everywhere if self._is_known(n, role))
        return set(here.union(*(names for roles, names in self.bound if role in roles)))

    def _is_known(self, name: str, role: str) -> bool:
        places = self.known.get(name)
        return places is None or any(role in place for place in places)


def taken_names(program: Program, choreography: Choreography, facts: Facts) -> Taken:
    """Which names are taken at each role of a choreography."""
    module = program.modules[choreography.module]
    every = [*statements(choreography.body)]
    blocks = tuple(block for stmt in every for block in _blocks(stmt))
    placed = Names().union(*(names for _, names in blocks))
    given = {parameter.name for parameter in choreography.parameters}
    shared = given.union(*(names for stmt in every for names in _bound(stmt))) if placed else given
    own = choreography.locals - (placed - shared)
    outer = Names(module.imports.keys() | _defined(program, module))
    known = dict[str, list[Place]]()
    for name, _, place in facts.names:
        if name not in outer:
            known.setdefault(name, []).append(place)
    return Taken(own | outer, blocks, known)


def _defined(program: Program, module: SourceModule) -> set[str]:
    """What a module defines, but for its pipelines."""
    if not may_define_pipelines(module):
        return {*module.definitions}
    return {
        name
        for name, definition in module.definitions.items()
        if not isinstance(definition.node, cst.FunctionDef)
        or not is_pipeline(program, module, definition.node)
    }


def _blocks(stmt: Stmt) -> Iterator[tuple[Names, Names]]:
    """The roles that run local code, and what it binds."""
    match stmt:
        case Block():
            yield Names(seat.role for seat in stmt.seats), Names(stmt.binds)
        case Flow():
            for live in stmt.lives:
                if isinstance(live, SliceLive):
                    own = live.body.binds - {x.live.name for x in live.body.leaving}
                    yield Names({live.role}), Names(own)
        case _:
            pass


def _bound(stmt: Stmt) -> Iterator[Names]:
    """What a statement binds at whoever runs it."""
    match stmt:
        case Simple() | Opaque() | For():
            yield Names(stmt.binds)
        case Each():
            yield Names({stmt.variable})
        case Match():
            yield Names(name for case in stmt.cases for name in case.binds)
        case _:
            pass
    for root in roots(stmt):
        yield names_of(root.expr).binds
