"""Work for two processes: what belongs to one source module stays together, and each gets about half."""

from __future__ import annotations

from collections.abc import Iterable

from motetc.backend.plan import Plan, Play
from motetc.forked import second_half
from motetc.frontend.program import Program
from motetc.ir.nodes import Choreography

WORTH_SHARING = (
    3_000  # lines of choreographies, once for every role, from which another process pays
)
NETS = 0.13  # of the work, that whoever has the first share does besides


def shares(plan: Plan, wanted: Iterable[Play]) -> tuple[list[Play], list[Play]]:
    """The functions to be written, in two shares; the second may be empty."""
    plays = sorted(wanted)
    played = (plan.compiled[key].choreography for _, key, _ in plays)
    sizes = sizes_of(plan.program, played, 1)
    if sum(sizes.values()) < WORTH_SHARING:
        return plays, []
    second = second_half(sizes, -NETS)
    theirs = [play for play in plays if plan.compiled[play[1]].choreography.module in second]
    return [play for play in plays if play not in set(theirs)], theirs


def sizes_of(
    program: Program, choreographies: Iterable[Choreography], times: int | None = None
) -> dict[str, int]:
    """By module, the lines of choreographies, once for every role; or so many times."""
    sizes: dict[str, int] = {}
    for choreography in choreographies:
        lines = _lines(program, choreography) * (times or len(choreography.roles))
        sizes[choreography.module] = sizes.get(choreography.module, 0) + lines
    return sizes


def _lines(program: Program, choreography: Choreography) -> int:
    found = program.modules[choreography.module].positions.lines(choreography.node)
    return found[1] - found[0] + 1 if found is not None else 1
