"""Every choreography of a lowered program through the passes: who knows what, what each role runs, and the names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import libcst as cst

from motetc.backend.codecs import Codecs
from motetc.backend.plan import Compiled
from motetc.backend.shares import WORTH_SHARING, sizes_of
from motetc.diagnostics.findings import Findings
from motetc.forked import Forked, second_half
from motetc.frontend.generics import find_data_variables
from motetc.frontend.program import Program
from motetc.frontend.travelling import Common
from motetc.frontend.types import TypeFacts
from motetc.ir.answers import TypeOf
from motetc.ir.facts import Facts
from motetc.ir.nodes import Choreography
from motetc.ir.types import Type
from motetc.passes.endless import Endless
from motetc.passes.guarantees import check_guarantees
from motetc.passes.idle import flows
from motetc.passes.live_races import check_live_races
from motetc.passes.mended import Placing, project_mended
from motetc.passes.name_channels import name_channels
from motetc.passes.orders import find_orders
from motetc.passes.places import find_places
from motetc.passes.project import project
from motetc.passes.races import Races
from motetc.passes.states import states_used
from motetc.passes.type_arguments import TypeArguments
from motetc.passes.typed_asks import check_pure_types
from motetc.passes.unawaited import check_unawaited

PACKING = 0.06  # of the work, to tell another process of half of it


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
    touched: dict[str, frozenset[str]] = field(default_factory=dict)

    def run(self) -> dict[str, Compiled]:
        """All choreographies after all passes, by their keys."""
        find_data_variables(self.program, self.types, self.findings)
        Endless(self.program, self.findings).run()
        known = self.program.choreographies
        self.touched = states_used(known)
        mine, theirs = self._shares()
        made = self._shared(mine, theirs) if theirs else {}
        for key in known:
            if key not in self.placed:
                self._place(key)
        self._together()
        if self._is_wrong():
            made = {}  # of a program that is broken elsewhere less is asked
        return {key: made.get(key) or self._project(key) for key in known}

    def _together(self) -> None:
        """What is looked for in all choreographies together, when places are known."""
        self.placed = {key: self.placed[key] for key in self.program.choreographies}
        declared, check = self.types.decl, self.codecs.check
        TypeArguments(
            self.program, self.placed, self.anywhere, declared, check, self.findings, self.found
        ).run()
        check_pure_types(self.program, self.anywhere, declared, self.findings)
        races = Races(
            self.program, self.placed, self.anywhere, declared, self.touched, self.findings
        )
        races.run(self.found)

    # In two processes: nothing is known of a program with findings, but that one has to find them all

    def _shares(self) -> tuple[list[str], list[str]]:
        """The choreographies, in two shares; of the second, what is found can be told to another process."""
        known = self.program.choreographies
        if self._is_wrong() or any(c.free for c in known.values()):
            return [*known], []
        sizes = sizes_of(self.program, known.values())
        if sum(sizes.values()) < WORTH_SHARING:
            return [*known], []
        second = second_half(sizes, PACKING) - {c.module for c in known.values() if any(flows(c))}
        theirs = [key for key, c in known.items() if c.module in second]
        return [key for key in known if key not in set(theirs)], theirs

    def _shared(self, mine: Sequence[str], theirs: Sequence[str]) -> dict[str, Compiled]:
        """What can be said before all is known together; `theirs` by another process."""
        common = Common()
        other = Forked(lambda: self._told(self._tried(theirs), common))
        made = self._tried(mine)
        told = other.result()
        return made | self._adopted(common.unpacked(told)) if told is not None else made

    def _tried(self, keys: Sequence[str]) -> dict[str, Compiled]:
        """Choreographies placed and projected, if nothing is wrong with one of them."""
        for key in keys:
            self._place(key)
        if self._is_wrong():
            return {}
        made = {key: self._project(key) for key in keys}
        if self._is_wrong():  # they are projected again, when everything is known that is wrong
            self.findings.found.clear()
            return {}
        return made

    def _told(self, made: Mapping[str, Compiled], common: Common) -> bytes | None:
        parts = {
            k: (replace(c.facts, asked={}), c.projections, c.names, c.at_sender, c.leaders)
            for k, c in made.items()
        }
        return common.packed(parts) if parts else None

    def _adopted(self, parts: Mapping[str, tuple[Any, ...]]) -> dict[str, Compiled]:
        known = self.program.choreographies
        made = {key: Compiled(known[key], *part) for key, part in parts.items()}
        for key, compiled in made.items():
            self._begin(key)
            self.placed[key] = compiled.facts
        return made

    def _is_wrong(self) -> bool:
        return bool(self.findings.found) or any(found.found for found in self.found.values())

    def anywhere(self, module: str, node: cst.CSTNode) -> Type | None:
        """The type of an expression in a module."""
        return self.types.at(self.program.modules[module], node)

    def _type_of(self, choreography: Choreography) -> TypeOf:
        return partial(self.anywhere, choreography.module)

    def _begin(self, key: str) -> None:
        """How its places are found, and nothing wrong yet."""
        choreography = self.program.choreographies[key]
        self.placings[key] = partial(
            find_places,
            self.program,
            choreography,
            self._type_of(choreography),
            self.types.decl,
            self.codecs.check,
            self.touched,
        )
        self.found[key] = Findings()

    def _place(self, key: str) -> None:
        choreography = self.program.choreographies[key]
        type_of = self._type_of(choreography)
        find_orders(choreography, type_of)
        module = self.program.modules[choreography.module]
        check_guarantees(module, choreography, self.findings)
        check_unawaited(module, choreography, type_of, self.findings)
        self._begin(key)
        self.placed[key] = self.placings[key](self.found[key])
        if not self.found[key].found:
            check_live_races(self.program, choreography, type_of, self.types.decl, self.findings)

    def _project(self, key: str) -> Compiled:
        choreography = self.program.choreographies[key]
        projections, unified = project_mended(
            choreography,
            self.placed[key],
            self.found[key],
            self.placings[key],
            partial(
                project, self.program, choreography, self._type_of(choreography), self.types.decl
            ),
            self.findings,
        )
        placed = self.placed[key]
        names, at_sender = name_channels(choreography, placed, unified)
        return Compiled(choreography, placed, projections, names, at_sender, unified.find)
