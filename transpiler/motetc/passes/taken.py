"""Which names are taken at a role, so that what is made for it is called otherwise.

A name that only a block or a slice of another location binds is free here, and so is that of a pipeline: neither is in
the module of this role.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from motetc.frontend.pipelines import is_pipeline
from motetc.frontend.program import Program
from motetc.frontend.scope import names_of
from motetc.ir.live import Flow
from motetc.ir.nodes import Block, Choreography, Each, For, Match, Opaque, Simple, Stmt
from motetc.ir.slices import SliceLive
from motetc.ir.walk import roots, statements


def taken_names(program: Program, choreography: Choreography, role: str) -> set[str]:
    """The names that a role's function and its module use, or may."""
    module = program.modules[choreography.module]
    pipelines = {
        name
        for name, definition in module.definitions.items()
        if isinstance(definition.node, cst.FunctionDef)
        and is_pipeline(program, module, definition.node)
    }
    own = choreography.locals - _foreign(choreography, role)
    return set(own | module.imports.keys() | (module.definitions.keys() - pipelines))


def _foreign(choreography: Choreography, role: str) -> frozenset[str]:
    """What only blocks and slices of other locations bind."""
    every = [*statements(choreography.body)]
    elsewhere = frozenset().union(*(names for stmt in every for names in _bound(stmt, role, False)))
    if not elsewhere:
        return elsewhere
    given = {parameter.name for parameter in choreography.parameters}
    here = frozenset().union(*(names for stmt in every for names in _bound(stmt, role, True)))
    return elsewhere - here - given


def _bound(stmt: Stmt, role: str, here: bool) -> Iterator[frozenset[str]]:
    """What a statement binds at a role, or at others alone."""
    match stmt:
        case Block():
            if (role in {seat.role for seat in stmt.seats}) is here:
                yield frozenset(stmt.binds)
        case Flow():
            for live in stmt.lives:
                if isinstance(live, SliceLive) and (live.role == role) is here:
                    yield live.body.binds - {x.live.name for x in live.body.leaving}
        case Simple() | Opaque() | For() if here:
            yield frozenset(stmt.binds)
        case Each() if here:
            yield frozenset({stmt.variable})
        case Match() if here:
            yield frozenset(name for case in stmt.cases for name in case.binds)
        case _:
            pass
    if here:
        for root in roots(stmt):
            yield names_of(root.expr).binds
