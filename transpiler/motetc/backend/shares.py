"""Work for two processes: what belongs to one source module stays together, and each gets about half."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from motetc.backend.plan import Plan, Play
from motetc.ir.nodes import Choreography

WORTH_SHARING = (
    3_000  # lines of choreographies, once for every role, from which another process pays
)


def shares(plan: Plan, wanted: Iterable[Play]) -> tuple[list[Play], list[Play]]:
    """The functions to be written, in two shares; the second may be empty."""
    plays = sorted(wanted)
    sizes: dict[str, int] = {}
    for _, key, _ in plays:
        choreography = plan.compiled[key].choreography
        sizes[choreography.module] = sizes.get(choreography.module, 0) + _lines(plan, choreography)
    if sum(sizes.values()) < WORTH_SHARING:
        return plays, []
    second = second_half(sizes)
    theirs = [play for play in plays if plan.compiled[play[1]].choreography.module in second]
    return [play for play in plays if play not in set(theirs)], theirs


def _lines(plan: Plan, choreography: Choreography) -> int:
    found = plan.program.modules[choreography.module].positions.lines(choreography.node)
    return found[1] - found[0] + 1 if found is not None else 1


def second_half(sizes: Mapping[str, int]) -> set[str]:
    """The names whose sizes come to about half of all, and no more than those of the others."""
    second: set[str] = set()
    done = [0, 0]
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        least = int(done[1] < done[0])
        done[least] += sizes[name]
        if least:
            second.add(name)
    return second
