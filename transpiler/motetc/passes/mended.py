"""Reads on as if conditions had been shared with those who act under them: what follows from one is no second cause.

A name that is bound under a condition is unknown to whoever does not know the condition, and so is all that is made of
it. So the first `unknown-choice` is kept, and the choreography is looked at again with that condition known to all whom
the finding names, or with the `share` behind it told to them, until there is no further one. A choreography without
such findings is projected once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from motetc.diagnostics.findings import Findings
from motetc.ir.facts import Facts
from motetc.ir.nodes import Choreography
from motetc.ir.pieces import Projection
from motetc.ir.place import NOWHERE, ONE, SAME, Place
from motetc.passes.context import Unified
from motetc.passes.untold import Case, Untold


class Placing(Protocol):
    """Finds the facts about the choreography at hand."""

    def __call__(self, findings: Findings, told: Mapping[int, Place] = ..., /) -> Facts:
        """`told`: who is taken to know a condition besides, by the id of its root, or to hear a `share`, by its own."""


Projecting = Callable[[Facts, Findings], tuple[dict[str, Projection], Unified, Untold]]


def project_mended(
    choreography: Choreography,
    facts: Facts,
    placed: Findings,
    place: Placing,
    project: Projecting,
    findings: Findings,
) -> tuple[dict[str, Projection], Unified]:
    """The projections with `facts`; `placed` was found with them, `findings` before, where all findings go."""
    told: dict[int, Place] = {}
    trial = findings.copy()  # of a broken program less is asked, whoever found it
    trial.extend(placed)
    projections, unified, untold = project(facts, trial)
    while (case := untold.first(trial)) is not None:
        findings.add(trial.found[untold.key(case)])
        if not _tell(choreography, untold, case, told):
            break  # that they are told does not mend it
        trial = findings.copy()
        _, _, untold = project(place(trial, told), trial)
    findings.extend(trial)
    return projections, unified


def _tell(choreography: Choreography, untold: Untold, case: Case, told: dict[int, Place]) -> bool:
    """Take it that those who do not know a condition are told, where its help says; whether that is anything new."""
    tellers = {id(t.comm): roles for t, roles in untold.tellers(case).items()}
    before = dict(told)
    for what, roles in (tellers or {id(case.root): [*case.roles]}).items():
        told[what] = told.get(what, NOWHERE).join(_known_to(choreography, roles))
    return told != before


def _known_to(choreography: Choreography, roles: Collection[str]) -> Place:
    clusters = {role.name for role in choreography.roles if role.cluster}
    return Place({role: SAME if role in clusters else ONE for role in roles})
