"""Every choreography of a lowered program through the passes: who knows what, what each role runs, and the names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import libcst as cst

from motetc.backend.codecs import Codecs
from motetc.backend.plan import Compiled
from motetc.diagnostics.findings import Findings
from motetc.frontend.generics import find_data_variables
from motetc.frontend.program import Program
from motetc.frontend.types import TypeFacts
from motetc.ir.facts import Facts
from motetc.ir.nodes import Choreography
from motetc.ir.types import Type
from motetc.passes.endless import Endless
from motetc.passes.guarantees import check_guarantees
from motetc.passes.live_races import check_live_races
from motetc.passes.mended import Placing, project_mended
from motetc.passes.name_channels import name_channels
from motetc.passes.orders import find_orders
from motetc.passes.places import find_places
from motetc.passes.project import project
from motetc.passes.races import Races
from motetc.passes.states import states_used
from motetc.passes.type_arguments import TypeArguments


@dataclass(slots=True)
class Analysis:
    """The passes over one program; what is wrong with it goes to `findings`."""

    program: Program
    types: TypeFacts
    codecs: Codecs
    findings: Findings
    placed: dict[str, Facts] = field(default_factory=dict)
    placings: dict[str, Placing] = field(default_factory=dict)
    found: dict[str, Findings] = field(default_factory=dict)  # by the places pass, by choreography

    def run(self) -> dict[str, Compiled]:
        """All choreographies after all passes, by their keys."""
        find_data_variables(self.program, self.types, self.findings)
        Endless(self.program, self.findings).run()
        touched = states_used(self.program.choreographies)
        for key, choreography in self.program.choreographies.items():
            self._place(key, choreography, touched)
        declared, check = self.types.decl, self.codecs.check
        TypeArguments(
            self.program, self.placed, self.anywhere, declared, check, self.findings, self.found
        ).run()
        races = Races(self.program, self.placed, self.anywhere, declared, touched, self.findings)
        races.run(self.found)
        known = self.program.choreographies
        return {key: self._project(key, choreography) for key, choreography in known.items()}

    def anywhere(self, module: str, node: cst.CSTNode) -> Type | None:
        """The type of an expression in a module."""
        return self.types.at(self.program.modules[module], node)

    def _type_of(self, choreography: Choreography) -> Callable[[cst.CSTNode], Type | None]:
        return partial(self.anywhere, choreography.module)

    def _place(
        self, key: str, choreography: Choreography, touched: dict[str, frozenset[str]]
    ) -> None:
        type_of = self._type_of(choreography)
        find_orders(choreography, type_of)
        check_guarantees(self.program.modules[choreography.module], choreography, self.findings)
        self.placings[key] = partial(
            find_places,
            self.program,
            choreography,
            type_of,
            self.types.decl,
            self.codecs.check,
            touched,
        )
        self.found[key] = Findings()
        self.placed[key] = self.placings[key](self.found[key])
        if not self.found[key].found:
            check_live_races(
                self.program, choreography, type_of, self.types.decl, self.findings
            )

    def _project(self, key: str, choreography: Choreography) -> Compiled:
        projections, unified = project_mended(
            choreography,
            self.placed[key],
            self.found[key],
            self.placings[key],
            partial(project, self.program, choreography, self._type_of(choreography), self.types.decl),
            self.findings,
        )
        placed = self.placed[key]
        names, at_sender = name_channels(choreography, placed, unified)
        return Compiled(choreography, placed, projections, names, at_sender, unified.find)
